"""Reading back the PDFs our own writers made (ISO 32000-1 §7): its objects as bytes, enough to put several into one.

Objects stay the bytes they are; only references are found in them and given other numbers. It reads what WeasyPrint
and the batch writer produce, with or without object streams, and refuses anything else.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

# A string may hold anything that looks like a reference, so strings are tokens of their own. Ours escape every bracket
# but those in pairs.
_STRING = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)"
_TOKEN = re.compile(
    _STRING + rb"|<<|>>|<[0-9A-Fa-f\s]*>|[\[\]]|/[^\s()<>\[\]{}/%]*|\d+\s+\d+\s+R(?![^\s()<>\[\]{}/%])"
    rb"|[^\s()<>\[\]{}/%]+",
    re.DOTALL,
)
_MARKED = re.compile(
    _STRING + rb"|/StructParents?\s+(?P<key>\d+)|(?P<number>\d+)\s+0\s+R(?![^\s()<>\[\]{}/%])", re.DOTALL
)
_HEAD = re.compile(rb"\s*(\d+)\s+0\s+obj\s*")
_STREAM = re.compile(rb"\s*stream\r?\n")
_REFERENCE = re.compile(rb"(\d+)\s+0\s+R")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_OPENING, _CLOSING = frozenset((b"<<", b"[")), frozenset((b">>", b"]"))


class PdfSyntaxError(ValueError):
    """A PDF of a kind that none of our writers makes."""


@dataclass(frozen=True)
class PdfObject:
    """One object: its value as it stands in the file, and the bytes of its stream if it has one."""

    value: bytes
    stream: bytes | None = None


def parts(value: bytes) -> list[bytes]:
    """Return the items of an array, or the keys and values of a dictionary in turn, each as it stands there."""
    tokens = _TOKEN.finditer(value)
    first = next(tokens, None)
    if first is None or first.group() not in _OPENING:
        raise PdfSyntaxError("neither an array nor a dictionary")
    found: list[bytes] = []
    depth = begin = 0
    for token in tokens:
        text = token.group()
        if text in _OPENING:
            begin = begin if depth else token.start()
            depth += 1
        elif text in _CLOSING and not depth:
            return found
        elif text in _CLOSING:
            depth -= 1
            if not depth:
                found.append(value[begin : token.end()])
        elif not depth:
            found.append(text)
    raise PdfSyntaxError("an array or a dictionary without its end")


def entries(value: bytes) -> dict[bytes, bytes]:
    """Return a dictionary's values by their names, such as ``b"/Type"``."""
    both = parts(value)
    return dict(zip(both[::2], both[1::2], strict=True))


def dictionary(values: Mapping[bytes, bytes]) -> bytes:
    """Return the dictionary with these values."""
    return b"<<" + b"".join(name + b" " + value for name, value in values.items()) + b">>"


def reference(value: bytes) -> int:
    """Return the number of the object that a reference names."""
    found = _REFERENCE.fullmatch(value)
    if found is None:
        raise PdfSyntaxError("not a reference")
    return int(found.group(1))


def has_reference(value: bytes) -> bool:
    """Say whether a value refers to another object."""
    return any(match["number"] for match in _MARKED.finditer(value))


def renumbered(value: bytes, number: Callable[[int], int], key: int) -> bytes:
    """Return the value with every reference to another number, and the page's key into the parent tree moved on."""

    def change(match: re.Match[bytes]) -> bytes:
        if match["number"]:
            return b"%d 0 R" % number(int(match["number"]))
        if match["key"]:
            return match.group()[: match.start("key") - match.start()] + b"%d" % (int(match["key"]) + key)
        return match.group()

    return _MARKED.sub(change, value)


class PdfObjects(Mapping[int, PdfObject]):
    """The objects of a PDF by number, without those that only hold or find others; ``trailer`` names the first ones."""

    def __init__(self, content: bytes) -> None:
        """Read a PDF; raises :class:`PdfSyntaxError` for one that none of our writers made."""
        self._content = content
        self._objects: dict[int, PdfObject] = {}
        start = _START.search(content, max(0, len(content) - 64))
        if start is None:
            raise PdfSyntaxError("no end of a PDF")
        self.trailer: dict[bytes, bytes] = {}
        try:
            self._read(int(start.group(1)))
        except (AttributeError, IndexError, KeyError, ValueError, zlib.error) as error:
            raise PdfSyntaxError(str(error)) from error

    def __getitem__(self, number: int) -> PdfObject:
        return self._objects[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    @property
    def size(self) -> int:
        """One more than the highest number in use."""
        return int(self.trailer[b"/Size"])

    def named(self, values: Mapping[bytes, bytes], name: bytes) -> tuple[int, dict[bytes, bytes]]:
        """Return number and values of the dictionary that an entry refers to."""
        number = reference(values[name])
        return number, entries(self[number].value)

    def _read(self, position: int) -> None:
        if self._content.startswith(b"xref", position):
            places = dict(self._places_in_table(position))
        else:
            places = dict(self._places_in_stream(position))
        if b"/Prev" in self.trailer:
            raise PdfSyntaxError("changed after it was written")
        holders: dict[int, list[int]] = {}
        for number, (kind, where) in places.items():
            if kind == 1:
                self._objects[number] = self._at(where)[1]
            elif kind == 2:
                holders.setdefault(where, []).append(number)
        for holder in holders:
            self._objects.update(_held(self._objects.pop(holder)))
        hidden = [n for n, one in self._objects.items() if one.stream is not None and b"/XRef" in one.value]
        for number in hidden:
            del self._objects[number]

    def _places_in_table(self, position: int) -> Iterator[tuple[int, tuple[int, int]]]:
        table, _, rest = self._content[position + 4 :].partition(b"trailer")
        self.trailer = entries(rest)
        words = table.split()
        while words:
            first, count = int(words[0]), int(words[1])
            rows, words = words[2 : 2 + 3 * count], words[2 + 3 * count :]
            for number in range(count):
                in_use = rows[3 * number + 2] == b"n"
                yield first + number, (1 if in_use else 0, int(rows[3 * number]))

    def _places_in_stream(self, position: int) -> Iterator[tuple[int, tuple[int, int]]]:
        _, table = self._at(position)
        self.trailer = entries(table.value)
        widths = [int(width) for width in parts(self.trailer[b"/W"])]
        index = [int(one) for one in parts(self.trailer.get(b"/Index", b"[0 " + self.trailer[b"/Size"] + b"]"))]
        rows = _inflated(table)
        row = sum(widths)
        ends = [sum(widths[: end + 1]) for end in range(3)]
        at = 0
        for first, count in zip(index[::2], index[1::2], strict=True):
            for number in range(first, first + count):
                kind = int.from_bytes(rows[at : at + ends[0]], "big") if widths[0] else 1
                yield number, (kind, int.from_bytes(rows[at + ends[0] : at + ends[1]], "big"))
                at += row

    def _at(self, position: int) -> tuple[int, PdfObject]:
        """Return number and content of the object that begins at ``position``."""
        head = _HEAD.match(self._content, position)
        if head is None:
            raise PdfSyntaxError("no object where one should be")
        begin = end = head.end()
        depth = 0
        for token in _TOKEN.finditer(self._content, begin):
            text = token.group()
            depth += (text in _OPENING) - (text in _CLOSING)
            end = token.end()
            if depth == 0:
                break
        value = self._content[begin:end]
        opening = _STREAM.match(self._content, end)
        if opening is None:
            return int(head.group(1)), PdfObject(value)
        length = int(entries(value)[b"/Length"])  # our writers put the number itself here
        return int(head.group(1)), PdfObject(value, self._content[opening.end() : opening.end() + length])


def _held(holder: PdfObject) -> Iterator[tuple[int, PdfObject]]:
    """Yield what an object stream holds."""
    values = entries(holder.value)
    content, first = _inflated(holder), int(values[b"/First"])
    numbers = [int(one) for one in content[:first].split()]
    ends = [*(first + offset for offset in numbers[3::2]), len(content)]
    for number, offset, end in zip(numbers[::2], numbers[1::2], ends, strict=True):
        yield number, PdfObject(content[first + offset : end].strip())


def _inflated(one: PdfObject) -> bytes:
    values = entries(one.value)
    if one.stream is None or b"/DecodeParms" in values:
        raise PdfSyntaxError("a stream in a form that is not ours")
    return zlib.decompress(one.stream) if b"/Filter" in values else one.stream
