"""What a screen reader is told of a letter: no stops at what says nothing, every language by its name."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.letters.layouts import WINDOWS, Layout
from campaign.letters.letter import FilledParagraph
from campaign.letters.workers import Renderer
from tests.letters.builders import letter_text, sample_letter
from tests.letters.reading import page_sizes_mm, tags
from tests.letters.stamps import structure_by_poppler, whole_renderer
from tests.letters.test_translation import appeal_with, second

needs_poppler = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler-utils is not installed")


@needs_poppler
@pytest.mark.parametrize("layout", WINDOWS)
def test_fold_marks_are_no_elements_of_the_structure(renderer: Renderer, tmp_path: Path, layout: Layout) -> None:
    letter, paper = sample_letter("embassy"), WINDOWS[layout].paper
    with whole_renderer() as whole:
        drawn, stamped = (one.pdf([letter], paper, layout) for one in (whole, renderer))
    for pdf in (drawn, stamped):
        lines = structure_by_poppler(pdf, tmp_path).splitlines()
        depths = [len(line) - len(line.lstrip()) for line in lines]
        for line, depth, below in zip(lines, depths, [*depths[1:], 0], strict=True):
            if re.match(r" *Div\b", line):
                assert below > depth, "an element without content"


@pytest.mark.parametrize("times", [1, 30])
def test_the_languages_of_a_translation_go_on_over_its_pages(renderer: Renderer, times: int) -> None:
    filler = letter_text("president", "zh-Hans", (*["正文。" * 20] * 12, "((words))"))
    words = "\n\n".join(["Ma mère appelait chaque vendredi."] * times)
    appeal = appeal_with(letters={("president", "zh-Hans"): filler})
    letter = second(sample_letter(appeal=appeal, locale="fr", words=words, translated=True))
    pdf = renderer.pdf([letter], "a4")
    pages = len(page_sizes_mm(pdf))
    assert pages > 1
    assert [language for kind, language in tags(pdf) if kind == "Art"] == ["zh-Hans"] * pages
    own = ["fr"] * times
    assert [language for kind, language in tags(pdf) if kind == "Sect"] == ["en", "zh-Hans", "zh-Hans", "fr", *own]


def test_a_paragraph_that_is_broken_by_the_page_keeps_its_language_on_both(renderer: Renderer) -> None:
    letter = second(sample_letter(appeal=appeal_with(), locale="fr", words="Ma mère.", translated=True))
    long = tuple(
        replace(one, spans=(replace(one.spans[0], text="Ma mère appelait chaque vendredi. " * 80),))
        if isinstance(one, FilledParagraph) and one.own_words
        else one
        for one in letter.blocks
    )
    pdf = renderer.pdf([replace(letter, blocks=long)], "a4")
    assert len(page_sizes_mm(pdf)) == 2
    assert [language for kind, language in tags(pdf) if kind == "Sect"][4:] == ["fr", "fr"]


def test_the_same_letter_twice_begins_its_languages_again(renderer: Renderer) -> None:
    letter = sample_letter()
    pdf = renderer.pdf([letter, letter], "a4")
    assert [language for kind, language in tags(pdf) if kind == "Sect"] == ["en", "zh-Hans"] * 2
