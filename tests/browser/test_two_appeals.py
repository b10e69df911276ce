"""Two appeals of one site in two tabs of one browser: neither ends the letters of the other."""

import re

import pytest
from playwright.sync_api import Page, expect

from campaign.appeals.editions import publish
from tests.site import FILES
from tests.visitor import SLUG

pytestmark = pytest.mark.browser

OTHER = "another-appeal"


@pytest.fixture
def address(runtime, clock, address):
    """Where the site answers, with a second appeal."""
    with runtime.database.unit_of_work() as session:
        publish(session, OTHER, FILES, clock.now().date())
    runtime.shelf.forget()
    return address


def write(page: Page, slug: str, words: str) -> None:
    page.goto(f"/{slug}/sign")
    page.get_by_role("textbox", name="Your name").fill("Aygül Qadir")
    page.get_by_label("The country you live in").select_option("CA")
    page.get_by_role("textbox", name="Town or city").fill("Montréal")
    page.get_by_role("textbox", name="In your own words").fill(words)
    page.get_by_role("button", name="Only the letters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are ready")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_letters_in_two_tabs_stay_until_each_is_started_over(context, scripts):
    browser = context(scripts=scripts)
    first, second = browser.new_page(), browser.new_page()
    write(first, SLUG, "I am a nurse, and I think of the families.")
    write(second, OTHER, "I am a teacher, and I write to you as one.")
    assert first.reload().status == 200
    with first.expect_download() as download:
        first.get_by_role("link", name=re.compile("PDF")).first.click()
    assert download.value.suggested_filename in {"letter-1.pdf", "letters.pdf"}
    first.get_by_role("button", name=re.compile("Start over")).click()
    expect(first).to_have_url(re.compile(f"/{SLUG}$"))
    assert first.goto(f"/{SLUG}/letters").status == 410
    assert second.reload().status == 200
    expect(second.locator("main")).to_contain_text("I am a teacher, and I write to you as one.")
    assert [one["name"] for one in browser.cookies() if "letter" in one["name"]] == [f"letter-{OTHER}"]
