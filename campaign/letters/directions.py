"""Both directions of writing in one line: what is kept together, so that it stands in the order it is read in.

WeasyPrint lays out each element by the rules of Unicode (UAX #9), but cannot isolate one from its neighbours, and in a
line from right to left a number or a Latin name swallows what stands next to it. So what runs in the other direction
becomes an element of its own.
"""

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

# In a line from right to left, numbers and dates without any letter; a sign beside a number belongs to it: “+1 613”.
_NUMBERS = re.compile(r"[+#№$€£]?\d(?:[\d .,:/'’&+\u2013-]*\d)?[%‰°]?")
_SIGNS_BEFORE, _SIGNS_AFTER = "+#№$€£", "%‰°"
# Their commas and marks count as letters: they end what stands between them in the other direction.
_RIGHT_TO_LEFT_BLOCKS = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CLOSERS = {")": "(", "]": "[", "}": "{", "”": "“", "»": "«", "›": "‹"}
_OTHER = {"rtl": "ltr", "ltr": "rtl"}


def isolated(text: str, direction: str, *, whole: bool = True) -> Markup:
    """Return the text escaped, runs of the other direction in ``<bdi>`` and line breaks in ``<br>``.

    ``whole`` says that the text is not a piece of a line: a line that has no letter of its ``direction`` ("ltr",
    "rtl") then runs in the other one with its full stop and its brackets.
    """
    lines = (_line(line, direction, whole=whole) for line in text.split("\n"))
    return Markup("<br>").join(lines)


def line_direction(text: str, direction: str) -> str:
    """Return the direction of a line that :func:`isolated` leaves in one piece, "" when it becomes several."""
    pieces = list(_pieces(text, direction, whole=True))
    if len(pieces) > 1 or "\n" in text:
        return ""
    return _OTHER[direction] if any(other for _, other in pieces) else direction


def _line(line: str, direction: str, *, whole: bool) -> Markup:
    element = Markup('<bdi dir="{}">{}</bdi>')
    pieces = _pieces(line, direction, whole=whole)
    return Markup("").join(element.format(_OTHER[direction], text) if other else escape(text) for text, other in pieces)


def _pieces(line: str, direction: str, *, whole: bool) -> Iterator[tuple[str, bool]]:
    """Yield the line piece by piece, each with whether it runs in the other direction."""
    kinds = _kinds(line)
    own, other = ("R", "L") if direction == "rtl" else ("L", "R")
    if whole and other in kinds and own not in kinds:
        yield line, True
        return
    position = 0
    for start, end in _runs(line, kinds, own, other):
        if start > position:
            yield line[position:start], False
        yield line[start:end], True
        position = end
    if position < len(line):
        yield line[position:], False


def _kinds(line: str) -> str:
    """Return for each character L or R for its direction, D for a digit, or a space; marks are like their letter."""
    kinds = ""
    for character in line:
        kind = unicodedata.bidirectional(character)
        if kind == "NSM":
            kinds += kinds[-1:] or " "
        elif kind in {"R", "AL"} or _RIGHT_TO_LEFT_BLOCKS.match(character):
            kinds += "R"
        else:
            kinds += {"L": "L", "EN": "D", "AN": "D"}.get(kind, " ")
    return kinds


def _runs(line: str, kinds: str, own: str, other: str) -> Iterator[tuple[int, int]]:
    """Yield where each run of the ``other`` direction begins and ends."""
    for stretch in re.finditer(f"[^{own}]+", kinds):
        begin, end = stretch.span()
        if other in stretch.group():
            inner = "[LD]" if other == "L" else "R"
            yield from _balanced(line, kinds, begin, end, inner)
        elif other == "L":
            yield from (match.span() for match in _NUMBERS.finditer(line, begin, end))


def _balanced(line: str, kinds: str, begin: int, end: int, inner: str) -> Iterator[tuple[int, int]]:
    """Yield runs between ``begin`` and ``end`` from strong character to strong character, and their closing brackets.

    A bracket that was opened before a run is not part of it (UAX #9, rule N0).
    """
    strong = [match.start() for match in re.compile(inner).finditer(kinds, begin, end)]
    while strong:
        start, last, opened = strong[0], strong[-1], list[str]()
        for place in range(start, last):
            character = line[place]
            if character in _CLOSERS.values():
                opened.append(character)
            elif character in _CLOSERS:
                if not opened:
                    last = max(one for one in strong if one < place)
                    break
                opened.pop()
        stop = last + 1
        while opened and stop < end and _CLOSERS.get(line[stop]) == opened[-1]:
            opened.pop()
            stop += 1
        if stop < end and line[stop] == '"' and line[start:stop].count('"') % 2:
            stop += 1
        yield _with_signs(line, kinds, start, stop, begin, end)
        strong = [one for one in strong if one >= stop]


def _with_signs(line: str, kinds: str, start: int, stop: int, begin: int, end: int) -> tuple[int, int]:
    """Return the run with the sign of a number it begins or ends with."""
    if start > begin and kinds[start] == "D" and line[start - 1] in _SIGNS_BEFORE:
        start -= 1
    if stop < end and kinds[stop - 1] == "D" and line[stop] in _SIGNS_AFTER:
        stop += 1
    return start, stop
