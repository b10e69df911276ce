"""One stamped letter: everything but the own lines is ready, as bytes, before the letter is asked for."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pydyf  # type: ignore[import-untyped]

from campaign.letters.stamping.faces import Face
from campaign.letters.stamping.reading import Reading
from campaign.letters.stamping.shaping import Line
from campaign.letters.stamping.sheets import Sheet, content_of, merged, page_objects
from campaign.letters.stamping.writing import (
    FONT_OBJECTS,
    HEADER,
    font_dictionary,
    font_objects,
    name_tag,
    numbered,
    stream,
)

_IN_FILE, _IN_STREAM = 1, 2
_ENTRY = struct.Struct(">BIH")  # Kind, place or number of the object stream, generation or place in it.


@dataclass(frozen=True)
class _OwnFont:
    """The subset a letter brings along for its own lines: names, numbers of its objects, what never changes of it."""

    face: Face
    tag: bytes
    name: bytes
    descriptor: bytes
    numbers: tuple[int, ...]


class Template:
    """A laid-out sheet, ready to be stamped: the beginning of a file, tags and all, that lacks the own lines only."""

    def __init__(self, pdf: pydyf.PDF, sheet: Sheet) -> None:
        """Serialise what is the same for everybody."""
        self._sheet = sheet
        kept = _without(pdf, {"/ObjStm", "/XRef"})
        self._root, self._info = pdf.catalog.number, pdf.info.number
        page, resources, content = page_objects(pdf)
        numbers = iter(range(max(one.number for one in kept) + 1, 1_000_000))
        pieces = {part: next(numbers) for part in sheet.parts if isinstance(part, bytes)}
        faces = dict.fromkeys(item.face for line in sheet.lines for item in line.placeholder.items)
        whole = {face: next(numbers) for face in faces}
        packed = next(numbers)
        self._first_own = packed + 1
        self._groups = tuple((next(numbers), part) for part in sheet.parts if isinstance(part, tuple))
        self._fonts = tuple(_own_font(sheet, face, [next(numbers) for _ in range(FONT_OBJECTS)]) for face in faces)
        self._tags = {font.face: font.tag for font in self._fonts}
        groups = {part: number for number, part in self._groups}
        order = [groups[part] if isinstance(part, tuple) else pieces[part] for part in sheet.parts]
        changed = {
            page.number: pydyf.Dictionary(page | {"Contents": pydyf.Array([b"%d 0 R" % one for one in order])}).data,
            int(resources["Font"].split()[0]): _fonts_data(pdf, resources, self._fonts, whole),
            **{whole[font.face]: font_dictionary(font.name, font.numbers) for font in self._fonts},
        }
        streams = {number: stream(part) for part, number in pieces.items()}
        for one in kept:
            if isinstance(one, pydyf.Stream):
                if one is not content:
                    streams[one.number] = _stream_data(one)
            elif one.number:
                changed.setdefault(one.number, one.data)
        self._prefix, self._entries = _beginning(streams, changed, packed)

    def stamp(self, readings: Sequence[Reading]) -> bytes | None:
        """Return the letter with these own lines as a PDF, or ``None`` when they are not sure to come out right."""
        shaped = self._sheet.own_lines(readings)
        texts = shaped and _texts_of(shaped, self._sheet)
        if not shaped or not texts:
            return None
        bodies = [stream(self._sheet.written(group, shaped, self._tags), quick=True) for _, group in self._groups]
        for font in self._fonts:
            bodies += font_objects(font.face, font.name, font.descriptor, texts[font.face], font.numbers)
        return self._finished(bodies)

    def _finished(self, bodies: Iterable[bytes]) -> bytes:
        pieces, entries = [self._prefix], [self._entries]
        position, number = len(self._prefix), self._first_own
        for body in bodies:
            pieces.append(numbered(number, body))
            entries.append(_ENTRY.pack(_IN_FILE, position, 0))
            position += len(pieces[-1])
            number += 1
        entries.append(_ENTRY.pack(_IN_FILE, position, 0))
        extra = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R" % (number + 1, self._root, self._info)
        pieces.append(numbered(number, stream(b"".join(entries), extra, quick=True)))
        pieces.append(b"startxref\n%d\n%%%%EOF\n" % position)
        return b"".join(pieces)


def _without(pdf: pydyf.PDF, kinds: set[str]) -> list[pydyf.Object]:
    return [one for one in pdf.objects if getattr(one, "extra", {}).get("Type") not in kinds]


def _own_font(sheet: Sheet, face: Face, numbers: list[int]) -> _OwnFont:
    """Name the own subset by turning WeasyPrint's tag round: two subsets of a face must differ in it."""
    font = sheet.fonts[face]
    tag = font.tag[1:] + font.tag[:1]
    return _OwnFont(face, tag, name_tag(tag, face), font.descriptor, tuple(numbers))


def _fonts_data(
    pdf: pydyf.PDF, resources: pydyf.Dictionary, fonts: Iterable[_OwnFont], whole: Mapping[Face, int]
) -> bytes:
    known = pdf.objects[int(resources["Font"].split()[0])]
    own = {font.tag.decode(): b"%d 0 R" % whole[font.face] for font in fonts}
    data: bytes = pydyf.Dictionary(known | own).data
    return data


def _stream_data(one: pydyf.Stream) -> bytes:
    extra = {key: value for key, value in one.extra.items() if key not in {"Filter", "Length"}}
    content = content_of(one)[:-1]
    entries = pydyf.Dictionary(extra).data[2:-2]
    if extra.get("Type") == "/Metadata":  # Readable without inflating, as XMP wants it.
        return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), entries, content)
    return stream(content, entries)


def _beginning(streams: Mapping[int, bytes], objects: Mapping[int, bytes], packed: int) -> tuple[bytes, bytes]:
    """Return the file up to the own objects, and its part of the table that says where each object is."""
    head = b" ".join(b"%d %d" % (number, place) for number, place in _places(objects))
    body = head + b"\n" + b"\n".join(objects.values())
    extra = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head) + 1)
    pieces, entries = [HEADER], {0: (0, 0, 0xFFFF)}
    position = len(HEADER)
    for number, data in (*streams.items(), (packed, stream(body, extra))):
        pieces.append(numbered(number, data))
        entries[number] = (_IN_FILE, position, 0)
        position += len(pieces[-1])
    entries |= {number: (_IN_STREAM, packed, index) for index, number in enumerate(objects)}
    return b"".join(pieces), b"".join(_ENTRY.pack(*entries.get(number, (0, 0, 0))) for number in range(packed + 1))


def _places(objects: Mapping[int, bytes]) -> Iterable[tuple[int, int]]:
    position = 0
    for number, data in objects.items():
        yield number, position
        position += len(data) + 1


def _texts_of(shaped: Iterable[Line], sheet: Sheet) -> dict[Face, dict[int, str]] | None:
    """Return what the glyphs of all own lines read as, or ``None`` where one reads differently elsewhere."""
    texts: dict[Face, dict[int, str]] = {}
    for line in shaped:
        for face, new in line.texts.items():
            known = texts.setdefault(face, {})
            if not merged(known, new) or not merged(sheet.fonts[face].texts, new):
                return None
            known.update(new)
    return texts
