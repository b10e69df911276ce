"""A word drawn without the program under test: shaped by HarfBuzz alone, its outlines filled here, dot by dot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import uharfbuzz as hb
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw

from campaign.letters.typefaces import FONT_DIR, families_for

# Rendered large, so that a dot above a letter is more than a dot.
PIXELS_PER_POINT = 8
TYPE_POINTS = 11
_CURVE_STEPS = 6
_MARGIN = 300
_FINER = 4
_FAR = 4

# Without these a script of joined or stacked letters comes out as a row of single ones.
UNJOINED = dict.fromkeys(("init", "medi", "fina", "isol", "rlig", "liga", "ccmp", "calt", "abvs", "blws"), False)


@dataclass(frozen=True)
class Run:
    """A piece of a line in one font and one direction ("" leaves it to the script)."""

    text: str
    file: Path
    direction: str = ""


class _Flattened(BasePen):  # type: ignore[misc]
    """Takes outlines down as polygons, scaled and with y downwards, as pictures have it."""

    def __init__(self, scale: float, x: float, y: float) -> None:
        super().__init__(None)
        self._scale, self._x, self._y = scale, x, y
        self.polygons: list[list[tuple[float, float]]] = []

    def _point(self, point: tuple[float, float]) -> tuple[float, float]:
        return self._x + point[0] * self._scale, self._y - point[1] * self._scale

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - fontTools' names
        self.polygons.append([self._point(point)])

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.polygons[-1].append(self._point(point))

    def _curveToOne(self, one, two, end) -> None:  # noqa: N802
        start = self._getCurrentPoint()
        for step in range(1, _CURVE_STEPS + 1):
            t = step / _CURVE_STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (start, one, two, end), strict=True)) for axis in (0, 1))
            self.polygons[-1].append(self._point((x, y)))


@cache
def characters_of(file: Path) -> frozenset[int]:
    """The code points a font file has."""
    with TTFont(file) as font:
        return frozenset(font.getBestCmap())


def font_for(text: str, locale: str = "en") -> Path:
    """The file that should draw a word: the first of the pack, in the order of the language, that has all of it."""
    for family in families_for(locale):
        file = FONT_DIR / f"{family.replace(' ', '')}-Regular.ttf"
        if {ord(character) for character in text if character not in "\u200c\u200d"} <= characters_of(file):
            return file
    raise AssertionError(text)


@cache
def _face(file: Path) -> hb.Face:
    return hb.Face(file.read_bytes())


def glyphs(run: Run, features: dict[str, bool] | None = None) -> hb.Buffer:
    """What HarfBuzz makes of a run: glyphs and their places, from left to right."""
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    if run.direction:
        buffer.direction = run.direction
    buffer.language = "en"
    hb.shape(hb.Font(_face(run.file)), buffer, features or {})
    return buffer


def runs_of(text: str, locale: str, direction: str = "") -> list[Run]:
    """The text in pieces of one font each, from left to right."""
    runs: list[Run] = []
    for character in text:
        file = font_for(character, locale)
        if runs and runs[-1].file == file:
            runs[-1] = Run(runs[-1].text + character, file, direction)
        else:
            runs.append(Run(character, file, direction))
    return runs[::-1] if direction == "rtl" else runs


def drawing(runs: Sequence[Run] | str, features: dict[str, bool] | None = None) -> Image.Image:
    """The line, black on white: its runs from left to right; a word alone is one run in the font that has it."""
    polygons: list[list[tuple[float, float]]] = []
    x, y = float(_MARGIN), float(_MARGIN)
    for run in [Run(runs, font_for(runs))] if isinstance(runs, str) else runs:
        face = _face(run.file)
        scale = TYPE_POINTS * PIXELS_PER_POINT / face.upem
        shaped = glyphs(run, features)
        for info, place in zip(shaped.glyph_infos, shaped.glyph_positions, strict=True):
            pen = _Flattened(scale, x + place.x_offset * scale, y - place.y_offset * scale)
            hb.Font(face).draw_glyph_with_pen(info.codepoint, pen)
            polygons += pen.polygons
            x += place.x_advance * scale
    return _filled(polygons, (int(x) + _MARGIN, 2 * _MARGIN))


def _filled(polygons: Sequence[Sequence[tuple[float, float]]], size: tuple[int, int]) -> Image.Image:
    """Fill outlines by the rule of the winding number, which TrueType and PDF use: overlapping strokes stay black."""
    winding = Image.new("L", (size[0] * _FINER, size[1] * _FINER), 128)
    for polygon in polygons:
        if len(polygon) < 3:
            continue
        points = [(x * _FINER, y * _FINER) for x, y in polygon]
        left, top = (math.floor(min(point[axis] for point in points)) for axis in (0, 1))
        right, bottom = (math.ceil(max(point[axis] for point in points)) + 1 for axis in (0, 1))
        mask = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=1)
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
        wound = ImageChops.add if area > 0 else ImageChops.subtract
        winding.paste(wound(winding.crop((left, top, right, bottom)), mask), (left, top))
    return winding.point(lambda value: 255 if value == 128 else 0).reduce(_FINER)


def ink(image: Image.Image) -> Image.Image:
    """The drawn part of a picture, white on black."""
    dark = ImageChops.invert(image.convert("L"))
    box = dark.point(lambda grey: 255 if grey > 127 else 0).getbbox()
    assert box is not None, "there is nothing on the paper"
    return dark.crop(box)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How much of two drawings differs, as a share of their ink: 0 is the same picture, 1 and more are two things.

    They are laid over each other where they agree best, and looked at from afar: a hair's breadth does not count.
    """
    first, second = ink(one), ink(other)
    size = (max(first.width, second.width) + 2 * _FAR, max(first.height, second.height) + 2 * _FAR)
    below = _laid(first, size, _FAR, _FAR)
    total = sum(below.tobytes()) + sum(_laid(second, size, _FAR, _FAR).tobytes())
    places = product(range(_FAR - 2, _FAR + 3), repeat=2)
    differing = min(sum(ImageChops.difference(below, _laid(second, size, x, y)).tobytes()) for x, y in places)
    return 2 * differing / total


def _laid(picture: Image.Image, size: tuple[int, int], x: int, y: int) -> Image.Image:
    sheet = Image.new("L", size, 0)
    sheet.paste(picture, (x, y))
    return sheet.reduce(_FAR)
