"""A sheet that WeasyPrint has laid out, taken apart: what is the same for everybody, and where the own lines go."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pydyf  # type: ignore[import-untyped]

from campaign.letters.stamping.faces import Face, face_named
from campaign.letters.stamping.placeholders import OwnLine
from campaign.letters.stamping.reading import Reading
from campaign.letters.stamping.shaping import PANGO_UNITS, Line, shape
from campaign.letters.stamping.writing import decimal

_TEXT = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm\n((?:/\w+ \S+ Tf\n\[[^]]*\] TJ\n)+)(?=ET)")
_RUN = re.compile(rb"/(\w+) (\S+) Tf\n\[([^]]*)\] TJ\n")
_NO_SPACE = re.compile(rb">0(?=<|$)")
_GLYPH_TEXT = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
_COLOR_SPACE = re.compile(rb" (?:cs|CS)\s")
_FONT_NAME = re.compile(r"/([A-Z]{6})\+([A-Za-z-]+)")

# Shorter pieces between two own lines are written again with them: a stream of its own costs more.
_WORTH_A_STREAM = 400


@dataclass(frozen=True)
class Slot:
    """The place of an own line: its ``number``, baseline, type size in 1024ths of a pixel and as it is written.

    ``edge`` is where the line ends, for lines that end at the right margin.
    """

    number: int
    x: float
    y: bytes
    size: int
    written_size: bytes
    edge: float | None


Part: TypeAlias = bytes | tuple[bytes | Slot, ...]
"""Of the page's content: bytes that are the same for everybody, or a few of them around own lines."""


@dataclass(frozen=True)
class UsedFont:
    """A font of the sheet: its name among the resources, its face, what its glyphs read as.

    ``descriptor`` are the entries of its descriptor that hold for every subset of the face.
    """

    tag: bytes
    face: Face
    texts: Mapping[int, str]
    descriptor: bytes


@dataclass(frozen=True, eq=False)
class Sheet:
    """A laid-out sheet: the boxes of its page and its graphics states as PDF entries, its fonts, its content."""

    boxes: bytes
    states: bytes
    fonts: Mapping[Face, UsedFont]
    parts: tuple[Part, ...]
    slots: tuple[Slot, ...]
    lines: tuple[OwnLine, ...]

    def own_lines(self, readings: Sequence[Reading]) -> tuple[Line, ...] | None:
        """Return a letter's own lines, shaped, in the order of :attr:`slots`, or ``None`` when one does not fit."""
        shaped: list[Line] = []
        for slot in self.slots:
            line = shape(readings[slot.number], slot.size)
            if line is None or line.width > self.lines[slot.number].room:
                return None
            shaped.append(line)
        return tuple(shaped)

    def written(self, group: tuple[bytes | Slot, ...], shaped: Sequence[Line], tags: Mapping[Face, bytes]) -> bytes:
        """Return a part of the content with the shaped lines in it, fonts going by these names."""
        lines = {slot.number: line for slot, line in zip(self.slots, shaped, strict=True)}
        return b"".join([one if isinstance(one, bytes) else _operators(one, lines[one.number], tags) for one in group])


def _operators(slot: Slot, line: Line, tags: Mapping[Face, bytes]) -> bytes:
    x = slot.x if slot.edge is None else slot.edge - line.width
    runs = b"".join([b"/%b %b Tf\n[%b] TJ\n" % (tags[run.face], slot.written_size, run.shown) for run in line.runs])
    return b"1 0 0 -1 %b %b Tm\n%b" % (decimal(x), slot.y, runs)


def merged(known: Mapping[int, str], new: Mapping[int, str]) -> bool:
    """Say whether no glyph reads as one text here and as another there: then one map can serve both."""
    return known.items() >= new.items() or all(known.get(glyph, text) == text for glyph, text in new.items())


def take_apart(pdf: pydyf.PDF, lines: Sequence[OwnLine]) -> Sheet | None:
    """Return the sheet whose own lines show their placeholders, or ``None`` when it is not quite as expected."""
    if len(pdf.page_references) != 1:
        return None
    page, resources, content = page_objects(pdf)
    fonts = _fonts(pdf, object_at(pdf, resources["Font"]))
    text = content_of(content)
    if fonts is None or any(resources[kind] for kind in ("XObject", "Pattern", "Shading")) or _COLOR_SPACE.search(text):
        return None
    found = _find(text, lines, fonts)
    if found is None:
        return None
    slots, parts = found
    return Sheet(boxes_of(page), resources["ExtGState"].data, fonts, parts, slots, tuple(lines))


def page_objects(pdf: pydyf.PDF) -> tuple[pydyf.Dictionary, pydyf.Dictionary, pydyf.Stream]:
    """Return the first page, its resources and its content."""
    page = object_at(pdf, pdf.page_references[0])
    return page, object_at(pdf, page["Resources"]), object_at(pdf, page["Contents"])


def boxes_of(page: pydyf.Dictionary) -> bytes:
    """Return the entries of a page that say how large it is."""
    return b"".join(b"/%b%b" % (box.encode(), page[box].data) for box in ("MediaBox", "TrimBox", "BleedBox"))


def object_at(pdf: pydyf.PDF, reference: bytes) -> pydyf.Object:
    """Return the object a reference means."""
    return pdf.objects[int(reference.split()[0])]


def content_of(stream: pydyf.Stream) -> bytes:
    """Return what an uncompressed stream holds."""
    content: bytes = stream.data
    return content.partition(b"\nstream\n")[2].removesuffix(b"\nendstream") + b"\n"


def _fonts(pdf: pydyf.PDF, dictionary: pydyf.Dictionary) -> dict[Face, UsedFont] | None:
    fonts: dict[Face, UsedFont] = {}
    for tag, reference in dictionary.items():
        font = object_at(pdf, reference)
        name = font["BaseFont"] if isinstance(font["BaseFont"], str) else font["BaseFont"].decode()
        match = _FONT_NAME.fullmatch(name)
        face = face_named(match.group(2)) if match else None
        if match is None or face is None or face in fonts or font["Encoding"] != "/Identity-H":
            return None
        texts = {
            int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for glyph, text in _GLYPH_TEXT.findall(content_of(object_at(pdf, font["ToUnicode"])))
        }
        descendant = object_at(pdf, font["DescendantFonts"][0])
        descriptor = pydyf.Dictionary(object_at(pdf, descendant["FontDescriptor"]))
        for own in ("FontName", "FontBBox", "FontFile2"):
            del descriptor[own]
        fonts[face] = UsedFont(tag.encode(), face, texts, descriptor.data[2:-2])
    return fonts


def _find(
    content: bytes, lines: Sequence[OwnLine], fonts: Mapping[Face, UsedFont]
) -> tuple[tuple[Slot, ...], tuple[Part, ...]] | None:
    """Return the places of all placeholders in the content, each found exactly once, and the content around them."""
    faces = {font.tag: face for face, font in fonts.items()}
    expected: dict[int, list[tuple[int, Line, list[tuple[Face, bytes]]]]] = {}
    found: dict[int, tuple[Slot, int, int]] = {}
    for match in _TEXT.finditer(content):
        runs = _RUN.findall(match.group(3))
        size = round(float(runs[0][1]) * PANGO_UNITS)
        if size not in expected:
            expected[size] = list(_placeholders(lines, size))
        shown = [(faces[tag], _plain(_NO_SPACE.sub(b">", operand))) for tag, _, operand in runs]
        for number, line, placeholder in expected[size]:
            if shown == placeholder:
                if number in found:
                    return None
                slot = _slot(number, lines[number], line, match, size, runs[0][1])
                found[number] = slot, match.start(), match.end()
    if len(found) != len(lines):
        return None
    places = sorted(found.values(), key=lambda place: place[1])
    return tuple(slot for slot, _, _ in places), tuple(_parts(content, places))


def _placeholders(lines: Sequence[OwnLine], size: int) -> Iterator[tuple[int, Line, list[tuple[Face, bytes]]]]:
    for number, own in enumerate(lines):
        line = shape(own.placeholder, size)
        if line is not None:
            yield number, line, [(run.face, _plain(run.shown)) for run in line.runs]


def _plain(shown: bytes) -> bytes:
    """Return the operand of ``TJ`` without the places where one string ends and the next begins."""
    return shown.replace(b"><", b"").replace(b"<>", b"")


def _slot(number: int, own: OwnLine, line: Line, match: re.Match[bytes], size: int, written_size: bytes) -> Slot:
    x = float(match.group(1))
    return Slot(number, x, match.group(2), size, written_size, x + line.width if own.ends_right else None)


def _parts(content: bytes, places: Sequence[tuple[Slot, int, int]]) -> list[Part]:
    parts: list[Part] = []
    group: list[bytes | Slot] = []
    position = 0
    for slot, start, end in places:
        between = content[position:start]
        if len(between) > _WORTH_A_STREAM or not group:
            if group:
                parts.append(tuple(group))
            parts.append(between)
            group = []
        else:
            group.append(between)
        group.append(slot)
        position = end
    if group:
        parts.append(tuple(group))
    parts.append(content[position:])
    return parts
