"""Every note about an address is one whole sentence, in every language of the pages."""

from datetime import date

import pytest

from campaign.letters import AddressNote, NoteKind
from campaign.web.i18n import PAGE_LOCALES
from campaign.web.public.address_sentences import address_sentence
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."


@pytest.mark.parametrize("locale", PAGE_LOCALES)
@pytest.mark.parametrize("kind", NoteKind)
def test_every_note_has_its_sentence(app, locale, kind):
    note = AddressNote(kind, country="BS", other="US", city="Nassau", name="The House", day=date(2026, 1, 8))
    with app.test_request_context(f"/?lang={locale}"):
        sentence = address_sentence(note, "CN", locale)
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert locale != "en" or ("Bahamas" in sentence) == ("the Bahamas" in sentence)


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("US", "The embassy for the United States, in Washington"),
        ("LT", "China has no embassy in Lithuania, but an office in Vilnius"),
        ("LT", "No postal address is known for it"),
        ("LI", "China has no embassy for Liechtenstein"),
        ("SM", "The embassy for San Marino has its seat in Rome, Italy."),
        ("AD", "its embassy in Spain is responsible"),
        ("TW", "China has no embassy for Taiwan"),
        ("CN", "A state has no embassy at home"),
        ("TG", "This address names a district, but no street"),
        ("FR", "We know no e-mail address of this embassy: send this letter by post."),
    ],
)
def test_the_letters_page_says_where_the_copy_goes_or_why_there_is_none(visitor, country, said):
    visitor.letters_only(country=country)
    assert said in visitor.get(f"/{SLUG}/letters").text


def test_an_address_that_is_not_confirmed_stands_nowhere_and_the_page_still_names_the_town(visitor):
    visitor.letters_only(country="LY")
    page = visitor.get(f"/{SLUG}/letters").text
    assert "Its postal address is not confirmed, so we do not print a letter to it." in page
    assert "has its seat in Tunis, Tunisia." in page
    assert "Gammarth" not in page
    assert "Gammarth" not in visitor.get(f"/{SLUG}/letters/embassy.txt").text


@pytest.mark.parametrize("country", ["LT", "PS"])
def test_nobody_is_told_whom_a_letter_addresses_that_cannot_be_sent(visitor, country):
    visitor.letters_only(country=country)
    page = visitor.get(f"/{SLUG}/letters").text
    assert "The embassy for" not in page
    assert "addressed to the office" not in page
