"""``slow-visitors``: how many are answered within a second while 600 lines hold nginx and send next to nothing."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from statistics import median, quantiles

from bench_child import BenchError
from bench_figures import Figure, Target, tell
from bench_site import SLUG, Form, form_token, prepared, serving

from tests.deploy.front import HOST, Front, installed_nginx, running_front
from tests.deploy.visitors import LINES, Browser, SlowLines

_FORM = f"/{SLUG}/sign"
_STEPS = (
    (f"/{SLUG}", 200),
    (_FORM, 200),
    (_FORM, 303),  # the form is sent
    (f"/{SLUG}/letters", 200),
    (f"/{SLUG}/letters/president.pdf", 200),
)
_TARGET = Target(0.99)
_AT_ONCE = 4
_SOON = 1.0
_PATIENCE = 20.0
_LEAST_HELD = 0.8


@dataclass(frozen=True)
class Answer:
    """How long one request took, in seconds, the status it got (0: none at all), and the one it should get."""

    seconds: float
    status: int
    expected: int

    @property
    def good(self) -> bool:
        """Whether it got the answer it should."""
        return self.status == self.expected


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return how many of the requests of normal visitors were answered within a second, beside how many there were.

    Each visitor comes from a network of their own, reads the appeal and the form, signs, looks at the letters, and
    takes one as PDF.
    """
    name = "slow-visitors"
    if installed_nginx() is None:
        tell(f"{name}: left out, because nginx is not installed")
        return []
    tell(f"{name}: preparing a site behind nginx, and {LINES} slow lines")
    environment = prepared(folder / "site") | {"PUBLIC_URL": f"https://{HOST}"}
    (folder / "nginx").mkdir()
    with (
        serving("wsgi:app", environment, folder / "site.log") as port,
        running_front(folder / "nginx", port) as front,
    ):
        lines = SlowLines(front, SLUG)
        lines.start()
        try:
            if not lines.began.wait(60):
                raise BenchError("The slow lines could not be opened.")
            answers, held = _visits(name, front, lines, visitors=30 if quick else 200)
        finally:
            lines.end()
    tell(f"{name}: {min(held)} to {max(held)} lines were held, half of the time more than {median(held):.0f}")
    if median(held) < LINES * _LEAST_HELD:
        tell(f"{name}: left out, because this machine opens slow lines too slowly to hold {LINES} of them")
        return []
    return [figure_of(name, answers)]


def figure_of(name: str, answers: Sequence[Answer]) -> Figure:
    """Return how many answers were as they should be and came within a second."""
    times = [one.seconds for one in answers]
    middle, last = median(times) * 1000, quantiles(times, n=100)[98] * 1000
    tell(f"{name}: half of the answers came within {middle:.0f} ms, 99 of 100 within {last:.0f} ms")
    for status, n in Counter(one.status for one in answers if not one.good).items():
        tell(f"{name}: {n} requests got {f'status {status}' if status else 'no answer'} instead")
    soon = sum(one.good and one.seconds < _SOON for one in answers)
    return Figure(name, soon, len(answers), "requests", _TARGET)


def _visits(name: str, front: Front, lines: SlowLines, *, visitors: int) -> tuple[list[Answer], list[int]]:
    """Let the visitors come, a few at a time; return all answers, and how many slow lines there were meanwhile."""
    answers: list[Answer] = []
    held: list[int] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, found in enumerate(pool.map(lambda number: list(_visit(front, number)), range(visitors))):
            answers += found
            held.append(lines.held())
            tell(f"{name}: visitor {number + 1} of {visitors}", passing=True)
    tell(f"{name}: {len(answers)} requests of {visitors} visitors measured")
    return answers, held


def _visit(front: Front, number: int) -> Iterator[Answer]:
    """Give the answer to each step of one visitor, who goes away after one that failed."""
    browser = Browser(front, f"127.{10 + number // 250}.{number % 250}.7", _PATIENCE)
    form = b""
    for path, status in _STEPS:
        answer, text = _asked(browser, path, form, status)
        yield answer
        if not answer.good:
            return
        form = b""
        if path == _FORM and status == 200:
            form = Form("", form_token(text)).body(email=f"visitor-{number}@example.org")


def _asked(browser: Browser, path: str, form: bytes, status: int) -> tuple[Answer, str]:
    began = time.monotonic()
    try:
        found, text, _answer = browser.ask(path, "POST" if form else "GET", form)
    except (OSError, HTTPException):
        found, text = 0, ""
    return Answer(time.monotonic() - began, found, status), text
