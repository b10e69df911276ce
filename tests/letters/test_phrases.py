"""The fixed words and the date of a letter."""

from datetime import date

import pytest

from campaign.letters.phrases import PHRASES, Post, direction_of, long_date, phrases_for
from campaign.letters.typefaces import uncovered

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("locale", "country", "written"),
    [
        ("en", "CA", "November 21, 2026"),
        ("en", "US", "November 21, 2026"),
        ("en", "GB", "21 November 2026"),
        ("en", "KZ", "21 November 2026"),
        ("fr", "CA", "21 novembre 2026"),
        ("fr", "FR", "21 novembre 2026"),
        ("zh-Hans", "CA", "2026年11月21日"),
        ("ug", "KZ", "21-نويابىر، 2026"),
    ],
)
def test_the_date_is_written_out_in_the_letters_language(locale: str, country: str, written: str) -> None:
    assert long_date(DAY, locale, country) == written


def test_french_counts_the_first_day_of_a_month_and_only_that_one() -> None:
    assert long_date(date(2026, 1, 1), "fr", "FR") == "1er janvier 2026"
    assert long_date(date(2026, 1, 11), "fr", "FR") == "11 janvier 2026"


def test_an_unknown_language_still_gets_a_date_people_can_read() -> None:
    assert long_date(DAY, "xx-Latn", "FR") == "21 November 2026"


@pytest.mark.parametrize("locale", ["ar", "ug", "fa", "he", "ur", "ug-Arab"])
def test_letters_in_these_languages_run_from_right_to_left(locale: str) -> None:
    assert direction_of(locale) == "rtl"


@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans", "kk", "uz"])
def test_other_letters_run_from_left_to_right(locale: str) -> None:
    assert direction_of(locale) == "ltr"


def test_a_regional_language_uses_the_words_of_the_language() -> None:
    assert phrases_for("fr-CA") is PHRASES["fr"]


def test_a_language_nobody_has_written_an_entry_for_uses_english_words() -> None:
    assert phrases_for("ug") is PHRASES["en"]


@pytest.mark.parametrize("locale", PHRASES)
def test_every_entry_is_complete_and_can_be_drawn(locale: str) -> None:
    phrases = PHRASES[locale]
    assert set(phrases.posts) == set(Post)
    assert phrases.address_locale in PHRASES
    assert not uncovered(
        "".join((*phrases.posts.values(), *phrases.of_state.values(), phrases.copy_to, phrases.nameless))
    )
