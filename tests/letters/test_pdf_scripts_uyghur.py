"""Uyghur on paper: every letter in every form, and lines that keep their order around Latin and numbers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from campaign.letters.letter import Letter
from campaign.letters.workers import Renderer
from tests.letters.builders import letter_text, sample_appeal, sample_letter
from tests.letters.on_paper import drawn
from tests.letters.reading import first_left_edges
from tests.letters.shaping import Run, drawing, font_for, glyphs, runs_of, unlike
from tests.letters.test_fonts import UYGHUR_LETTERS
from tests.letters.test_pdf_scripts_drawn import AT_MOST

# Letters of one body, told apart by their dots: what a wrong glyph would most likely be.
ALIKE = ("ئبپتنيېى", "جچخ", "د", "رزژ", "سش", "غ", "فق", "كگڭ", "ل", "م", "وۇۆۈۋ", "ھە", "ا")
LINE = "بۇ UA 61/21، 2021-يىل."
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def forms(letter: str) -> str:
    """A letter alone, at the beginning, in the middle and at the end of a word."""
    return f"{letter} {letter}ل ل{letter}ل ل{letter}"


def line(text: str) -> list[Run]:
    """A line from right to left, in the fonts of an Uyghur letter."""
    return runs_of(text, "ug", "rtl")


def uyghur_letter(*paragraphs: str) -> Letter:
    text = letter_text("president", "en", paragraphs)
    return sample_letter(appeal=sample_appeal({("president", "ug"): text}), locale="ug", demands=())


def test_every_letter_of_the_alphabet_has_its_like_listed() -> None:
    assert sorted("".join(ALIKE)) == sorted(UYGHUR_LETTERS)


@pytest.mark.parametrize("alike", ALIKE)
def test_every_uyghur_letter_is_drawn_in_its_joined_forms(renderer: Renderer, alike: str) -> None:
    lines = {forms(letter): letter for letter in alike}
    for text, paper in drawn(renderer, list(lines), locale="ug"):
        found = {other: unlike(drawing(line(forms(other))), paper) for other in alike}
        assert found[lines[text]] < AT_MOST
        assert min(found, key=found.__getitem__) == lines[text]


@pytest.mark.parametrize("letter", UYGHUR_LETTERS)
def test_a_letter_takes_another_shape_where_it_joins(letter: str) -> None:
    (run,) = line(letter)
    alone, _ = glyphs(run).glyph_infos[0].codepoint, glyphs(run)
    at_the_end = glyphs(Run(f"ل{letter}", run.file, "rtl")).glyph_infos
    assert at_the_end[0].codepoint != alone  # from left to right, so the last letter comes first


def test_latin_and_numbers_keep_their_order_on_the_paper(renderer: Renderer) -> None:
    ((_, paper),) = drawn(renderer, [LINE], locale="ug")
    latin, number = runs_of("UA 61/21", "ug"), runs_of("2021", "ug")
    right = [*line("-يىل."), *number, *line("، "), *latin, *line("بۇ ")]
    swallowed = [*line("-يىل."), *latin, *line("، "), *number, *line("بۇ ")]
    torn = [*line("-يىل."), *number, *line("، "), *runs_of("61/21 UA", "ug"), *line("بۇ ")]
    assert unlike(drawing(right), paper) < AT_MOST
    assert unlike(drawing(swallowed), paper) > 2 * AT_MOST
    assert unlike(drawing(torn), paper) > 2 * AT_MOST


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [("تېلېفون ", "+1 613 789", "."), ("ئالىملار ", "50%", " كەلدى"), ("نومۇر ", "№5", " ئۆي")],
)
def test_a_sign_stays_at_its_side_of_the_number(renderer: Renderer, before: str, number: str, after: str) -> None:
    ((_, paper),) = drawn(renderer, [before + number + after], locale="ug")
    assert unlike(drawing([*line(after), *runs_of(number, "ug"), *line(before)]), paper) < AT_MOST


def test_a_house_number_stays_inside_an_address_from_right_to_left(renderer: Renderer) -> None:
    ((_, paper),) = drawn(renderer, ["Anna شارع 5 القاهرة end"])
    whole = [(" القاهرة", "rtl"), ("5", ""), ("شارع ", "rtl")]
    right, torn = (
        [Run(text, font_for(text.strip()), direction) for text, direction in [("Anna ", ""), *middle, (" end", "")]]
        for middle in (whole, whole[::-1])
    )
    assert unlike(drawing(right), paper) < unlike(drawing(torn), paper)


def test_pdfium_finds_the_words_of_a_line_from_right_to_left(renderer: Renderer) -> None:
    pdf = renderer.pdf([uyghur_letter(LINE, "((words))")], "a4")
    left_of = first_left_edges(pdf, "بU6،0ي.", line_with="UA،")
    # From right to left: the first word, the reference (itself from left to right), the year, the last word.
    assert left_of["ب"] > left_of["6"] > left_of["U"] > left_of["،"] > left_of["0"] > left_of["ي"] > left_of["."]


@needs_poppler
def test_poppler_finds_the_words_of_a_line_from_right_to_left(renderer: Renderer, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(renderer.pdf([uyghur_letter("ھۆرمەتلىك Anna Müller 2021 ئادەم.", "((words))")], "a4"))
    run = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True)
    places = re.findall(r'<word xMin="([\d.]+)"[^>]*>([^<]*)</word>', run.stdout.decode())
    left_of = {word: float(left) for left, word in places}
    first, last = (next(one for one in left_of if set("كىل") <= set(one))), next(one for one in left_of if "د" in one)
    assert left_of[first] > left_of["2021"] > left_of[last]
    assert left_of[first] > left_of["Müller"] > left_of["Anna"] > left_of[last]
