"""What Pango would make of a line before it is shaped: its direction, and which face draws which part of it.

The rules are those of its itemisation (pango 1.50, pango_itemize): the first family that has a character draws it, a
space goes with what stands before it, and a part ends where the script or the face changes. A line that is not sure to
be read as Pango reads it is not read at all.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from fontTools import unicodedata as scripts

from campaign.letters.directions import line_direction
from campaign.letters.stamping.faces import Face, Order
from campaign.letters.typefaces import families_for

# Lines of more parts are rare, and each kind of line has a sheet of its own.
_MOST_ITEMS = 3

# Scripts whose shaping is the same in every HarfBuzz, and the language Pango shapes them in where the text's own one is
# not written in them (pango_script_get_sample_language). Others are left to WeasyPrint.
SAMPLE_LANGUAGES = {
    "Latn": "en",
    "Grek": "el",
    "Cyrl": "ru",
    "Armn": "hy",
    "Geor": "ka",
    "Hebr": "he",
    "Arab": "ar",
    "Ethi": "am",
    "Hani": "",
    "Hira": "ja",
    "Kana": "ja",
    "Hang": "ko",
}
_RIGHT_TO_LEFT = frozenset({"Hebr", "Arab"})
_SHARED = frozenset({"Zyyy", "Zinh"})

# Letters, figures and marks of address lines. Joiners, combining marks on their own, pictures and signs that Pango
# treats in a way of its own are not among them.
_KINDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Pd", "Po", "Ps", "Pe", "Pi", "Pf", "Pc"})
_SIGNS = frozenset("+°№|")
_UNSURE = frozenset("\u2010\u2011")  # Pango replaces one hyphen by another.
_PAIRED = re.compile("[()\\[\\]{}<>«»‹›“”‘’„‚「」『』《》〈〉（）【】〔〕]")
_FIGURES = frozenset({"EN", "AN", "ET"})  # Bidirectional classes of what runs from left to right in any text.


@dataclass(frozen=True, eq=False)
class _Sign:
    """What matters of a character: its script, and the place of the face that draws it in the language's order.

    There is one object for each character of a language, so they are told apart by identity, which is quick.
    """

    script: str
    position: int


_REFUSED = _Sign("", -1)
_SPACE = _Sign("Zyyy", -1)  # Drawn with the face of what stands before it.


class _Signs(dict[str, _Sign]):
    """The signs of one language, each looked up once."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.order = Order(families_for(language))

    def __missing__(self, character: str) -> _Sign:
        return self.setdefault(character, _SPACE if character == " " else self._found(character))

    def _found(self, character: str) -> _Sign:
        position = self.order.position(character)
        known = unicodedata.category(character) in _KINDS or character in _SIGNS
        script: str = scripts.script(character)
        if not known or character in _UNSURE or position < 0 or not (script in SAMPLE_LANGUAGES or script in _SHARED):
            return _REFUSED
        return _Sign(script, position)


@cache
def _signs(language: str) -> _Signs:
    return _Signs(language)


@dataclass(frozen=True)
class Setting:
    """How a line is set: language and direction of its paragraph."""

    language: str
    direction: str


@dataclass(frozen=True)
class Item:
    """A part of a line in one script and face."""

    start: int
    end: int
    script: str
    face: Face


@dataclass(frozen=True)
class Reading:
    """A line of text with its direction and its items in logical order: all that has to be known before its size."""

    text: str
    setting: Setting
    direction: str
    items: tuple[Item, ...]

    @property
    def faces(self) -> tuple[tuple[Face, str], ...]:
        """The faces that draw the line, with the scripts they draw, in the order of the text."""
        return tuple([(item.face, item.script) for item in self.items])


def read(text: str, setting: Setting) -> Reading | None:
    """Return what Pango would make of a line, or ``None`` when that is not sure."""
    direction = line_direction(text, setting.direction)
    if not direction or text != text.strip() or "  " in text:
        return None
    signs = _signs(setting.language)
    kinds = {signs[character] for character in text}
    strong = {kind.script for kind in kinds if kind.script not in _SHARED}
    if _REFUSED in kinds or not strong or not _runs_one_way(text, direction, strong):
        return None
    positions = {kind.position for kind in kinds if kind is not _SPACE}
    if len(strong) == len(positions) == 1:
        items = [Item(0, len(text), strong.pop(), signs.order.face(positions.pop()))]
    elif len(strong) > 1 and _PAIRED.search(text):
        return None  # Pango gives a closing bracket the script of the opening one.
    else:
        items = list(_items(text, [signs[character] for character in text], signs.order))
        if len(items) > _MOST_ITEMS or not all(_has_letter(text, item, signs) for item in items):
            return None
    return Reading(text, setting, direction, tuple(items))


def _items(text: str, kinds: Sequence[_Sign], order: Order) -> Iterator[Item]:
    """Yield the parts of a line that mixes scripts or faces."""
    script = next(kind.script for kind in kinds if kind.script not in _SHARED)
    start, position = 0, kinds[0].position
    for index, kind in enumerate(kinds):
        here = position if kind is _SPACE else kind.position
        following = script if kind.script in _SHARED else kind.script
        if here != position or following != script:
            # A space before a change belongs to the face that is nearer to the first (Pango's issue 249).
            end = index - 1 if kinds[index - 1] is _SPACE and here < position and following == script else index
            yield Item(start, end, script, order.face(position))
            start = end
        script, position = following, here
    yield Item(start, len(text), script, order.face(position))


def _has_letter(text: str, item: Item, signs: _Signs) -> bool:
    return any(signs[character].script == item.script for character in text[item.start : item.end])


def _runs_one_way(text: str, direction: str, strong: set[str]) -> bool:
    """Say whether all of the text has one direction, so that nothing has to be put into another order (UAX #9)."""
    if direction == "ltr":
        return not strong & _RIGHT_TO_LEFT
    kinds = {unicodedata.bidirectional(character) for character in text}
    return strong <= _RIGHT_TO_LEFT and not kinds & _FIGURES and not _PAIRED.search(text)
