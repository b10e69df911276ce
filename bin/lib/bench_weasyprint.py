"""The bare equivalents of a letter: WeasyPrint alone, as its documentation recommends or as it is first tried."""

import sys
import time
from pathlib import Path
from typing import Any

from bench_child import answer_questions
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

_VARIANT = "pdf/ua-1"


class Printer:
    """WeasyPrint for many documents of one look: fonts and styles are read once."""

    def __init__(self, styles: Path) -> None:
        """Read the style sheet."""
        self._fonts = FontConfiguration()
        self._styles = CSS(string=styles.read_text(encoding="utf-8"), font_config=self._fonts)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Draw ``html``; return the milliseconds it took, pages and bytes, and write the file ``out``.

        ``untagged`` leaves the tags out; ``naive`` draws it with nothing but the one call everybody begins with.
        """
        begin = time.perf_counter()
        content, pages = self._naive(question) if question.get("naive") else self._drawn(question)
        took = time.perf_counter() - begin
        if "out" in question:
            Path(question["out"]).write_bytes(content)
        return {"milliseconds": took * 1000, "pages": pages, "bytes": len(content)}

    def _drawn(self, question: dict[str, Any]) -> tuple[bytes, int]:
        variant = None if question.get("untagged") else _VARIANT
        document = HTML(string=question["html"]).render(
            font_config=self._fonts, stylesheets=[self._styles], pdf_variant=variant
        )
        return document.write_pdf(pdf_variant=variant), len(document.pages)

    @staticmethod
    def _naive(question: dict[str, Any]) -> tuple[bytes, int]:
        return HTML(string=question["html"]).write_pdf(), 1


if __name__ == "__main__":
    answer_questions(Printer(Path(sys.argv[1])).answer)
