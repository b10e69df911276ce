"""Many letters as one PDF for a printer: each sheet once, each face once, and of every letter its own lines only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pydyf  # type: ignore[import-untyped]

from campaign.letters.stamping.faces import Face
from campaign.letters.stamping.reading import Reading
from campaign.letters.stamping.sheets import Sheet, Slot, UsedFont, boxes_of, merged, object_at
from campaign.letters.stamping.writing import (
    FONT_OBJECTS,
    FileWriter,
    font_dictionary,
    font_objects,
    name_tag,
    stream,
)

_REFERENCE = re.compile(rb"\d+ 0 R")
_PAGES_PER_NODE = 64


@dataclass
class _SharedFont:
    """The one subset of a face in the file, written last: only then is known what it needs."""

    used: UsedFont
    number: int
    texts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _PlacedSheet:
    """Where the parts of a sheet stand in this file, and those that are written for each letter."""

    boxes: bytes
    resources: int
    parts: tuple[int | tuple[bytes | Slot, ...], ...]


class Batch:
    """Writes letters one after the other and remembers of each only where its objects stand.

    Untagged, for it is made to be printed; text can still be searched and copied. No dates, no names in its metadata.
    """

    def __init__(self, out: BinaryIO, *, title: str, language: str, duplex: bool) -> None:
        """Begin a file; with ``duplex`` every letter begins on an odd page, and the file ends on an even one."""
        self._writer = FileWriter(out)
        self._title, self._language, self._duplex = title, language, duplex
        self._root, self._nodes_of = self._writer.reserve(2)
        self._node = 0
        self._on_node: list[int] = []
        self._nodes: list[tuple[int, int]] = []
        self._fonts: dict[Face, _SharedFont] = {}
        self._tags: dict[Face, bytes] = {}
        self._sheets: dict[Sheet, _PlacedSheet | None] = {}
        self._pages = 0
        self._boxes = b""

    def add(self, sheet: Sheet, readings: Sequence[Reading]) -> bool:
        """Add a sheet with these own lines; ``False`` when WeasyPrint has to draw it, and nothing was added."""
        shaped = sheet.own_lines(readings)
        placed = self._place(sheet) if shaped else None
        if not shaped or not placed or not all(self._know(line.texts) for line in shaped):
            return False
        contents = [
            part if isinstance(part, int) else self._add_own(sheet.written(part, shaped, self._tags))
            for part in placed.parts
        ]
        self._add_page(placed.boxes, placed.resources, contents)
        return True

    def _add_own(self, content: bytes) -> int:
        return self._writer.add(stream(content, quick=True))

    def add_document(self, pdf: pydyf.PDF) -> None:
        """Add all pages of a letter that WeasyPrint has drawn, as they are."""
        copies: dict[int, int] = {}
        for reference in pdf.page_references:
            page = object_at(pdf, reference)
            wanted = [self._copied(pdf, page[key], copies) for key in ("Resources", "Contents")]
            resources, contents = (int(one.split()[0]) for one in wanted)
            self._add_page(boxes_of(page), resources, [contents])

    def end_letter(self) -> None:
        """Let the next letter begin on a sheet of its own: of both sides, where they are printed on."""
        if self._duplex and self._pages % 2:
            self._add_page(self._boxes, self._writer.add(b"<<>>"), [])

    def finish(self) -> None:
        """Write what all pages share, and the end of the file."""
        for font in self._fonts.values():
            self._write_font(font)
        self._end_node()
        kids = b" ".join(b"%d 0 R" % number for number, _ in self._nodes)
        self._writer.put(self._nodes_of, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, self._pages))
        viewer = b"/DisplayDocTitle true" + (b"/Duplex/DuplexFlipLongEdge" if self._duplex else b"")
        language = pydyf.String(self._language).data
        self._writer.put(
            self._root,
            b"<</Type/Catalog/Pages %d 0 R/Lang%b/ViewerPreferences<<%b>>>>" % (self._nodes_of, language, viewer),
        )
        info = self._writer.add(b"<</Title%b>>" % pydyf.String(self._title).data)
        self._writer.finish(self._root, info)

    def _place(self, sheet: Sheet) -> _PlacedSheet | None:
        """Write the parts of a sheet when it is met for the first time; ``None`` where its fonts do not go together."""
        if sheet not in self._sheets:
            self._sheets[sheet] = self._write_sheet(sheet) if self._know_sheet(sheet) else None
        return self._sheets[sheet]

    def _write_sheet(self, sheet: Sheet) -> _PlacedSheet:
        fonts = b"".join(b"/%b %d 0 R" % (font.tag, self._fonts[face].number) for face, font in sheet.fonts.items())
        resources = self._writer.add(b"<</ExtGState%b/Font<<%b>>>>" % (sheet.states, fonts))
        parts = [self._writer.add(stream(part)) if isinstance(part, bytes) else part for part in sheet.parts]
        return _PlacedSheet(sheet.boxes, resources, tuple(parts))

    def _know_sheet(self, sheet: Sheet) -> bool:
        for face, used in sheet.fonts.items():
            if face not in self._fonts:
                self._fonts[face] = _SharedFont(used, self._writer.reserve()[0])
                self._tags[face] = used.tag
            if self._tags[face] != used.tag:
                return False
        return self._know({face: used.texts for face, used in sheet.fonts.items()})

    def _know(self, texts: Mapping[Face, Mapping[int, str]]) -> bool:
        """Remember what glyphs read as; ``False`` when one already reads as something else."""
        if not all(merged(self._fonts[face].texts, new) for face, new in texts.items()):
            return False
        for face, new in texts.items():
            self._fonts[face].texts.update(new)
        return True

    def _write_font(self, font: _SharedFont) -> None:
        face, numbers = font.used.face, self._writer.reserve(FONT_OBJECTS)
        name = name_tag(font.used.tag, face)
        bodies = font_objects(face, name, font.used.descriptor, font.texts, numbers)
        for number, body in zip(numbers, bodies, strict=True):
            self._writer.put(number, body)
        self._writer.put(font.number, font_dictionary(name, numbers))

    def _add_page(self, boxes: bytes, resources: int, contents: Sequence[int]) -> None:
        if not self._on_node:
            (self._node,) = self._writer.reserve()
        streams = b" ".join(b"%d 0 R" % number for number in contents)
        entries = b"/Parent %d 0 R/Resources %d 0 R/Contents[%b]" % (self._node, resources, streams)
        self._on_node.append(self._writer.add(b"<</Type/Page%b%b>>" % (entries, boxes)))
        self._boxes = boxes
        self._pages += 1
        if len(self._on_node) == _PAGES_PER_NODE:
            self._end_node()

    def _end_node(self) -> None:
        """Write a node of the page tree: one with thousands of children would have to be kept until the end."""
        if not self._on_node:
            return
        kids = b" ".join(b"%d 0 R" % number for number in self._on_node)
        body = b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (self._nodes_of, kids, len(self._on_node))
        self._writer.put(self._node, body)
        self._nodes.append((self._node, len(self._on_node)))
        self._on_node = []

    def _copied(self, pdf: pydyf.PDF, reference: bytes, copies: dict[int, int]) -> bytes:
        """Copy an object and all that it refers to; return the reference to the copy."""
        number = int(reference.split()[0])
        if number not in copies:
            (copies[number],) = self._writer.reserve()
            one = pdf.objects[number]
            if isinstance(one, pydyf.Stream):
                extra = self._renumbered(pdf, pydyf.Dictionary(one.extra), copies)
                body = pydyf.Stream(one.stream, extra, compress=True).data
            else:
                body = self._renumbered(pdf, one, copies).data
            self._writer.put(copies[number], body)
        return b"%d 0 R" % copies[number]

    def _renumbered(self, pdf: pydyf.PDF, value: Any, copies: dict[int, int]) -> Any:
        """Return a value with every reference in it pointing to the copy."""
        if isinstance(value, bytes) and _REFERENCE.fullmatch(value):
            return self._copied(pdf, value, copies)
        if isinstance(value, pydyf.Dictionary):
            return pydyf.Dictionary({key: self._renumbered(pdf, one, copies) for key, one in value.items()})
        if isinstance(value, pydyf.Array):
            return pydyf.Array([self._renumbered(pdf, one, copies) for one in value])
        return value
