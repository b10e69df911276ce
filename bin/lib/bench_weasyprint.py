"""The bare equivalent of a letter: WeasyPrint alone, with fonts and styles read once, in a process of its own."""

import sys
import time
from pathlib import Path
from typing import Any

from bench_child import answer_questions
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

_VARIANT = "pdf/ua-1"


class Printer:
    """WeasyPrint as its documentation recommends for many documents of one look."""

    def __init__(self, styles: Path) -> None:
        """Read the style sheet."""
        self._fonts = FontConfiguration()
        self._styles = CSS(string=styles.read_text(encoding="utf-8"), font_config=self._fonts)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Draw ``html``; return the milliseconds it took and the pages there are, and write the file ``out``."""
        begin = time.perf_counter()
        document = HTML(string=question["html"]).render(
            font_config=self._fonts, stylesheets=[self._styles], pdf_variant=_VARIANT
        )
        content: bytes = document.write_pdf(pdf_variant=_VARIANT)
        took = time.perf_counter() - begin
        if "out" in question:
            Path(question["out"]).write_bytes(content)
        return {"milliseconds": took * 1000, "pages": len(document.pages)}


if __name__ == "__main__":
    answer_questions(Printer(Path(sys.argv[1])).answer)
