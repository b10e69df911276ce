"""The form offers the same letter in the addressee's language: off, explained, and only where it was reviewed."""

import io
import re
from html import unescape

import pytest
from pypdf import PdfReader

from tests.site import FILES
from tests.visitor import SLUG
from tests.web.test_ways import card

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

LETTERS = f"/{SLUG}/letters"
TEXT = FILES["appeal.toml"].decode()
TABLE = TEXT[TEXT.index("[[translation]]") :]
EN = {"Accept-Language": "en"}


def tick(page: str) -> str:
    return re.search(r'<input[^>]*name="translated"[^>]*>', page).group(0)


def pages(visitor, name: str) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(visitor.get(f"{LETTERS}/{name}.pdf").data)).pages]


def test_it_is_offered_unticked_with_the_reason_and_how_far_it_was_checked(visitor):
    page = unescape(visitor.get(f"/{SLUG}/sign", headers=EN).text)
    assert "checked" not in tick(page)
    assert "Add the same letter in Chinese on a second page" in page
    assert "An office reads its own language first" in page
    assert "compared the text in Chinese with the original on 22 November 2026; nobody whose language it is" in page
    assert 'data-second-language="zh-Hans"' in page


@pytest.mark.parametrize(("review", "said"), [("reader", "Somebody whose"), ("translator", "A professional")])
def test_the_form_says_who_compared_it(visitor, publish_changed, review, said):
    publish_changed('review = "project"', f'review = "{review}"')
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    assert said in page
    assert "has confirmed it yet" not in page


def test_a_pack_without_a_reviewed_translation_offers_none(visitor, publish_changed):
    publish_changed(TABLE, "")
    assert 'name="translated"' not in visitor.get(f"/{SLUG}/sign").text
    visitor.sign(translated="y")
    assert len(pages(visitor, "all")) == 2


def test_without_the_tick_there_are_letters_in_one_language_only(visitor):
    visitor.sign()
    assert len(pages(visitor, "president")) == 1
    assert "译文" not in visitor.get(LETTERS).text


def test_with_it_every_form_of_the_letter_carries_the_translation(visitor):
    visitor.sign(translated="y")
    english, chinese = pages(visitor, "president")
    assert "Dear President Xi Jinping:" in english
    assert "尊敬的习近平主席" in chinese
    assert "I am a nurse" in chinese
    assert len(pages(visitor, "all")) == 4
    for extension in ("txt", "eml"):
        assert visitor.get(f"{LETTERS}/embassy.{extension}").status_code == 200
    assert "以下为前面这封信的译文。" in visitor.get(f"{LETTERS}/embassy.txt").text


def test_a_window_layout_holds_the_letter_and_the_translation_follows_without(visitor):
    visitor.sign(country="DE", translated="y")
    assert len(PdfReader(io.BytesIO(visitor.get(f"{LETTERS}/embassy.pdf?layout=din").data)).pages) == 2


def test_the_page_shows_it_and_says_where_a_mail_link_has_no_room(visitor):
    visitor.sign(translated="y", demands=["disclose"], words="")
    shown = card(visitor.get(LETTERS, headers=EN).text, "president")
    assert "A mail link has no room for the translation." in shown
    assert re.search(r'<textarea id="president-translation"[^>]*lang="zh-Hans">以下为前面这封信的译文。', shown)
    link = unescape(re.search(r'href="(mailto:[^"]*)"', shown).group(1))
    assert "body=" in link
    assert "%E8%AF%91" not in link
    assert shown.count('class="sheet-note"') == 1


def test_somebody_who_writes_in_that_language_gets_one_letter(visitor):
    visitor.sign(translated="y", locale="zh-Hans")
    assert len(pages(visitor, "all")) == 2


def test_a_recipient_who_does_not_read_it_gets_the_letter_alone(visitor):
    visitor.sign(translated="y", recipients=["high-commissioner"])
    assert len(pages(visitor, "high-commissioner")) == 1
    assert len(pages(visitor, "all")) == 5


def test_the_tick_survives_a_mistake_elsewhere_and_the_way_back_to_the_form(visitor):
    wrong = visitor.sign(translated="y", email="not an address").text
    visitor.sign(translated="y")
    for page in (wrong, visitor.get(f"/{SLUG}/sign").text):
        assert "checked" in tick(page)
