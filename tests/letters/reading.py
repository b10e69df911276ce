"""Reading a PDF back with programs that had no part in writing it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2

# What extractors add around right-to-left text: marks, not text.
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def pages_by_pdfium(pdf: bytes) -> list[str]:
    """The text of each page, lines separated by ``\\n``."""
    pages = []
    with opened(pdf) as document:
        for page in document:
            text_page = page.get_textpage()
            pages.append(_DIRECTION_MARKS.sub("", text_page.get_text_bounded()).replace("\r\n", "\n"))
            text_page.close()
            page.close()
    return pages


def lines_by_pdfium(pdf: bytes) -> list[str]:
    return [line.strip() for page in pages_by_pdfium(pdf) for line in page.split("\n") if line.strip()]


def first_left_edges(pdf: bytes, characters: str, line_with: str) -> dict[str, float]:
    """Where each character first stands in the line that PDFium reads as holding ``line_with``, in points."""
    with opened(pdf) as document:
        page = document[0]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        start = text.rindex("\n", 0, text.index(line_with)) + 1
        edges = {one: text_page.get_charbox(text.index(one, start))[0] for one in characters}
        text_page.close()
        page.close()
    return edges


def box_of_lines_mm(pdf: bytes, first: str, last: str) -> tuple[float, float, float, float]:
    """How far the text from ``first`` to ``last`` is from the sheet's left and top edge: left, top, right, bottom."""
    with opened(pdf) as document:
        page = document[0]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        start, end = text.index(first), text.index(last) + len(last)
        boxes = [text_page.get_charbox(index) for index in range(start, end) if text[index].strip()]
        height = page.get_height()
        text_page.close()
        page.close()
    left, bottom, right, top = zip(*boxes, strict=True)
    edges = (min(left), height - max(top), max(right), height - min(bottom))
    return tuple(round(edge * 25.4 / 72, 1) for edge in edges)


def text_by_poppler(pdf: bytes, folder: Path) -> str:
    file = folder / "letter.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-enc", "UTF-8", str(file), "-"], capture_output=True, check=True)
    return _DIRECTION_MARKS.sub("", run.stdout.decode())


def page_sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    with opened(pdf) as document:
        return [(round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1)) for width, height in map(_size, document)]


def _size(page: pypdfium2.PdfPage) -> tuple[float, float]:
    size = page.get_size()
    page.close()
    return size


def tags(pdf: bytes) -> list[tuple[str, str]]:
    """Every element of the structure tree in reading order, with the language it states ("" where none)."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return list(_walk(document.Root.StructTreeRoot.K))


def _walk(node: pikepdf.Object) -> Iterator[tuple[str, str]]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S).removeprefix("/"), str(node.get("/Lang", ""))
        if "/K" in node:
            yield from _walk(node.K)
