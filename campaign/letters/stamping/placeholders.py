"""Which lines of a letter are a supporter's own, and what stands in for them while the rest is laid out."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from campaign.letters.layouts import WINDOWS, Layout
from campaign.letters.letter import FilledParagraph, Letter
from campaign.letters.phrases import phrases_for
from campaign.letters.stamping.faces import Face
from campaign.letters.stamping.reading import Reading, Setting, read

_PIXELS_PER_MM = 96 / 25.4
_AIR_MM = 0.3

# What templates/print/letter.css gives the own lines: the sender's column, and the page without its margins.
_SENDER_MM = 66.0
_TEXT_MM = {"a4": 163.0, "letter": 167.9}

_MOST_LINES = 9
_ENOUGH_LETTERS = 400
_SPACES = re.compile("  +")


@dataclass(frozen=True)
class LineKind:
    """What matters of an own line for the rest of the sheet: its direction, and which faces make it high or low.

    ``faces`` go with their scripts in the order of the text: Pango's line is a little higher or lower with that, too.
    """

    setting: Setting
    direction: str
    faces: tuple[tuple[Face, str], ...]


@dataclass(frozen=True)
class OwnLine:
    """An own line of a sheet: what stands in for it, how wide it may become, whether it ends at the right margin."""

    placeholder: Reading
    room: float
    ends_right: bool


@dataclass(frozen=True)
class Key:
    """What a laid-out sheet is good for: every letter that differs from it in the text of its own lines only.

    ``letter`` has empty own lines, so that no name and no address is kept with it. A town that the text itself speaks
    of is part of the text.
    """

    letter: Letter
    paper: str
    layout: Layout
    kinds: tuple[LineKind, ...]


def own_texts(letter: Letter) -> list[str]:
    """Return the own lines in the order of the page: the sender's, the name below the signature, the place.

    Several spaces are one on paper, as in all HTML: a Canadian postcode stands two away from its province.
    """
    return [_SPACES.sub(" ", text) for text in (*letter.sender, letter.signed_name, letter.place) if text]


def key_of(letter: Letter, paper: str, layout: Layout) -> tuple[Key, tuple[Reading, ...]] | None:
    """Return what the letter's sheet depends on and its own lines, or ``None`` when only WeasyPrint can draw it.

    That is so for own words, for a fax, which names its sender above too, for a name that also stands in the text, and
    for own lines that :func:`campaign.letters.stamping.reading.read` is not sure of.
    """
    if layout is Layout.FAX or len(letter.sender) > _MOST_LINES or not all((*letter.sender, letter.signed_name)):
        return None
    if any(isinstance(block, FilledParagraph) and block.own_words for block in letter.blocks):
        return None
    if letter.sender and _stands_in(letter, letter.sender[0], letter.signed_name):
        return None
    readings: list[Reading] = []
    for text, setting in zip(own_texts(letter), _settings(letter), strict=True):
        reading = read(text, setting)
        if reading is None:
            return None
        readings.append(reading)
    kinds = tuple([LineKind(reading.setting, reading.direction, reading.faces) for reading in readings])
    place = "-" if letter.place else ""
    bare = replace(letter, sender=("",) * len(letter.sender), signed_name="", place=place, translation=None)
    return Key(bare, paper, layout, kinds), tuple(readings)


def _stands_in(letter: Letter, *names: str) -> bool:
    """Say whether the text names somebody; "An" is not named by "Answer", but scripts without capitals join words."""
    text = "\n".join(_fixed_texts(letter))
    for name in names:
        if name in text and (name.lower() == name.upper() or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)):
            return True
    return False


def with_placeholders(key: Key) -> tuple[Letter, tuple[OwnLine, ...]] | None:
    """Return the letter to lay out, and its own lines; ``None`` when nothing could stand in for one of them."""
    letter = key.letter
    taken = frozenset("".join(_fixed_texts(letter)))
    lines: list[OwnLine] = []
    sender = WINDOWS[key.layout].sender.width if key.layout in WINDOWS else _SENDER_MM
    ends_right = letter.locale.split("-")[0] == "zh" or letter.direction == "rtl"
    for number, kind in enumerate(key.kinds):
        placeholder = _placeholder(number, kind, taken)
        if placeholder is None:
            return None
        below = number >= len(letter.sender)
        room = (_TEXT_MM[key.paper] if below else sender) - _AIR_MM
        lines.append(OwnLine(placeholder, room * _PIXELS_PER_MM, below and ends_right))
    texts = [line.placeholder.text for line in lines]
    count = len(letter.sender)
    place = texts[count + 1] if letter.place else ""
    return replace(letter, sender=tuple(texts[:count]), signed_name=texts[count], place=place), tuple(lines)


def _settings(letter: Letter) -> Iterator[Setting]:
    address = Setting(phrases_for(letter.locale).address_locale, "ltr")
    for _ in letter.sender:
        yield address
    body = Setting(letter.locale, letter.direction)
    yield body
    if letter.place:
        yield body


def _fixed_texts(letter: Letter) -> Iterator[str]:
    addressee = letter.addressee
    yield from (*addressee.lines, addressee.local_line, addressee.country_line, addressee.title)
    yield from (letter.date, letter.subject, letter.salutation, letter.closing, letter.copy_line)
    yield from (note.text for note in letter.note)
    for block in letter.blocks:
        for row in (block.spans,) if isinstance(block, FilledParagraph) else block.items:
            yield from (span.text for span in row)


def _placeholder(number: int, kind: LineKind, taken: frozenset[str]) -> Reading | None:
    """Return a line of the same kind that stands nowhere else: how often its first letter comes tells its number."""
    letters = [_letter_of(face, script, kind, taken) for face, script in kind.faces]
    reading = read(letters[0] * number + "".join(letters), kind.setting) if all(letters) else None
    same = reading is not None and reading.direction == kind.direction and reading.faces == kind.faces
    return reading if same else None


def _letter_of(face: Face, script: str, kind: LineKind, taken: frozenset[str]) -> str:
    return next((one for one in _letters_of(face, script, kind.setting, kind.direction) if one not in taken), "")


@cache
def _letters_of(face: Face, script: str, setting: Setting, direction: str) -> tuple[str, ...]:
    """Return the first letters of a script that a face draws in a line of this direction, enough for one to be free."""
    characters = (chr(point) for point in sorted(face.characters))
    letters = (one for one in characters if unicodedata.category(one) in {"Lu", "Ll", "Lo"})
    readings = ((one, read(one, setting)) for one in letters)
    wanted = ((face, script),)
    fitting = (one for one, found in readings if found and found.direction == direction and found.faces == wanted)
    return tuple(islice(fitting, _ENOUGH_LETTERS))
