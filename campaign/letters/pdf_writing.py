"""Writing the objects of a PDF as they come (ISO 32000-1 §7.5): only their places stay in memory, seven bytes each."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from campaign.letters.pdf_syntax import PdfObject, dictionary

# What kind of place, where, and which of those held there.
_WIDTHS = (1, 5, 1)
_FREE = bytes(sum(_WIDTHS))
_HELD_AT_MOST = 200
_LEVEL = 6
_PLAIN, _HELD = 1, 2


class ObjectWriter:
    """The objects of one PDF, in any order; equal objects give equal bytes."""

    def __init__(self, out: IO[bytes], reserved: int) -> None:
        """Begin a PDF in a binary stream; the numbers from 1 to ``reserved`` are the caller's to use."""
        self._out = out
        self._written = 0
        self._digest = hashlib.sha256()
        self._places = bytearray(_FREE * (reserved + 1))
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    @property
    def size(self) -> int:
        """One more than the highest number given away."""
        return len(self._places) // len(_FREE)

    def reserve(self, count: int = 1) -> int:
        """Give away the next numbers; return the first of them."""
        first = self.size
        self._places += _FREE * count
        return first

    def store(self, objects: Iterable[tuple[int, PdfObject]]) -> None:
        """Write objects: those with a stream as they come, the small ones together, compressed."""
        held: list[tuple[int, bytes]] = []
        for number, one in objects:
            if one.stream is not None:
                self.write(number, one)
                continue
            held.append((number, one.value))
            if len(held) == _HELD_AT_MOST:
                self._hold(held)
                held = []
        if held:
            self._hold(held)

    def write(self, number: int, one: PdfObject) -> None:
        """Write one object on its own."""
        self._place(number, _PLAIN, self._written)
        stream = b"" if one.stream is None else b"\nstream\n" + one.stream + b"\nendstream"
        self._write(b"%d 0 obj\n" % number + one.value + stream + b"\nendobj\n")

    def finish(self, trailer: Mapping[bytes, bytes]) -> None:
        """Write the table of all objects with the trailer's entries; the stream stays open."""
        number, start = self.reserve(), self._written
        self._place(number, _PLAIN, start)
        identifier = b"<" + self._digest.hexdigest()[:32].encode() + b">"
        head = {
            b"/Type": b"/XRef",
            b"/Size": b"%d" % self.size,
            b"/W": b"[%d %d %d]" % _WIDTHS,
            b"/ID": b"[" + identifier * 2 + b"]",
        }
        self.write(number, _deflated({**head, **trailer}, self._places))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _hold(self, held: Sequence[tuple[int, bytes]]) -> None:
        holder, offset, heads = self.reserve(), 0, []
        for index, (number, value) in enumerate(held):
            self._place(number, _HELD, holder, index)
            heads.append(b"%d %d " % (number, offset))
            offset += len(value) + 1
        first = b"".join(heads)
        head = {b"/Type": b"/ObjStm", b"/N": b"%d" % len(held), b"/First": b"%d" % len(first)}
        self.write(holder, _deflated(head, first + b"\n".join(value for _, value in held)))

    def _place(self, number: int, kind: int, where: int, index: int = 0) -> None:
        row = b"".join(n.to_bytes(width, "big") for n, width in zip((kind, where, index), _WIDTHS, strict=True))
        self._places[number * len(_FREE) : (number + 1) * len(_FREE)] = row

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self._digest.update(content)
        self._written += len(content)


def _deflated(head: Mapping[bytes, bytes], content: bytes | bytearray) -> PdfObject:
    packed = zlib.compress(content, _LEVEL)
    length = {b"/Filter": b"/FlateDecode", b"/Length": b"%d" % len(packed)}
    return PdfObject(dictionary({**head, **length}), packed)
