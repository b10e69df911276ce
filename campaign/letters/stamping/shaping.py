"""Own lines as glyphs: shaped by HarfBuzz as Pango has it done, written as WeasyPrint writes them.

What HarfBuzz is told is Pango's (pango 1.50, pango_shape); how glyphs become the operands of PDF operators is
WeasyPrint 70's. What is not sure to come out here as it does there is not shaped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import uharfbuzz as hb  # type: ignore[import-untyped]
from babel.core import get_global

from campaign.letters.stamping.faces import Face
from campaign.letters.stamping.reading import SAMPLE_LANGUAGES, Item, Reading

PANGO_UNITS = 1024
"""Pango counts in 1024ths of a pixel."""

_WHOLE_LINE = hb.BufferFlags.BOT | hb.BufferFlags.EOT

# The scripts of languages that CLDR gives a name for several of them.
_WRITTEN_IN = {"Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani")}


@dataclass(frozen=True)
class Run:
    """Glyphs of one face: ``shown`` is what stands between the brackets of the ``TJ`` operator."""

    face: Face
    shown: bytes


@dataclass(frozen=True)
class Line:
    """A shaped line: its runs from left to right, its width in pixels, and what each glyph of a face stands for."""

    runs: tuple[Run, ...]
    width: float
    texts: Mapping[Face, Mapping[int, str]]


def shape(reading: Reading, size: int) -> Line | None:
    """Return the line shaped in type of ``size`` 1024ths of a pixel, or ``None`` where WeasyPrint has to draw it."""
    texts: dict[Face, dict[int, str]] = {}
    runs: list[Run] = []
    width = 0
    for item in reversed(reading.items) if reading.direction == "rtl" else reading.items:
        shaped = _shape_item(reading, item, size, texts.setdefault(item.face, {}))
        if shaped is None:
            return None
        shown, advance = shaped
        width += advance
        if runs and runs[-1].face is item.face:
            shown = runs.pop().shown + shown
        runs.append(Run(item.face, shown))
    return Line(tuple(runs), width / PANGO_UNITS, texts)


def _shape_item(reading: Reading, item: Item, size: int, texts: dict[int, str]) -> tuple[bytes, int] | None:
    """Return the glyphs as WeasyPrint writes them, and their width; ``None`` when something is not sure."""
    sized = _sized(item.face, size)
    buffer = hb.Buffer()
    buffer.add_str(reading.text, item.start, item.end - item.start)
    buffer.flags = _WHOLE_LINE
    buffer.direction = reading.direction
    buffer.script = item.script
    buffer.language = _language(reading.setting.language, item.script)
    hb.shape(sized.font, buffer)
    infos, places = buffer.glyph_infos, buffer.glyph_positions
    clusters = [info.cluster for info in infos]
    # A glyph reads as the text from its cluster to the next one, in the order of the text.
    ends = [item.end, *clusters[:-1]] if reading.direction == "rtl" else [*clusters[1:], item.end]
    shown: list[str] = []
    advance = 0
    for info, place, start, end in zip(infos, places, clusters, ends, strict=True):
        glyph, position = info.codepoint, place.position
        piece = sized[glyph, position]
        reads = reading.text[start:end]
        if not piece or texts.setdefault(glyph, reads) != reads:
            return None  # The same glyph for two texts: which one it reads as depends on the whole document.
        shown.append(piece)
        advance += position[2]
    return f"<{''.join(shown)}>".replace("<>", "").encode(), advance


class _Sized(dict[tuple[int, tuple[int, int, int, int]], str]):
    """A face in one size, and how WeasyPrint writes its glyphs where they are placed like this."""

    def __init__(self, face: Face, size: int) -> None:
        super().__init__()
        self._face, self._size = face, size
        self.font = hb.Font(face.face)
        self.font.scale = (size, size)

    def __missing__(self, key: tuple[int, tuple[int, int, int, int]]) -> str:
        glyph, (x_offset, y_offset, x_advance, _) = key
        if not glyph or y_offset:
            return ""  # No glyph, or one that is lifted, which WeasyPrint writes in a way of its own.
        offset = x_offset / (self._size / PANGO_UNITS)
        kerning = int(self._face.width(glyph) + offset - x_advance * 1000 / self._size)
        before = f">{-offset}<" if offset else ""
        after = f">{kerning}<" if kerning else ""
        return self.setdefault(key, f"{before}{glyph:04x}{after}")


@cache
def _sized(face: Face, size: int) -> _Sized:
    return _Sized(face, size)


@cache
def _language(language: str, script: str) -> str:
    """Return the language Pango shapes a script in, within a text of some language."""
    likely = get_global("likely_subtags").get(language.partition("-")[0], "")
    own = next((part for part in likely.split("_") if len(part) == 4), "")
    if script in _WRITTEN_IN.get(own, (own,)):
        return language.lower()
    return SAMPLE_LANGUAGES[script] or "xx"
