"""Words on real paper: a letter with nothing but them, and the strip that each of them stands on."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from PIL import Image

from campaign.letters.workers import Renderer
from tests.letters.builders import letter_text, sample_appeal, sample_letter
from tests.letters.reading import opened
from tests.letters.shaping import PIXELS_PER_POINT

# More of them, and the letter would be set in smaller type to stay on its page.
_A_PAGE = 5


def drawn(renderer: Renderer, words: Sequence[str], locale: str = "en") -> Iterator[tuple[str, Image.Image]]:
    """Each word or line with the strip of paper it stands on, alone in its paragraph, between two marks."""
    nothing_else = sample_appeal({("president", locale): letter_text("president", "en", ("((words))",))})
    for start in range(0, len(words), _A_PAGE):
        some = words[start : start + _A_PAGE]
        marks = [f"QA{number}Q" for number in range(len(some) + 1)]
        paragraphs = [part for pair in zip(marks, [*some, ""], strict=True) for part in pair]
        letter = sample_letter(appeal=nothing_else, locale=locale, words="\n\n".join(paragraphs), demands=())
        yield from zip(some, _rows_between(renderer.pdf([letter], "a4"), marks), strict=True)


def _rows_between(pdf: bytes, marks: Sequence[str]) -> list[Image.Image]:
    """The strips of the first page between neighbouring lines that read as these marks, from top to bottom."""
    with opened(pdf) as document:
        page = document[0]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        height = page.get_height()
        picture = page.render(scale=PIXELS_PER_POINT).to_pil().convert("L")
        edges = []
        for mark in marks:
            boxes = [text_page.get_charbox(text.index(mark) + offset) for offset in range(len(mark))]
            edges.append((height - max(box[3] for box in boxes), height - min(box[1] for box in boxes)))
        text_page.close()
        page.close()
    return [
        picture.crop((0, round((top + 0.6) * PIXELS_PER_POINT), picture.width, round((foot - 0.6) * PIXELS_PER_POINT)))
        for (_, top), (foot, _) in pairwise(edges)
    ]
