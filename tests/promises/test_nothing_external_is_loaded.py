"""No page asks anybody else for anything, with scripts and without; and no page names anybody else to ask."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.promises.conftest import addresses
from tests.visitor import SLUG

pytestmark = pytest.mark.browser
SELF_CONTAINED = ("data:", "about:", "blob:")


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: the database makes no difference to a browser."""
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def sign(page: Page) -> None:
    """Fill in the form as people do."""
    page.goto(f"/{SLUG}/sign")
    page.get_by_role("textbox", name="Your name").fill("Aygül Qadir")
    page.get_by_role("textbox", name="E-mail").fill("aygul@example.org")
    page.get_by_label("The country you live in").select_option("CA")
    page.get_by_role("checkbox", name="Count my signature").check()
    page.get_by_role("button", name="Sign and get my letters").click()
    page.wait_for_url("**/letters*")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_every_page_loads_only_from_this_site(app, context, address, scripts):
    browser = context(scripts=scripts)
    asked: list[str] = []
    browser.on("request", lambda request: asked.append(request.url))
    page = browser.new_page()
    sign(page)
    pages = [path for path in addresses(app, "GET").values() if not path.endswith((".pdf", ".eml", ".css", ".txt"))]
    for path in [*pages, f"/{SLUG}/sign?lang=fr", "/safety?lang=fr", "/nobody"]:
        page.goto(path)
        page.mouse.wheel(0, 10_000)  # what loads only when it is scrolled to
    assert len(asked) > len(pages)
    assert [url for url in asked if not url.startswith((address, *SELF_CONTAINED))] == []


def test_a_page_that_did_ask_somebody_else_would_be_noticed_and_stopped(browser, address):
    own = browser.new_context(base_url=address)  # the other one fails the test for what happens here on purpose
    asked: list[str] = []
    own.on("request", lambda request: asked.append(request.url))
    page = own.new_page()
    page.goto("/safety")
    stranger = address.replace("127.0.0.1", "127.0.0.2") + "/picture.png"
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate("place => { const one = new Image(); one.src = place; document.body.append(one); }", stranger)
    assert stranger in asked
    own.close()
