"""A mission of which next to nothing is known: nothing is offered that cannot be done, and no sentence has a hole."""

from datetime import date

import pytest

from campaign.letters import AddressNote, NoteKind
from campaign.web.i18n import PAGE_LOCALES
from campaign.web.public.address_sentences import address_sentence
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

LETTERS = f"/{SLUG}/letters"
FORM_FIELD = f'href="/{SLUG}/sign#embassy_country"'
NOTHING_KNOWN = ("YE", "LT", "PS")  # neither address nor e-mail, fax or telephone
EN = {"Accept-Language": "en"}


def card(visitor, country: str) -> str:
    """Return the part of the page about the embassy."""
    visitor.letters_only(country=country)
    page = visitor.get(LETTERS, headers=EN).text
    start = page.index('aria-labelledby="embassy-title"')
    return page[start : page.index("</article>", start)]


@pytest.mark.parametrize("locale", PAGE_LOCALES)
@pytest.mark.parametrize("kind", [NoteKind.SERVES, NoteKind.OFFICE, NoteKind.SITS_IN])
def test_where_no_city_is_known_the_sentence_does_without_it(app, locale, kind):
    def sentence(city: str) -> str:
        note = AddressNote(kind, country="YE", other="SA", city=city, day=date(2026, 1, 8))
        return address_sentence(note, "CN", locale)

    with app.test_request_context(f"/?lang={locale}"):
        with_city, without = sentence("Nassau"), sentence("")
    assert with_city.replace("Nassau", "") != without
    assert not [hole for hole in (" ,", " :.", "\xa0: .", "\xa0: (", " .", "in:") if hole in without]
    assert without.endswith(".")


@pytest.mark.parametrize("path", [LETTERS, f"{LETTERS}/blank?country=YE"])
def test_the_embassy_for_yemen_is_named_without_a_city(visitor, path):
    visitor.letters_only(country="YE")
    page = visitor.get(path, headers=EN).text
    assert "The embassy for Yemen: it is chosen by the country you live in." in page
    assert "Yemen, in" not in page


@pytest.mark.parametrize("country", NOTHING_KNOWN)
def test_a_letter_that_nobody_can_send_is_not_offered_and_the_page_says_so(visitor, country):
    shown = card(visitor, country)
    for pointless in ("<button", "<form", "envelope", "Have you sent it", "Other ways to send it", "Call", ".txt"):
        assert pointless not in shown, pointless
    assert "We know no other way to send it either." in shown
    assert FORM_FIELD in shown, "another embassy may have an address"
    for way in ("post", "email", "fax", "hand"):
        assert visitor.post(f"{LETTERS}/embassy/sent", {"way": way}).status_code == 404


def test_only_a_house_whose_address_is_known_is_gone_to(visitor):
    shown = card(visitor, "IQ")
    assert "data-mail-text" in shown, "this one has an e-mail address"
    for pointless in ("By hand", "phone", "go there", "read this aloud", 'value="hand"'):
        assert pointless not in shown, pointless
    assert 'value="email"' in shown


@pytest.mark.parametrize(
    ("country", "heading", "said", "by_hand"),
    [("CA", "By hand or by phone", "Take the printed letter to the door, or call. Then you may", True),
     ("BE", "By hand", "Take the printed letter to the door. Then you may", True),
     ("SS", "By phone", "Call. Then you may", False)],
)  # fmt: skip
def test_the_words_to_say_are_for_the_door_and_the_telephone_that_are_known(visitor, country, heading, said, by_hand):
    shown = card(visitor, country)
    assert f"<h3> {heading} </h3>" in " ".join(shown.split())
    assert said in " ".join(shown.split())
    assert ("Telephone:" in shown) == ("phone" in heading)
    assert ('value="hand"' in shown) == by_hand


def test_another_embassy_is_chosen_where_the_field_for_it_is(visitor):
    assert 'id="embassy_country"' in visitor.get(f"/{SLUG}/sign").text
    assert FORM_FIELD not in card(visitor, "CA")
    for country in ("BT", "CN", "YE", "IQ"):
        blank = visitor.get(f"{LETTERS}/blank?country={country}", headers=EN).text
        assert FORM_FIELD in blank, country
        assert (FORM_FIELD in card(visitor, country)) == (country != "IQ"), "to Iraq an e-mail can go"
    for country in ("", "CA"):
        assert FORM_FIELD not in visitor.get(f"{LETTERS}/blank?country={country}", headers=EN).text
