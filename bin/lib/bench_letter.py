"""``letter-pdf``: a letter as a supporter gets it, through the whole app, beside a bare WeasyPrint call."""

import http.client
import time
from contextlib import closing
from pathlib import Path

import pypdfium2
from bench_child import BenchError, Child
from bench_figures import Figure, Target, in_turns, tell
from bench_site import DEMANDS, SLUG, VISITOR, prepared, serving, sign

from campaign.appeals.pack import files_in_folder, load_pack
from campaign.core.clock import SystemClock, today
from campaign.letters import compose
from campaign.letters.letter import LetterValues
from campaign.letters.sheet import SIZES, sheet_html, stylesheet
from campaign.letters.typefaces import write_fontconfig
from campaign.recipients.countries import paper_for
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import ROOT

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
    """Return the figure of ``letter-pdf``: milliseconds for one letter."""
    tell("letter-pdf: preparing a site and a bare WeasyPrint")
    environment = prepared(folder / "letter")
    styles = folder / "letter.css"
    styles.write_text(stylesheet(), encoding="utf-8")
    fonts = {"FONTCONFIG_FILE": str(write_fontconfig(folder / "fonts")), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    with (
        serving("wsgi:app", environment, folder / "letter.log") as port,
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection,
        Child("bench_weasyprint.py", str(styles), environment=environment | fonts) as bare,
    ):
        browser = _Browser(connection, sign(port))
        html = _html_on_one_page(bare)
        _compare(browser, bare, html, folder / "bare.pdf")
        for _ in range(_WARM_UP):
            browser.milliseconds()
            bare.ask({"html": html})
        turns = in_turns(
            "letter-pdf",
            browser.milliseconds,
            lambda: float(bare.ask({"html": html})["milliseconds"]),
            rounds=20 if quick else 150,
        )
    return [turns.figure("letter-pdf", "ms", _TARGET)]


def _html_on_one_page(bare: Child) -> str:
    """Return the page that the app arrives at for this visitor: in the largest type that keeps it on one sheet."""
    appeal = load_pack(SLUG, files_in_folder(ROOT / "letters" / SLUG))
    values = LetterValues(
        country=VISITOR["country"],
        locale=VISITOR["locale"],
        name=VISITOR["name"],
        city=VISITOR["city"],
        address=VISITOR["address"],
        demands=tuple(DEMANDS),
        words=VISITOR["words"],
    )
    directory = MissionsDirectory.load(ROOT / "letters" / "directory")
    letter = compose(appeal, "president", values, today(SystemClock(), appeal.time_zone), directory)
    assert letter is not None
    pages = (sheet_html(letter, paper_for(values.country), size) for size in SIZES)
    return next(html for html in pages if bare.ask({"html": html})["pages"] == 1)


def _compare(browser: _Browser, bare: Child, html: str, out: Path) -> None:
    """Make sure that both sides draw the same letter."""
    browser.milliseconds()
    bare.ask({"html": html, "out": str(out)})
    if _text(browser.content) != _text(out.read_bytes()):
        raise BenchError("The app and the bare WeasyPrint call drew different letters.")


def _text(content: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(content)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]
