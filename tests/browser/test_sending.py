"""The ways to send, in a real browser: links follow the text that is edited, buttons copy, a report counts once."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from campaign.letters.webmail import MailLink
from tests.browser.test_journeys import sign
from tests.conftest import NOW
from tests.visitor import SLUG

pytestmark = pytest.mark.browser

EDITED = {
    "awkward signs": "A & B = C? 100 # % + \" ' é 中 ئ (x)! *~ 😀\n\n\nSecond – “paragraph”",
    "at its limit": "x" * 900,
    "too long for a mail program": "维吾尔" * 60,
    "too long for any link": "ä" * 8_000,
    "nothing": "",
}


def letters(context) -> Page:
    page = context().new_page()
    sign(page)
    open_ways(page)
    return page


def open_ways(page: Page) -> None:
    for fold in page.locator("summary", has_text="Other ways to send it").all():
        fold.click()


def expected(link, text: str) -> MailLink:
    """The same link as the server would measure it, had it got this text."""
    parts = {name: link.get_attribute(f"data-mail-{name}") for name in ("before", "short", "limit", "rounds")}
    return MailLink("", parts["before"], parts["short"], int(parts["limit"]), int(parts["rounds"]), text)


def test_every_link_is_built_and_measured_again_as_the_server_would(context):
    page = letters(context)
    links = page.locator("[data-mail-text='president-text']").all()
    assert len(links) == 4  # the mail program, Gmail, Outlook, Yahoo
    for what, text in EDITED.items():
        page.locator("#president-text").fill(text)
        for link in links:
            server = expected(link, text)
            assert link.get_attribute("href") == server.url, what
            assert len(server.url) <= server.limit, what
            too_long = page.locator(f"#{link.get_attribute('data-mail-long')}")
            assert too_long.evaluate("one => one.hidden") == server.complete, what


def test_links_follow_the_text_of_their_own_letter_and_take_it_in_again_once_it_is_short_enough(context):
    page = letters(context)
    box, link = page.locator("#president-text"), page.locator("[data-mail-text='president-text']").first
    other = page.locator("[data-mail-text='embassy-text']").first
    before = other.get_attribute("href")
    box.fill("ä" * 2_000)
    assert "body=" not in link.get_attribute("href")
    expect(page.locator("#president-long")).to_be_visible()
    box.fill("Short.")
    assert link.get_attribute("href").endswith("&body=Short.")
    expect(page.locator("#president-long")).to_be_hidden()
    assert other.get_attribute("href") == before


def test_webmail_is_there_only_for_those_who_ask_and_after_the_sentence_about_it(context):
    page = letters(context)
    link = page.get_by_role("link", name=re.compile("Write in Gmail")).first
    expect(link).to_be_hidden()
    page.get_by_text("Gmail, Outlook or Yahoo in the browser").first.click()
    expect(link).to_be_visible()
    sentence = page.get_by_text("goes through that company").first
    expect(sentence).to_be_visible()
    assert sentence.bounding_box()["y"] < link.bounding_box()["y"]
    assert link.get_attribute("rel") == "noreferrer noopener"


def test_each_part_has_a_button_that_copies_it_as_it_stands(context):
    browser = context()
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    page = browser.new_page()
    page.clock.install(time=NOW)
    sign(page)
    open_ways(page)
    page.clock.pause_at(NOW + timedelta(hours=1))  # or the word might be gone before anybody has looked
    page.locator("#president-text").fill("My own text.")
    for part, start in (("email", "english@mail.gov.cn"), ("subject", "People missing"), ("text", "My own text."),
                        ("address", "President of the People")):  # fmt: skip
        page.locator(f"[data-copy='president-{part}']").click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").startswith(start)
        page.clock.run_for(2_500)
        expect(page.get_by_role("status")).to_have_text("")  # the word goes away again


def test_a_report_is_thanked_for_and_cannot_be_made_twice(context):
    page = letters(context)
    page.locator("#president-sent").get_by_role("button", name="I posted it").dblclick()
    expect(page.locator("#president-sent")).to_contain_text("You posted it. Thank you.")
    expect(page).to_have_url(re.compile(f"/{SLUG}/letters#president-sent$"))
    expect(page.locator("#president-sent").get_by_role("button", name="I posted it")).to_have_count(0)
