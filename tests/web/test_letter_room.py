"""The room for own words that the form promises, held against the finished letters."""

import json
import re
from html import unescape

import pypdfium2.raw as pdfium
import pytest

from tests.letters.reading import opened
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

OWN = {
    "en": "I am a nurse in a small hospital and I often think of the families who have waited for years ",
    "fr": "Je suis infirmière dans un petit hôpital et je pense aux familles qui attendent depuis des années ",
}
HAN = "我是一名小医院的护士，常常想起那些多年来一直等待亲人消息的家庭，"


def rooms(visitor):
    page = unescape(visitor.get(f"/{SLUG}/sign").text)
    return json.loads(re.search(r'data-rooms="(\{.*?\}\})"', page)[1])


def own_words(locale, words):
    return (HAN * 20)[: words * 14 // 5] if locale == "zh-Hans" else " ".join((OWN[locale] * 10).split()[:words])


def type_sizes(visitor, words, **values):
    """Return every size of type on the president's letter, in points; it must stand on one page."""
    assert visitor.letters_only(words=words, address="12 Rue\n75001 Paris", **values).status_code == 303
    with opened(visitor.get(f"/{SLUG}/letters/president.pdf").data) as pdf:
        assert len(pdf) == 1
        text = pdf[0].get_textpage()
        sizes = {round(pdfium.FPDFText_GetFontSize(text, one), 1) for one in range(text.count_chars())}
        text.close()
    return sizes


@pytest.mark.parametrize("country", ["FR", "CA", "KZ"])
@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans"])
def test_as_many_own_words_as_the_form_promises_leave_the_print_as_it_is(visitor, locale, country):
    words = own_words(locale, rooms(visitor)[locale]["words"])
    values = {"locale": locale, "country": country, "name": "Aygül Qadir", "city": "Paris"}
    assert type_sizes(visitor, words, **values) == type_sizes(visitor, "", **values)


def test_no_language_of_the_letters_is_full_before_somebody_writes_a_sentence(visitor):
    for locale, room in rooms(visitor).items():
        assert room["words"] >= 10, locale
    assert rooms(visitor)["zh-Hans"]["words"] >= 60  # some 170 characters


def test_the_print_does_become_smaller_where_somebody_writes_much_more(visitor):
    values = {"locale": "en", "country": "FR"}
    assert type_sizes(visitor, own_words("en", 150), **values) != type_sizes(visitor, "", **values)
