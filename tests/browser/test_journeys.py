"""The main path in a real browser: with scripts and without, on a phone and on a desk."""

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect
from pypdf import PdfReader

from tests.visitor import SLUG

pytestmark = pytest.mark.browser

PATHS = (f"/{SLUG}", f"/{SLUG}/sign", f"/{SLUG}/letters", "/nobody")


def fill_in(page: Page, email: str = "aygul@example.org") -> None:
    page.get_by_role("textbox", name="Your name").fill("Aygül Qadir")
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("The country you live in").select_option("CA")
    page.get_by_role("textbox", name="Town or city").fill("Montréal")
    page.get_by_role("textbox", name="In your own words").fill("I am a nurse, and I think of the families.")


def sign(page: Page) -> None:
    page.goto(f"/{SLUG}")
    page.get_by_role("link", name="Write your letters").first.click()
    fill_in(page)
    page.get_by_role("checkbox", name="Count my signature").check()
    page.get_by_role("button", name="Sign and get my letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready")


def pdf_text(path: Path | str) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(Path(path).read_bytes())).pages)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_supporter_signs_and_takes_both_letters(context, scripts, width):
    page = context(width=width, scripts=scripts, motion="no-preference").new_page()
    sign(page)
    expect(page.get_by_text("515 St. Patrick Street").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    assert download.value.suggested_filename in {"letter-1.pdf", "letters.pdf"}
    assert "Aygül Qadir" in pdf_text(download.value.path())
    links = page.locator("a[href^='mailto:']").evaluate_all("all => all.map(one => one.href)") if scripts else []
    for link in links:
        assert urlsplit(link).path in {"english@mail.gov.cn", "chineseembassy.ca@gmail.com"}
        assert parse_qs(urlsplit(link).query)["subject"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_mistakes_are_listed_with_links_and_nothing_typed_is_lost(context, scripts):
    page = context(width=360, scripts=scripts).new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page, email="")
    page.get_by_role("button", name="Sign and get my letters").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Write your e-mail address")
    expect(summary).to_contain_text("Tick this box to sign")
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Aygül Qadir")
    summary.get_by_role("link", name=re.compile("e-mail")).click()
    expect(page).to_have_url(re.compile("#email$"))


def test_letters_without_a_signature_need_no_address(context):
    page = context().new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page, email="")
    page.get_by_role("button", name="Only the letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready")


def test_the_sheet_follows_what_is_typed(context):
    page = context().new_page()
    page.goto(f"/{SLUG}/sign")
    fill_in(page)
    expect(page.locator("[data-sheet], .sheet").first).to_contain_text("Aygül Qadir")


def test_start_over_leaves_nothing_behind(context):
    page = context(scripts=False).new_page()
    sign(page)
    assert f"letter-{SLUG}" in {one["name"] for one in page.context.cookies()}
    page.get_by_role("button", name=re.compile("Start over")).click()
    assert page.goto(f"/{SLUG}/letters").status == 410
    assert [one["name"] for one in page.context.cookies() if "letter" in one["name"]] == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_the_accessibility_checks_and_nothing_overflows(context, width, scheme):
    page = context(width=width, scheme=scheme).new_page()
    sign(page)
    for path in PATHS:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} overflows at {width} px"


def test_pages_report_no_script_error_and_no_blocked_content(context):
    page = context().new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign(page)
    for path in PATHS[:3]:
        page.goto(path)
    assert complaints == []


def test_the_first_view_weighs_less_than_a_hundred_kilobytes(context):
    page = context(width=360).new_page()
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.goto(f"/{SLUG}")
    page.wait_for_load_state("networkidle")
    assert answers
    assert sum(len(one.body()) for one in answers) < 100_000
