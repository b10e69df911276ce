"""An appeal about a state whose embassies nobody has listed: no page speaks of a copy, or of a choice, there is not."""

import pytest

from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

EN = {"Accept-Language": "en"}
LETTERS = f"/{SLUG}/letters"
UNKNOWN = "We know no embassy of this state (Türkiye) to write to, so there is no copy to send."
PAPER = "It decides which paper the letter is laid out for."
EMBASSIES = "embassy gets the copy"


COPY = 'mission = "CN"'
UNLISTED, ALONE = 'mission = "TR"', 'lines = ["A street"]\ncountry = "CA"'


@pytest.fixture
def unlisted(visitor, publish_changed):
    """A supporter of an appeal whose copy goes to the embassies of a state that the directory does not know."""
    publish_changed(COPY, UNLISTED)
    return visitor


@pytest.mark.parametrize("instead", [UNLISTED, ALONE])
def test_the_form_does_not_ask_which_embassy_where_there_is_none(visitor, publish_changed, instead):
    publish_changed(COPY, instead)
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    assert PAPER in page
    assert EMBASSIES not in page
    assert "shows which embassy" not in page


def test_the_form_asks_which_embassy_where_there_is_one(visitor):
    page = visitor.get(f"/{SLUG}/sign", headers=EN).text
    assert EMBASSIES in page
    assert "shows which embassy" in page
    assert PAPER not in page


@pytest.mark.parametrize("country", ["CA", "BT"])
def test_the_letters_page_says_that_no_embassy_is_known_and_offers_no_other(unlisted, country):
    unlisted.letters_only(country=country)
    for path in (LETTERS, f"{LETTERS}/blank", f"{LETTERS}/blank?country={country}"):
        page = unlisted.get(path, headers=EN).text
        assert UNKNOWN in page, path
        assert "choose another embassy" not in page, path


def test_a_state_has_no_embassy_at_home_wherever_the_others_are(unlisted):
    unlisted.letters_only(country="TR")
    page = unlisted.get(LETTERS, headers=EN).text
    assert "A state has no embassy at home" in page
    assert "choose another embassy" not in page


def test_the_blank_letters_ask_for_a_country_only_for_what_depends_on_it(unlisted):
    page = unlisted.get(f"{LETTERS}/blank", headers=EN).text
    assert "It decides which paper comes first. It is not kept." in page
    assert "Choose your country above" not in page
    assert "which embassy is written to" not in page


@pytest.mark.parametrize(("instead", "asks"), [(COPY, True), (UNLISTED, False), (ALONE, False)])
def test_the_page_of_blank_letters_asks_which_embassy_where_there_is_one(visitor, publish_changed, instead, asks):
    publish_changed(COPY, instead)
    page = visitor.get(f"{LETTERS}/blank", headers=EN).text
    assert ("which embassy is written to" in page) == asks


def test_the_appeal_page_draws_no_envelope_to_an_embassy_nobody_knows(visitor, publish_changed):
    drawn = '<span class="sheet-line envelope-open">in the country you live in</span>'
    assert drawn in visitor.get(f"/{SLUG}", headers=EN).text
    publish_changed(COPY, UNLISTED)
    visitor.a_second_later()
    page = visitor.get(f"/{SLUG}", headers=EN).text
    assert drawn not in page
    assert "Ambassador" not in page.partition('id="recipients-title"')[2].partition("</section>")[0]
