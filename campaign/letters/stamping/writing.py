"""The few kinds of PDF objects that a stamped letter adds, as bytes (ISO 32000-2, clauses 7 and 9)."""

import struct
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from campaign.letters.stamping.faces import Face

HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"

# Six is what zlib itself takes for the best trade. A supporter's own lines are short: to set up the large window that
# long content wants takes longer than to compress them.
_LEVEL = 6
_SMALL = (12, 4)

_MAP_BEGIN = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n"
    b"/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_MAP_END = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_MOST_IN_A_MAP_BLOCK = 100

FONT_OBJECTS = 4
"""How many objects a subset has besides the font dictionary itself."""


def stream(content: bytes, entries: bytes = b"", *, quick: bool = False) -> bytes:
    """Return a compressed stream object; ``entries`` are further ones of its dictionary."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, *_SMALL if quick else ())
    packed = packer.compress(content) + packer.flush()
    return b"<</Filter/FlateDecode/Length %d%b>>\nstream\n%b\nendstream" % (len(packed), entries, packed)


def numbered(number: int, body: bytes) -> bytes:
    """Return an indirect object."""
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def decimal(value: float) -> bytes:
    """Return a number as WeasyPrint writes it: six places at most."""
    return b"%d" % value if value.is_integer() else (b"%f" % value).rstrip(b"0")


def name_tag(tag: bytes, face: Face) -> bytes:
    """Return the name of a subset: six capitals that no other subset of the face has in the file, and the face."""
    return b"/%b+%b" % (tag, face.name.encode())


def font_objects(
    face: Face, name: bytes, descriptor: bytes, texts: Mapping[int, str], numbers: Sequence[int]
) -> list[bytes]:
    """Return a subset as four objects: font file, text map, descriptor, descendant font, which get these ``numbers``.

    ``descriptor`` holds the entries that are the same for every subset of the face, ``texts`` what each glyph reads as.
    """
    file, glyphs = face.subset(texts.keys())
    widths = {glyph: face.width(glyph) for glyph in glyphs}
    box = b"/FontBBox[0 %b %d %b]" % (
        _entry(descriptor, b"/Descent "),
        max(widths.values()),
        _entry(descriptor, b"/Ascent "),
    )
    return [
        stream(file, b"/Length1 %d" % len(file), quick=True),
        stream(text_map(texts), quick=True),
        b"<<%b/FontName %b%b/FontFile2 %d 0 R>>" % (descriptor, name, box, numbers[0]),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont %b/CIDToGIDMap/Identity/W[%b]/FontDescriptor %d 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>" % (name, _widths(widths), numbers[2]),
    ]


def font_dictionary(name: bytes, numbers: Sequence[int]) -> bytes:
    """Return the font whose other objects are those of :func:`font_objects`."""
    return b"<</Type/Font/Subtype/Type0/BaseFont %b/ToUnicode %d 0 R/Encoding/Identity-H/DescendantFonts[%d 0 R]>>" % (
        name,
        numbers[1],
        numbers[3],
    )


def text_map(texts: Mapping[int, str]) -> bytes:
    """Return the ToUnicode map: what each glyph reads as when it is copied or read aloud."""
    lines = [
        b"<%04x> <%b>\n" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in sorted(texts.items())
    ]
    blocks = [lines[start : start + _MOST_IN_A_MAP_BLOCK] for start in range(0, len(lines), _MOST_IN_A_MAP_BLOCK)]
    body = b"".join(b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return _MAP_BEGIN + body + _MAP_END


def _entry(dictionary: bytes, key: bytes) -> bytes:
    return dictionary.partition(key)[2].partition(b"/")[0]


def _widths(widths: Mapping[int, int]) -> bytes:
    pieces: list[bytes] = []
    for glyph, width in widths.items():
        pieces.append(b" %d" % width if glyph - 1 in widths else b"]%d[%d" % (glyph, width))
    return b"".join(pieces)[1:] + b"]"


class FileWriter:
    """Writes a PDF front to back and remembers nothing of an object but its place."""

    def __init__(self, out: BinaryIO) -> None:
        """Begin a file."""
        self._out = out
        self._places = array("Q", [0])
        self._position = 0
        self._write(HEADER)

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self._position += len(content)

    def reserve(self, count: int = 1) -> list[int]:
        """Return numbers for objects that will be put later."""
        first = len(self._places)
        self._places.extend([0] * count)
        return list(range(first, first + count))

    def put(self, number: int, body: bytes) -> None:
        """Write an object under a reserved number."""
        self._places[number] = self._position
        self._write(numbered(number, body))

    def add(self, body: bytes) -> int:
        """Write an object and return its number."""
        (number,) = self.reserve()
        self.put(number, body)
        return number

    def finish(self, root: int, info: int) -> None:
        """Write where everything is."""
        (own,) = self.reserve()
        self._places[own] = self._position
        free = struct.pack(">BQ", 0, 0)
        table = free + b"".join(struct.pack(">BQ", 1, place) for place in self._places[1:])
        entries = b"/Type/XRef/W[1 8 0]/Size %d/Root %d 0 R/Info %d 0 R" % (len(self._places), root, info)
        start = self._position
        self._write(numbered(own, stream(table, entries)) + b"startxref\n%d\n%%%%EOF\n" % start)
