"""Whatever was typed is storable and printable after cleaning, and real names come back as they were."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.text import MAX_COMBINING_IN_A_ROW, clean_line, clean_text, has_letter

NAMES = [
    "Aygül Qadir",
    "ئايگۈل قادىر",
    "محمد\u200cرضا پهلوان",
    "李明",
    "Дмитрий Ковалёв",
    "අනුර කුමාර",
    "བསྟན་འཛིན་རྒྱ་མཚོ",
    "ᠪᠠᠶᠠᠷ",
    "ᠬᠠᠨ\u180eᠠ",
    "김민준",
    "Νίκος Παπαδόπουλος",
    "שָׁלוֹם כֹּהֵן",
    "आरव शर्मा",
    "க்ஷேத்ரா",
    "สมชาย ใจดี",
    "ကျော်စွာ",
    "გიორგი",
    "Արամ",
    "Ngũgĩ wa Thiong'o",
    "Zoë Ó Súilleabháin-Łukaszewicz",
    "Nguyễn Thị Ánh",
    "邉󠄂",  # a family name whose exact form an ideographic variation selector decides
    "ශ්‍රී",
]
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_any_text = st.text(st.characters(codec=None, categories=None)) | st.text(
    st.sampled_from("a e\u0301\u0323\u0958\u0f71\u0e34\u1100\u1161\u11a8\n\r\t\u00a0\u202e\u200c\ud800\u2028\x00\x85")
)


@pytest.mark.parametrize("name", NAMES)
def test_a_real_name_comes_back_unchanged(name: str) -> None:
    assert clean_line(name) == unicodedata.normalize("NFC", name)
    assert has_letter(clean_line(name))


@given(_any_text)
def test_cleaned_text_holds_nothing_that_cannot_be_stored_or_reorders_a_page(raw: str) -> None:
    cleaned = clean_text(raw)
    for character in cleaned.replace("\n", ""):
        assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}
        assert character not in BIDI
    assert cleaned.encode().decode() == cleaned


@given(_any_text)
def test_cleaned_text_is_in_normal_form_and_cleaning_it_again_changes_nothing(raw: str) -> None:
    for clean in (clean_text, clean_line):
        cleaned = clean(raw)
        assert unicodedata.is_normalized("NFC", cleaned)
        assert clean(cleaned) == cleaned
        assert cleaned == cleaned.strip()


@given(_any_text)
def test_a_cleaned_line_has_no_line_break(raw: str) -> None:
    assert len(clean_line(raw).splitlines()) <= 1


@given(st.text(st.characters(min_codepoint=0x300, max_codepoint=0x36F), min_size=5))
def test_no_tower_of_marks_survives(marks: str) -> None:
    run = longest = 0
    for character in clean_line("a" + marks):
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    assert longest <= MAX_COMBINING_IN_A_ROW


def test_no_tower_of_thai_vowel_signs_survives() -> None:
    assert len(clean_line("ก" + "\u0e34" * 500)) < 10


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_ending_becomes_one_line_break(ending: str) -> None:
    assert clean_text(f"one{ending}two") == "one\ntwo"
    assert clean_line(f"one{ending}two") == "one two"


def test_the_joiners_that_persian_and_indic_scripts_spell_with_are_kept() -> None:
    assert clean_line("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_line("ක්\u200dෂ") == "ක්\u200dෂ"


def test_bidirectional_controls_and_invisible_padding_are_dropped() -> None:
    assert clean_line(f"A{BIDI}y\u200bg\ufeffül\u00ad\u3164") == "Aygül"


def test_spaces_are_tidied_and_at_most_one_empty_line_stays() -> None:
    assert clean_text("  a \u00a0 b  \n\n\n\n  c ") == "a b\n\nc"


def test_markup_and_placeholders_are_left_as_they_were_typed() -> None:
    typed = "<script>alert(1)</script> ((name)) {{7*7}} =cmd()"
    assert clean_line(typed) == typed


@pytest.mark.parametrize("blank", ["", "   ", "\u3164", "\u200d\u200c", "\u2800", "123", "..."])
def test_what_prints_as_nothing_has_no_letter(blank: str) -> None:
    assert not has_letter(clean_line(blank))
