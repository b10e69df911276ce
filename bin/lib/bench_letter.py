"""``letter-http``: a letter with own words, so drawn by WeasyPrint, through the whole app, beside the bare call."""

import http.client
import time
from contextlib import closing
from pathlib import Path

from bench_child import BenchError, Child
from bench_figures import Figure, Target, in_turns, tell
from bench_sample import VALUES, html_on_one_page, letter_of, own_fonts, text_of
from bench_site import SLUG, prepared, serving, sign

from campaign.letters.sheet import stylesheet

_WARM_UP = 10
_TARGET = Target(1.15, at_most=True)


class _Browser:
    """One keep-alive connection of the visitor whose cookie opens the letter."""

    def __init__(self, connection: http.client.HTTPConnection, cookie: str) -> None:
        self._connection = connection
        self._cookie = cookie
        self.content = b""

    def milliseconds(self) -> float:
        """Load the letter and return how long it took."""
        begin = time.perf_counter()
        self._connection.request("GET", f"/{SLUG}/letters/president.pdf", headers={"Cookie": self._cookie})
        response = self._connection.getresponse()
        self.content = response.read()
        took = time.perf_counter() - begin
        if response.status != 200:
            raise BenchError(f"The letter was answered with status {response.status}.")
        return took * 1000


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``letter-http``: milliseconds for one letter."""
    tell("letter-http: preparing a site and a bare WeasyPrint")
    environment = prepared(folder / "letter")
    styles = folder / "letter.css"
    styles.write_text(stylesheet(), encoding="utf-8")
    with (
        serving("wsgi:app", environment, folder / "letter.log") as port,
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection,
        Child("bench_weasyprint.py", str(styles), environment=environment | own_fonts(folder)) as bare,
    ):
        browser = _Browser(connection, sign(port))
        html = html_on_one_page(letter_of(VALUES), lambda html: int(bare.ask({"html": html})["pages"]))
        _compare(browser, bare, html, folder / "bare.pdf")
        for _ in range(_WARM_UP):
            browser.milliseconds()
            bare.ask({"html": html})
        turns = in_turns(
            "letter-http",
            browser.milliseconds,
            lambda: float(bare.ask({"html": html})["milliseconds"]),
            rounds=20 if quick else 150,
        )
    return [turns.figure("letter-http", "ms", _TARGET)]


def _compare(browser: _Browser, bare: Child, html: str, out: Path) -> None:
    """Make sure that both sides draw the same letter."""
    browser.milliseconds()
    bare.ask({"html": html, "out": str(out)})
    if text_of(browser.content) != text_of(out.read_bytes()):
        raise BenchError("The app and the bare WeasyPrint call drew different letters.")
