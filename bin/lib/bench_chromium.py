"""A bare equivalent of a letter: Chromium, started once, with one page that is filled and printed again and again."""

import time
from pathlib import Path
from typing import Any

from bench_child import BenchError, answer_questions
from playwright.sync_api import sync_playwright

_KINDS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
_SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage"]  # as root, and in a container with little shared memory


def installed() -> Path | None:
    """Return the browser there is: the shell without a window prints much faster than the whole one."""
    return next((path for path in _KINDS if path.exists()), None)


def main() -> None:
    """Print ``html``; answer with the milliseconds it took, and write the file ``out``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=_SWITCHES)
        page = browser.new_page()

        def answer(question: dict[str, Any]) -> dict[str, Any]:
            begin = time.perf_counter()
            page.set_content(question["html"])
            content = page.pdf(prefer_css_page_size=True, tagged=True)
            took = time.perf_counter() - begin
            if not content.startswith(b"%PDF"):
                raise BenchError("Chromium gave no PDF.")
            if "out" in question:
                Path(question["out"]).write_bytes(content)
            return {"milliseconds": took * 1000, "bytes": len(content)}

        answer_questions(answer)


if __name__ == "__main__":
    main()
