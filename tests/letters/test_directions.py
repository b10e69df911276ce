"""What is kept together where both directions of writing meet in one line; the right order is that of UAX #9."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.letters.directions import isolated, line_direction


def test_a_name_of_the_other_direction_is_kept_together() -> None:
    assert isolated("My name is ئايگۈل قادىر, I wait.", "ltr") == (
        'My name is <bdi dir="rtl">ئايگۈل قادىر</bdi>, I wait.'
    )


def test_latin_names_and_numbers_are_kept_together_in_a_right_to_left_letter() -> None:
    assert isolated("بۇ UA 61/21، 2021-يىل", "rtl") == (
        'بۇ <bdi dir="ltr">UA 61/21</bdi>، <bdi dir="ltr">2021</bdi>-يىل'
    )


def test_text_of_one_direction_is_left_alone() -> None:
    assert isolated("Élodie & Ömür: 7 < 8\nnext", "ltr") == "Élodie &amp; Ömür: 7 &lt; 8<br>next"
    assert isolated("قادىر", "rtl") == "قادىر"


@pytest.mark.parametrize(
    ("text", "direction", "expected"),
    [
        ("أعمل مع Human Rights (HRW) Watch في", "rtl", 'أعمل مع <bdi dir="ltr">Human Rights (HRW) Watch</bdi> في'),
        ("مع Human Rights (HRW) في", "rtl", 'مع <bdi dir="ltr">Human Rights (HRW)</bdi> في'),
        ("مع (HRW) Watch في", "rtl", 'مع (<bdi dir="ltr">HRW</bdi>) <bdi dir="ltr">Watch</bdi> في'),
        ("مع Human “Rights” في", "rtl", 'مع <bdi dir="ltr">Human “Rights”</bdi> في'),
        ("كتبت إلى me@example.org أمس", "rtl", 'كتبت إلى <bdi dir="ltr">me@example.org</bdi> أمس'),
        ("أول\nI wait. 3 (three) people asked me.", "rtl",
         'أول<br><bdi dir="ltr">I wait. 3 (three) people asked me.</bdi>'),
        ("I met أيگۈل (عبد) قادر there", "ltr", 'I met <bdi dir="rtl">أيگۈل (عبد) قادر</bdi> there'),
        ("I met أيگۈل (Smith) قادر", "ltr", 'I met <bdi dir="rtl">أيگۈل</bdi> (Smith) <bdi dir="rtl">قادر</bdi>'),
        ("في 2021 (50%) و", "rtl", 'في <bdi dir="ltr">2021</bdi> (<bdi dir="ltr">50%</bdi>) و'),
        ("مع 李 明 في", "rtl", 'مع <bdi dir="ltr">李 明</bdi> في'),
    ],
)  # fmt: skip
def test_brackets_and_quotes_between_words_do_not_put_them_into_another_order(text, direction, expected):
    assert isolated(text, direction).replace("&#34;", '"') == expected


@pytest.mark.parametrize(
    ("text", "direction", "found"),
    [("UA 61/21", "rtl", "ltr"), ("قادىر", "rtl", "rtl"), ("123", "rtl", "ltr"), ("قادىر", "ltr", "rtl"),
     ("A قادىر", "ltr", ""), ("Élodie", "ltr", "ltr")],
)  # fmt: skip
def test_a_line_in_one_piece_has_one_direction(text, direction, found):
    assert line_direction(text, direction) == found


@given(st.text(alphabet='aé 1(2)[]"«»ابק،.-\n李', max_size=40), st.sampled_from(["ltr", "rtl"]))
def test_no_character_is_lost(text, direction):
    bare = re.sub(r"</?bdi[^>]*>", "", isolated(text, direction)).replace("<br>", "\n")
    assert html.unescape(bare) == text
