"""Letters as PDF: the one module that knows WeasyPrint, imported in render workers only.

``FONTCONFIG_FILE`` must name the private configuration before this module is imported: Pango reads it once, and with
the machine's own fonts a letter would look different on every machine, and could print another glyph than was meant.
"""

import logging
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import pydyf  # type: ignore[import-untyped]
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from campaign.letters.envelopes import EnvelopeSize, LabelSheet, envelopes_html, label_pages, labels_html
from campaign.letters.errors import UndrawableError
from campaign.letters.layouts import Layout
from campaign.letters.letter import Letter
from campaign.letters.sheet import (
    SIZES,
    pack_title,
    sheet_html,
    stylesheet,
    title_of,
    with_translations,
)
from campaign.letters.stamping.batch import Batch
from campaign.letters.stamping.faces import prepare
from campaign.letters.stamping.stamper import Stamper
from campaign.letters.structure import finish_structure

# ISO 14289-1: tagged, with language and title, so that a screen reader reads the letter as a letter.
_VARIANT = "pdf/ua-1"


class _FetchNothing(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
    """A letter is text and the fonts beside this module: whatever asks for an address is an attack or a mistake."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: object = None) -> NoReturn:  # noqa: ARG002 - WeasyPrint's signature
        raise ValueError("Letters fetch nothing.")


class _MissingGlyphs(logging.Handler):
    """Remembers the characters WeasyPrint draws as an empty box: it says so in a warning, and only there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.characters[str(record.args[0])] = None


class Engine:
    """Draws letters, one at a time, in one thread: fonts and styles are read once and shared by all of them."""

    def __init__(self, *, stamping: bool = True) -> None:
        """Read fonts and styles; raises :class:`RuntimeError` without a private ``FONTCONFIG_FILE``.

        Without ``stamping`` every letter is laid out anew: slower, and otherwise the same to every reader.
        """
        if not Path(os.environ.get("FONTCONFIG_FILE", "")).is_absolute():
            raise RuntimeError("FONTCONFIG_FILE must be the absolute path of the letters' own configuration.")
        self._fetcher = _FetchNothing()
        self._fonts = FontConfiguration()
        self._styles = CSS(string=stylesheet(), font_config=self._fonts, url_fetcher=self._fetcher)
        self._missing = _MissingGlyphs()
        self._stamper = Stamper(self._sheet) if stamping else None
        logger = logging.getLogger("weasyprint")
        logger.propagate = False  # Its warnings quote the letter.
        logger.addHandler(self._missing)

    def warm_up(self) -> None:
        """Draw one line, so that the first letter does not pay for what WeasyPrint builds on first use."""
        self._render('<html lang="en"><title>-</title><p>Aa</p></html>').write_pdf(pdf_variant=_VARIANT)
        prepare()

    def pdf(self, letters: Sequence[Letter], paper: str, layouts: Sequence[Layout]) -> bytes:
        """Return one tagged PDF with every letter in its layout, each beginning on a page of its own.

        Equal letters give equal bytes: no dates, no random identifier. Raises :class:`UndrawableError`.
        """
        if self._stamper and len(letters) == 1:
            stamped = self._stamper.stamp(letters[0], paper, layouts[0])
            if stamped:
                return stamped
        wanted = zip(letters, layouts, strict=True)
        documents = [self._one_page_if_possible(letter, paper, layout) for letter, layout in wanted]
        pages = [page for letter, one in zip(letters, documents, strict=True) for page in [[letter]] * len(one.pages)]
        whole = documents[0]
        if len(documents) > 1:
            whole = whole.copy([page for document in documents for page in document.pages])
            whole.metadata.title = title_of(letters)
        return self._written(whole, pages)

    def pack(self, letters: Sequence[Letter], papers: Sequence[str], layouts: Sequence[Layout], duplex: bool) -> bytes:
        """Return one untagged PDF with these letters in this order, each with its translation behind it.

        It is for a printer; with ``duplex`` every letter begins on an odd page. Raises as :meth:`pdf` does.
        """
        out = BytesIO()
        batch = Batch(out, title=pack_title(letters), language=letters[0].locale, duplex=duplex)
        for letter, paper, layout in zip(letters, papers, layouts, strict=True):
            for part, part_layout in zip(*with_translations([letter], [layout]), strict=True):
                if self._stamper is None or not self._stamper.add_to(batch, part, paper, part_layout):
                    batch.add_document(self._objects(self._one_page_if_possible(part, paper, part_layout), part))
            batch.end_letter()
        batch.finish()
        return out.getvalue()

    def envelopes(self, letters: Sequence[Letter], size: EnvelopeSize) -> bytes:
        """Return one tagged PDF with an envelope for every letter; raises as :meth:`pdf` does, and when one is full."""
        return self._written(self._render(envelopes_html(letters, size)), [[letter] for letter in letters])

    def labels(self, letters: Sequence[Letter], sheet: LabelSheet, start: int) -> bytes:
        """Return a tagged PDF with a label for every letter, from place ``start`` on; raises as :meth:`envelopes`."""
        pages = [[letter for _, letter in page] for page in label_pages(letters, sheet, start)]
        return self._written(self._render(labels_html(letters, sheet, start)), pages)

    def _written(self, document: Document, pages: Sequence[Sequence[Letter]]) -> bytes:
        """Write a document whose pages show these letters, or their addresses."""
        self._missing.characters.clear()
        content: bytes = document.write_pdf(pdf_variant=_VARIANT, finisher=lambda _, pdf: finish_structure(pdf, pages))
        if self._missing.characters:
            raise UndrawableError("".join(self._missing.characters))
        return content

    def _sheet(self, letter: Letter, paper: str, layout: Layout) -> pydyf.PDF | None:
        """Lay a letter out for others to be stamped on it; ``None`` when it takes more than one page."""
        document = self._one_page_if_possible(letter, paper, layout)
        return self._objects(document, letter) if len(document.pages) == 1 else None

    def _objects(self, document: Document, letter: Letter) -> pydyf.PDF:
        """Return the document of one letter as PDF objects with uncompressed streams; raises as :meth:`pdf` does."""
        written: list[pydyf.PDF] = []

        def keep(_: Document, pdf: pydyf.PDF) -> None:
            finish_structure(pdf, [[letter]] * len(document.pages))
            written.append(pdf)

        self._missing.characters.clear()
        document.write_pdf(pdf_variant=_VARIANT, uncompressed_pdf=True, finisher=keep)
        if self._missing.characters:
            raise UndrawableError("".join(self._missing.characters))
        return written[0]

    def _one_page_if_possible(self, letter: Letter, paper: str, layout: Layout) -> Document:
        """Lay the letter out in the largest type that keeps it on one page; two pages are set in the largest again."""
        largest = self._render(sheet_html(letter, paper, SIZES[0], layout))
        if len(largest.pages) == 1:
            return largest
        for size in SIZES[1:]:
            smaller = self._render(sheet_html(letter, paper, size, layout))
            if len(smaller.pages) == 1:
                return smaller
        if layout is Layout.FAX:  # It names its pages: whoever takes it off the machine sees when one is missing.
            return self._render(sheet_html(letter, paper, SIZES[0], layout, pages=len(largest.pages)))
        return largest

    def _render(self, html: str) -> Document:
        return HTML(string=html, url_fetcher=self._fetcher).render(
            font_config=self._fonts, stylesheets=[self._styles], pdf_variant=_VARIANT
        )
