"""SECURITY.md and the page /safety promise the same, in the same order, and every promise has tests that exist."""

import ast
import re

import pytest

from campaign.settings import ROOT
from tests.visitor import SLUG

DOCUMENT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def headings(section: str) -> list[str]:
    """Return the third-level headings below a second-level one."""
    text = DOCUMENT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^### (.+)$", text, re.MULTILINE)


def entries(page: str, section: str) -> list[str]:
    """Return the headings of one list of the page."""
    text = page.partition(f'id="{section}"')[2].partition("</section>")[0]
    return re.findall(r"<dt>(.+?)</dt>", text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("section", "part"), [("What we promise", "promises"), ("What we cannot protect", "limits")])
def test_the_document_and_the_page_promise_the_same(visitor, section, part):
    page = visitor.get("/safety", headers={"Accept-Language": "en"}).text
    assert len(headings(section)) >= 10
    assert headings(section) == entries(page, part)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_promises_are_one_step_away_from_where_people_decide(visitor):
    for path in (f"/{SLUG}", f"/{SLUG}/sign", "/nobody"):
        assert 'href="/safety"' in visitor.get(path).text
    assert 'href="/safety?lang=fr"' in visitor.get("/safety").text
    assert 'hreflang="fr" aria-current' in re.sub(r"\s+", " ", visitor.get("/safety?lang=fr").text)


def test_every_test_that_the_document_names_exists():
    names = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    known = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(names) > 30
    assert names - known == set()


def test_every_promise_names_its_tests():
    text = DOCUMENT.partition("\n## What we promise\n")[2].partition("\n## ")[0]
    without = [part.partition("\n")[0] for part in text.split("\n### ")[1:] if "`test_" not in part]
    assert without == []
