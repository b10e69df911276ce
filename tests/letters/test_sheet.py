"""The page of a letter before it is drawn."""

import re

import pytest

from campaign.letters.sheet import SIZES, section_locales, sheet_html, stylesheet, title_of
from campaign.letters.typefaces import FAMILIES
from tests.letters.builders import letter_text, sample_appeal, sample_letter


def html(**changes: object) -> str:
    return sheet_html(sample_letter(**changes), "a4", SIZES[0])


@pytest.mark.parametrize("hostile", ["<script>x</script>", "<img src=x>", '" onload="x', "&amp;", "{{ 7*7 }}", "</p>"])
def test_every_word_of_a_supporter_is_escaped(hostile: str) -> None:
    def tags_of(text: str) -> list[str]:
        return re.findall(r"<[^>]*>", html(name=text, city=f"C{text}", address=f"A{text}", words=text))

    assert tags_of(hostile) == tags_of("plain")
    page = html(name=hostile, words=hostile)
    assert "49" not in page


def test_the_page_names_its_language_and_direction() -> None:
    assert '<html lang="en" dir="ltr">' in html()
    assert '<html lang="zh-Hans" dir="ltr">' in html(locale="zh-Hans")


def test_a_letter_has_one_heading_its_subject() -> None:
    page = html()
    assert page.count("<h1>") == 1
    assert "<h1>People missing and arbitrarily detained in Xinjiang (UA 61/21)</h1>" in page


def test_the_title_says_to_whom_and_never_from_whom() -> None:
    assert title_of([sample_letter()]) == "Letter – President Xi Jinping"
    assert title_of([sample_letter(locale="zh-Hans")]) == "信函 – 习近平主席"
    both = [sample_letter(locale="fr"), sample_letter("embassy", locale="fr")]
    assert title_of(both) == (
        "Lettre – Le Président Xi Jinping; L'Ambassadeur de la République populaire de Chine, Ottawa"
    )


def test_own_words_in_another_script_run_in_their_own_direction() -> None:
    page = html(words="«مېنىڭ ئانام ئۈرۈمچىدىن.»\n\nAnd in English.\n\n123")
    assert '<p class="text" dir="rtl">«<bdi' not in page
    assert '<p class="text" dir="rtl">«مېنىڭ ئانام ئۈرۈمچىدىن.»</p>' in page
    assert '<p class="text" dir="ltr">And in English.</p>' in page
    assert '<p class="text" dir="ltr">123</p>' in page


def test_in_a_right_to_left_letter_the_addresses_still_run_from_left_to_right() -> None:
    appeal = sample_appeal({("president", "ug"): letter_text("president", "en")})
    page = sheet_html(sample_letter(appeal=appeal, locale="ug"), "a4", SIZES[0])
    assert '<html lang="ug" dir="rtl">' in page
    assert '<section class="addressee" lang="en" dir="ltr">' in page


def test_a_letter_without_a_name_has_no_sender_block() -> None:
    assert 'class="sender"' in html()
    assert 'class="sender"' not in html(without_name=True)


def test_the_languages_of_the_sections_follow_the_page() -> None:
    assert list(section_locales(sample_letter(locale="fr"))) == ["fr", "zh-Hans"]
    assert list(section_locales(sample_letter("embassy", locale="zh-Hans"))) == ["en"]


def test_the_style_sheet_knows_every_family_and_puts_a_languages_own_first() -> None:
    css = stylesheet()
    assert all(f'"{family}"' in css for family in FAMILIES)
    assert f'[lang] {{ font-family: "{FAMILIES[0]}"' in css
    assert '[lang|="zh"] { font-family: "Letter Han"' in css
    assert '[lang|="ug"] { font-family: "Letter Naskh"' in css
    assert "url(" not in css
    assert "@import" not in css
