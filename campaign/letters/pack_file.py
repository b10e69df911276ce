"""One PDF out of many, written as they come: whatever its length, only the places of its objects stay in memory.

PDFium keeps every page until the end, loses the tags and writes the hour into the file. This keeps tags, languages
and order, writes no date, and gives equal bytes for equal parts.
"""

import hashlib
from collections.abc import Iterator
from typing import IO
from xml.sax.saxutils import escape

from campaign.letters.pdf_syntax import (
    PdfObject,
    PdfObjects,
    PdfSyntaxError,
    dictionary,
    entries,
    has_reference,
    parts,
    reference,
    renumbered,
)
from campaign.letters.pdf_writing import ObjectWriter

_CATALOG, _PAGES, _INFO, _METADATA, _STRUCTURE, _PARENTS, _DOCUMENT = _OURS = range(1, 8)
_XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<rdf:Description rdf:about="">{claim}<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt>\
</dc:title></rdf:Description></rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
# ISO 14289-1: claimed only when every part is tagged.
_CLAIM = "<pdfuaid:part>1</pdfuaid:part>"
_FONT = b"/Length1"


class _Part:
    """One PDF on its way into the pack: its objects under other numbers, its pages and tags below ours."""

    def __init__(self, source: PdfObjects, shift: int, keys: int, fonts: dict[bytes, int]) -> None:
        self._source = source
        self._shift = shift
        self._keys = keys
        root, catalog = source.named(source.trailer, b"/Root")
        pages, self._pages = source.named(catalog, b"/Pages")
        self.root = pages + shift
        self.pages = int(self._pages[b"/Count"])
        self.structures: list[int] = []
        self.parents: list[int] = []
        self.next_key = keys
        self._structure = 0
        self._left_out = {root} | {
            reference(values[name])
            for values, name in ((source.trailer, b"/Info"), (catalog, b"/Metadata"), (catalog, b"/StructTreeRoot"))
            if name in values
        }
        self._same = dict(self._known(fonts))
        self._left_out |= self._same.keys()
        self._instead: dict[int, bytes] = {}
        if b"/StructTreeRoot" in catalog:
            self._take_structure(catalog)
        self.set_kids([self._number(reference(kid)) for kid in parts(self._pages[b"/Kids"])], self.pages)

    def _known(self, fonts: dict[bytes, int]) -> Iterator[tuple[int, int]]:
        """Yield the fonts that stand in the pack already: one sheet's letters use the same in every part."""
        for number, one in self._source.items():
            if one.stream is not None and _FONT in one.value and not has_reference(one.value):
                digest = hashlib.sha256(one.value + one.stream).digest()
                found = fonts.setdefault(digest, number + self._shift)
                if found != number + self._shift:
                    yield number, found

    def _number(self, number: int) -> int:
        if number == self._structure:
            return _DOCUMENT
        return self._same.get(number) or number + self._shift

    def _take_structure(self, catalog: dict[bytes, bytes]) -> None:
        """Hang what stood below the part's own structure root below our document (ISO 32000-1 §14.7)."""
        self._structure, structure = self._source.named(catalog, b"/StructTreeRoot")
        tops = structure[b"/K"]
        for top in [reference(one) for one in (parts(tops) if tops.startswith(b"[") else [tops])]:
            element = entries(self._source[top].value) | {b"/S": b"/Part"}
            self._instead[top] = self._moved(dictionary(element))
            self.structures.append(self._number(top))
        tree, values = self._source.named(structure, b"/ParentTree")
        both = parts(values[b"/Nums"])
        numbers = [int(key) + self._keys for key in both[::2]]
        if numbers:
            self.next_key = numbers[-1] + 1
        rows = (b"%d %s" % (key, self._moved(value)) for key, value in zip(numbers, both[1::2], strict=True))
        limits = b"[%d %d]" % (numbers[0], numbers[-1]) if numbers else b"[0 0]"
        self._instead[tree] = dictionary({b"/Limits": limits, b"/Nums": b"[" + b" ".join(rows) + b"]"})
        self.parents.append(self._number(tree))

    def set_kids(self, kids: list[int], pages: int) -> None:
        """Give the part's page tree other kids, by their numbers in the pack."""
        own = {name: self._moved(value) for name, value in self._pages.items()}
        new = {b"/Kids": _references(kids), b"/Count": b"%d" % pages, b"/Parent": b"%d 0 R" % _PAGES}
        self._instead[self.root - self._shift] = dictionary(own | new)

    def sheets(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number of each page in the pack, and its size."""
        for kid in parts(self._pages[b"/Kids"]):
            page = entries(self._source[reference(kid)].value)
            if page[b"/Type"] != b"/Page":
                raise PdfSyntaxError("pages in more than one layer")
            yield self._number(reference(kid)), page[b"/MediaBox"]

    def objects(self) -> Iterator[tuple[int, PdfObject]]:
        """Yield every object as it stands in the pack."""
        for number, one in self._source.items():
            if number not in self._left_out:
                value = self._instead.get(number) or self._moved(one.value)
                yield self._number(number), PdfObject(value, one.stream)

    def _moved(self, value: bytes) -> bytes:
        return renumbered(value, self._number, self._keys)


class PackFile:
    """A PDF that grows by whole PDFs; nothing of it can be read before :meth:`finish`."""

    def __init__(self, out: IO[bytes], title: str, locale: str, *, duplex: bool = False) -> None:
        """Begin a PDF in a binary stream; ``duplex`` asks the printer for both sides of the sheet."""
        self._writer = ObjectWriter(out, len(_OURS))
        self._title = title
        self._locale = locale
        self._duplex = duplex
        self._kids: list[int] = []
        self._structures: list[int] = []
        self._parents: list[int] = []
        self._fonts: dict[bytes, int] = {}
        self._keys = 0
        self._tagged = True
        self.pages = 0

    def add(self, pdf: bytes, *, on_fresh_sheets: bool = False) -> int:
        """Append the pages of a PDF and return how many there are now of them.

        ``on_fresh_sheets`` leaves the back of every page empty when the pack is printed on both sides. Raises
        :class:`PdfSyntaxError` for a PDF that none of our writers made.
        """
        source = PdfObjects(pdf)
        part = _Part(source, self._writer.reserve(source.size - 1) - 1, self._keys, self._fonts)
        added = part.pages
        if on_fresh_sheets and self._duplex:
            added = self._leave_backs_empty(part)
        self._writer.store(part.objects())
        self._kids.append(part.root)
        self.pages += added
        self._tagged = self._tagged and bool(part.structures)
        self._structures += part.structures
        self._parents += part.parents
        self._keys = part.next_key
        return added

    def _leave_backs_empty(self, part: _Part) -> int:
        kids: list[int] = []
        for page, size in part.sheets():
            back = self._writer.reserve()
            values = {b"/Type": b"/Page", b"/Parent": b"%d 0 R" % part.root, b"/MediaBox": size, b"/Resources": b"<<>>"}
            self._writer.store([(back, PdfObject(dictionary(values)))])
            kids += [page, back]
        part.set_kids(kids, len(kids))
        return len(kids)

    def finish(self) -> None:
        """Write what holds the parts together; the stream stays open."""
        self._writer.store((number, PdfObject(dictionary(values))) for number, values in self._frame())
        xmp = _XMP.format(title=escape(self._title), claim=_CLAIM if self._tagged else "").encode()
        head = {b"/Type": b"/Metadata", b"/Subtype": b"/XML", b"/Length": b"%d" % len(xmp)}
        self._writer.write(_METADATA, PdfObject(dictionary(head), xmp))
        self._writer.finish({b"/Root": b"%d 0 R" % _CATALOG, b"/Info": b"%d 0 R" % _INFO})

    def _frame(self) -> Iterator[tuple[int, dict[bytes, bytes]]]:
        """Yield catalog, title, page tree and the top of the structure tree."""
        # A window or a label is where it is: nothing may be scaled, and each page comes from the tray of its size.
        shown = {
            b"/DisplayDocTitle": b"true",
            b"/PrintScaling": b"/None",
            b"/PickTrayByPDFSize": b"true",
            b"/Duplex": b"/DuplexFlipLongEdge" if self._duplex else b"/Simplex",
        }
        catalog = {
            b"/Type": b"/Catalog",
            b"/Pages": b"%d 0 R" % _PAGES,
            b"/Lang": b"(%s)" % self._locale.encode("ascii"),
            b"/ViewerPreferences": dictionary(shown),
            b"/Metadata": b"%d 0 R" % _METADATA,
        }
        if self._structures:
            catalog[b"/StructTreeRoot"] = b"%d 0 R" % _STRUCTURE
            yield from self._structure()
        if self._tagged:
            catalog[b"/MarkInfo"] = b"<</Marked true>>"
        yield _CATALOG, catalog
        yield _INFO, {b"/Title": b"<%s>" % ("\ufeff" + self._title).encode("utf-16-be").hex().encode()}
        yield _PAGES, {b"/Type": b"/Pages", b"/Count": b"%d" % self.pages, b"/Kids": _references(self._kids)}

    def _structure(self) -> Iterator[tuple[int, dict[bytes, bytes]]]:
        tree, below, key = b"%d 0 R" % _PARENTS, b"%d 0 R" % _DOCUMENT, b"%d" % self._keys
        yield _STRUCTURE, {b"/Type": b"/StructTreeRoot", b"/K": below, b"/ParentTree": tree, b"/ParentTreeNextKey": key}
        document = {b"/Type": b"/StructElem", b"/S": b"/Document", b"/P": b"%d 0 R" % _STRUCTURE}
        yield _DOCUMENT, document | {b"/K": _references(self._structures)}
        yield _PARENTS, {b"/Kids": _references(self._parents)}


def _references(numbers: list[int]) -> bytes:
    return b"[" + b" ".join(b"%d 0 R" % number for number in numbers) + b"]"
