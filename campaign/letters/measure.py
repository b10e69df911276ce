"""How much room an address takes: measured before anything is drawn, and without opening a font."""

import unicodedata
from collections.abc import Iterator

from campaign.letters.letter import Addressee

HANGING_MM = 3.0
"""How far the rest of an address line that had to be broken is set in, so that it does not look like the next one."""

MM_PER_POINT = 25.4 / 72
_KERNING_MM = 0.3


def address_lines(addressee: Addressee) -> Iterator[str]:
    """Yield the lines of an address from top to bottom, as they stand on sheet, envelope and label."""
    yield from addressee.lines
    yield from filter(None, (addressee.local_line, addressee.country_line))


def rows_of(addressee: Addressee, width: float, points: float) -> int:
    """Return how many rows of type the address takes in a column ``width`` mm wide."""
    return sum(_rows(text, width, points) for text in address_lines(addressee))


# Advance widths of the letters' Latin font from space to tilde, in thousandths of the type size: reading the font file
# for them would cost every process more than the letter itself.
_WIDTHS = (
    260, 332, 408, 559, 559, 896, 742, 220, 346, 346, 500, 559, 250, 310, 250, 288, 559, 559, 559, 559, 559, 559, 559,
    559, 559, 559, 286, 286, 559, 559, 559, 474, 921, 705, 654, 614, 727, 623, 590, 714, 793, 367, 357, 700, 623, 938,
    763, 742, 604, 742, 656, 544, 613, 717, 675, 1047, 660, 625, 592, 360, 288, 360, 559, 459, 274, 563, 614, 492,
    614, 535, 369, 538, 635, 320, 300, 585, 310, 945, 645, 577, 614, 614, 471, 451, 352, 635, 579, 862, 578, 565, 511,
    428, 559, 428, 559,
)  # fmt: skip
_OTHER_WIDTH = 1000


def text_width(text: str, points: float) -> float:
    """Return the width of a line in mm, never less than it will be: what the Latin font lacks counts as a square."""
    return sum(map(_advance, unicodedata.normalize("NFC", text))) / 1000 * points * MM_PER_POINT


def _advance(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    # An accented letter is as wide as its letter; only the first part counts, for a Korean syllable has up to three.
    letter = character if character.isascii() else unicodedata.normalize("NFD", character)[0]
    position = ord(letter) - 32
    return _WIDTHS[position] if 0 <= position < len(_WIDTHS) else _OTHER_WIDTH


def broken(text: str, width: float, points: float) -> list[str]:
    """Return the rows of a line in a column: broken after a comma where that takes no more rows, else between words."""
    rows = _rows(text, width, points)
    head, comma, tail = text.rpartition(", ")
    if rows == 2 and comma and _rows(f"{head},", width, points) == _rows(tail, width - HANGING_MM, points) == 1:
        return [f"{head},", tail]
    return [text]


def _rows(text: str, width: float, points: float) -> int:
    """Return how many rows a line takes when it is broken between words, the later ones set in."""
    width -= _KERNING_MM
    rows, filled = 1, 0.0
    for word in text.split():
        needed = text_width(word, points)
        space = text_width(" ", points) if filled else 0.0
        if filled and filled + space + needed > width:
            rows, filled, space = rows + 1, HANGING_MM, 0.0
        filled += space + needed
        while filled > width:  # A word wider than the column is broken wherever it ends.
            rows, filled = rows + 1, filled - width + HANGING_MM
    return rows
