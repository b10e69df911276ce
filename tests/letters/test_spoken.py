"""The script for the door or the telephone: short enough to be heard out, and nothing in it that was not meant."""

from dataclasses import replace

import pytest

from campaign.appeals.definition import Span
from campaign.letters.letter import FilledList, LetterValues
from campaign.letters.spoken import MAX_SECONDS, SPOKEN, speaking_seconds, spoken
from tests.letters.builders import ALL_DEMANDS, LOCALES, sample_letter, sample_values
from tests.letters.texts import DEMANDS


def script(recipient: str = "embassy", **changes: object) -> str:
    values: LetterValues = sample_values(**changes)
    return spoken(sample_letter(recipient, **changes), values)


def test_every_language_of_the_letters_has_its_own_sentences() -> None:
    assert set(SPOKEN) == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_script_takes_between_ten_seconds_and_a_minute(locale: str) -> None:
    for demands in (ALL_DEMANDS, ALL_DEMANDS[:1], ()):
        seconds = speaking_seconds(script(locale=locale, demands=demands))
        assert 10 <= seconds <= MAX_SECONDS


@pytest.mark.parametrize("locale", LOCALES)
def test_it_says_who_why_and_what_in_the_letters_language(locale: str) -> None:
    text = script(locale=locale)
    words = SPOKEN[locale]
    assert text.index("Élodie Tremblay") < text.index("Montréal") < text.index(DEMANDS["disclose"][locale])
    assert text.startswith(words.greeting)
    assert text.rstrip().endswith(words.thanks)
    assert "UA 61/21" in text


@pytest.mark.parametrize(
    ("locale", "subject", "said"),
    [("en", "People missing and detained in Xinjiang", "Its subject line is: People missing and detained in Xinjiang."),
     ("en", "My letter to President Xi Jinping", "Its subject line is: My letter to President Xi Jinping."),
     ("fr", "Ma lettre au président Xi Jinping", "En voici l’objet\u00a0: Ma lettre au président Xi Jinping."),
     ("zh-Hans", "我致习近平主席的信", "我给您写了一封信，标题是：我致习近平主席的信。")],
)  # fmt: skip
def test_the_subject_is_quoted_as_one_so_that_it_may_be_the_name_of_a_letter(
    locale: str, subject: str, said: str
) -> None:
    letter = replace(sample_letter("embassy", locale=locale), subject=subject)
    assert said in spoken(letter, sample_values(locale=locale))


def test_a_name_that_ends_with_an_initial_ends_its_sentence_once() -> None:
    assert "My name is A. Q. I live in Montréal." in script(name="A. Q.")


def test_the_points_are_those_of_the_letter_and_whole() -> None:
    letter = sample_letter("embassy", demands=("protect",))
    points = [item[0].text for block in letter.blocks if isinstance(block, FilledList) for item in block.items]
    assert [line for line in script(demands=("protect",)).split("\n") if line.startswith("–")] == [f"– {points[0]}"]


def test_a_point_that_would_take_too_long_is_left_out_whole() -> None:
    points = FilledList(((Span("word " * 200 + "end"),), (Span("short one"),)))
    text = spoken(replace(sample_letter("embassy"), blocks=(points,)), sample_values())
    assert "short one" in text
    assert "end" not in text
    assert speaking_seconds(text) <= MAX_SECONDS


@pytest.mark.parametrize("locale", LOCALES)
def test_a_script_without_a_name_holds_no_name(locale: str) -> None:
    for changes in ({"without_name": True}, {"name": ""}):
        text = script(locale=locale, **changes)
        assert "Tremblay" not in text
        assert SPOKEN[locale].nameless in text


def test_the_street_is_never_said() -> None:
    assert "Saint-Denis" not in script()


def test_without_a_town_none_is_said() -> None:
    assert "I live in" not in script(city="")
    assert "{" not in script(city="", name="", demands=())


def test_chinese_is_counted_by_characters_and_other_words_beside_it() -> None:
    assert speaking_seconds("四" * 40) == 10
    assert speaking_seconds("word " * 23) == 10
    assert speaking_seconds("四" * 40 + " word" * 23) == 20
    assert speaking_seconds("") == 0
