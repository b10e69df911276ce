"""The form's small scripts about words and languages: they advise, and the page works the same without them."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from campaign.appeals.checks import count_words
from tests.browser.test_journeys import fill_in
from tests.visitor import SLUG

pytestmark = pytest.mark.browser

SIGN = f"/{SLUG}/sign"
ADVICE = "Most of what you wrote stands in the appeal already."
COPIES = {
    "English": "Since 2017 an estimated one million people or more have been detained there, mostly UYGHURS, Kazakhs",
    "French": "J’ai écrit au président Xi Jinping au sujet des personnes disparues ou détenues",
    "Chinese": "我已就新疆维吾尔自治区失踪或遭到拘押的人士致信习近平主席。",
}
OWN = {
    "English": "I am a nurse, and every morning I ring my mother; nobody should have to wonder where theirs is.",
    "Chinese": "我是一名护士。我邻居的哥哥在新疆，她已经七年没有听到他的声音了，我每天都想到她。",
    "short": "Since 2017 an estimated",
}


def words(page):
    return page.get_by_role("textbox", name="In your own words")


@pytest.mark.parametrize("language", COPIES)
def test_the_form_advises_while_somebody_copies_and_stops_when_they_write(context, language):
    page = context().new_page()
    page.goto(SIGN)
    words(page).fill(COPIES[language])
    expect(page.get_by_text(ADVICE)).to_be_visible()
    words(page).fill(COPIES[language] + OWN["English"] * 2)
    expect(page.get_by_text(ADVICE)).not_to_be_visible()


@pytest.mark.parametrize("kind", OWN)
def test_own_sentences_get_no_advice(context, kind):
    page = context().new_page()
    page.goto(SIGN)
    words(page).fill(COPIES["English"])
    expect(page.get_by_text(ADVICE)).to_be_visible()
    words(page).fill(OWN[kind])
    expect(page.get_by_text(ADVICE)).not_to_be_visible()


@pytest.mark.parametrize(
    ("locale", "text", "unit"),
    [
        ("en", OWN["short"], "words"),
        ("fr", "J’y pense chaque jour.", "words"),
        ("zh-Hans", OWN["Chinese"], "Chinese characters"),
        ("zh-Hans", "我是 Aygül，护士", "Chinese characters"),
        ("zh-Hans", OWN["short"], "words"),
    ],
)
def test_the_meter_counts_as_the_server_does_in_the_unit_of_what_is_written(context, locale, text, unit):
    page = context().new_page()
    page.goto(SIGN)
    page.get_by_label("Language of the letters").select_option(locale)
    room = json.loads(page.locator("[data-rooms]").get_attribute("data-rooms"))[locale]
    words(page).fill(text)
    left = room["words"] - count_words(text)
    about = left if unit == "words" else left * 14 // 5  # 14 characters stand where 5 words would
    expect(page.get_by_text(f"Room on the page: about {about} {unit}.")).to_be_visible()


def test_what_is_typed_leaves_the_browser_only_with_the_form(context):
    page = context().new_page()
    sent = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url} {request.post_data or ''}"))
    page.goto(SIGN)
    words(page).fill(COPIES["English"] + " Aygülwashere")
    expect(page.get_by_text(ADVICE)).to_be_visible()
    assert [one for one in sent if "texts.json" in one]
    assert [one for one in sent if not one.startswith("GET") or "Ayg" in one] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_second_language_is_offered_and_goes_away_for_those_who_write_in_it(context, scripts):
    page = context(width=360, scripts=scripts).new_page()
    page.goto(SIGN)
    tick = page.get_by_role("checkbox", name="Add the same letter in Chinese on a second page")
    expect(tick).not_to_be_checked()
    page.get_by_label("Language of the letters").select_option("zh-Hans")
    expect(tick).to_be_visible(visible=not scripts)
    page.get_by_label("Language of the letters").select_option("fr")
    expect(tick).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_a_letter_with_its_translation_shows_both_and_passes_the_accessibility_checks(context, width, scheme):
    page = context(width=width, scheme=scheme).new_page()
    page.goto(SIGN)
    fill_in(page)
    words(page).fill(COPIES["English"])
    page.get_by_role("checkbox", name="Add the same letter in Chinese").check()
    page.get_by_role("button", name="Only the letters").click()
    expect(page.get_by_text(ADVICE)).to_be_visible()
    for fold in page.locator("details").all():
        fold.evaluate("one => { one.open = true }")
    expect(page.get_by_text("以下为前面这封信的译文。").first).to_be_visible()
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
