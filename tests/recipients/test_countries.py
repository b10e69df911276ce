"""Countries: names people read, lines post offices read, paper people have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.recipients.countries import (
    country_from_languages,
    country_in_text,
    country_line,
    country_name,
    country_names,
    is_country,
    paper_for,
)


def test_every_iso_country_and_kosovo_is_offered_and_no_region_is():
    names = country_names("en")
    assert len(names) == 250
    assert {"CA", "FR", "KZ", "TW", "XK"} <= set(names)
    assert not {"EU", "UN", "ZZ"} & set(names)


def test_names_are_in_the_readers_language_and_sorted_without_regard_to_accents():
    names = list(country_names("fr").values())
    assert country_name("DE", "fr") == "Allemagne"
    assert names.index("Égypte") < names.index("Espagne") < names.index("Zimbabwe")


def test_the_country_line_is_the_full_name_in_capitals():
    assert country_line("CN", "en") == "CHINA"
    assert country_line("CN", "fr") == "CHINE"
    assert country_line("GB", "en") == "UNITED KINGDOM"


def test_a_country_line_in_another_script_is_written_in_english_for_the_senders_post():
    assert country_line("CN", "zh-Hans") == "CHINA"
    assert country_line("CN", "ug") == "CHINA"


@pytest.mark.parametrize(
    ("country", "paper"),
    [("US", "letter"), ("CA", "letter"), ("MX", "letter"), ("FR", "a4"), ("KZ", "a4"), ("JP", "a4")],
)
def test_paper_follows_the_writers_country(country, paper):
    assert paper_for(country) == paper


@pytest.mark.parametrize(
    ("header", "country"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "CA"),
        ("en,de-AT;q=0.7", "AT"),
        ("zh-Hans-SG", "SG"),
        ("fr", ""),
        ("", ""),
        ("*", ""),
    ],
)
def test_a_regional_language_tag_says_the_country_and_a_bare_language_says_nothing(header, country):
    assert country_from_languages(header) == country


@given(st.text())
def test_any_language_header_gives_a_country_or_nothing(header):
    guessed = country_from_languages(header)
    assert guessed == "" or is_country(guessed)


@pytest.mark.parametrize(
    ("code", "english"),
    [("US", "the United States"), ("GB", "the United Kingdom"), ("BS", "the Bahamas"), ("CK", "the Cook Islands"),
     ("CA", "Canada"), ("GS", "South Georgia & South Sandwich Islands"), ("", "")],
)  # fmt: skip
def test_an_english_sentence_has_the_article_that_belongs_to_a_country(code, english):
    assert country_in_text(code, "en") == english
    assert country_in_text(code, "fr") == country_name(code, "fr")
