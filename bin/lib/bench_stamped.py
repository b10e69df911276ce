"""``stamped`` and ``stamped-batch``: letters stamped on a sheet that is laid out once, beside drawing each whole."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from bench_child import BenchError, Child, python_environment
from bench_chromium import installed as installed_chromium
from bench_figures import Figure, Target, in_turns, tell
from bench_sample import PAPER, letters_of, own_fonts, text_of
from bench_variants import with_styles

from campaign.letters import Renderer
from campaign.letters.layouts import Layout
from campaign.letters.letter import Letter
from campaign.letters.sheet import SIZES, sheet_html, stylesheet

_STAMPED = Target(20)
_CHROMIUM = Target(10)
_BATCH = Target(100)
_BATCH_LETTERS = 1_000
_STAMPED_A_TURN = 20
_DRAWN_A_TURN = 4
_WARM_UP = 10


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of ``stamped``: letters per second beside WeasyPrint and, where it is installed, Chromium."""
    letters = letters_of(200)
    with ExitStack() as stack:
        stamping = stack.enter_context(Renderer(folder=folder / "stamping"))
        drawing = stack.enter_context(Renderer(folder=folder / "drawing", stamping=False))
        _warm_up(stamping, drawing, letters)
        people = cycle(letters)
        rounds = 5 if quick else 20

        def stamped() -> float:
            return letters_per_second(stamping, _next(people, _STAMPED_A_TURN))

        def drawn() -> float:
            return letters_per_second(drawing, _next(people, _DRAWN_A_TURN))

        figures = [in_turns("stamped", stamped, drawn, rounds).figure("stamped", "letters/s", _STAMPED)]
        browser = installed_chromium()
        if browser is None:
            tell("stamped-chromium: left out, because neither chromium-headless-shell nor chromium is installed")
            return figures
        tell(f"stamped-chromium: beside {browser.name}")
        printed = _chromium(stack, folder, letters[0])
        turns = in_turns("stamped-chromium", stamped, printed, rounds)
        return [*figures, turns.figure("stamped-chromium", "letters/s", _CHROMIUM)]


def measure_batch(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``stamped-batch``: letters per second in one pack, and drawn whole one by one."""
    letters = letters_of(_BATCH_LETTERS)
    papers, layouts = [PAPER] * len(letters), [Layout.NONE] * len(letters)
    with (
        Renderer(folder=folder / "stamping", seconds=60) as stamping,
        Renderer(folder=folder / "drawing", stamping=False) as drawing,
    ):
        _warm_up(stamping, drawing, letters)
        people = cycle(letters)

        def packed() -> float:
            begin = time.perf_counter()
            stamping.pack(letters, papers, layouts)
            return len(letters) / (time.perf_counter() - begin)

        packed()
        turns = in_turns(
            "stamped-batch",
            packed,
            lambda: letters_per_second(drawing, _next(people, _DRAWN_A_TURN)),
            rounds=3 if quick else 15,
        )
    return [turns.figure("stamped-batch", "letters/s", _BATCH)]


def letters_per_second(renderer: Renderer, letters: Sequence[Letter]) -> float:
    """Draw letters one by one; return how many of them a second has."""
    begin = time.perf_counter()
    for letter in letters:
        renderer.pdf([letter], PAPER)
    return len(letters) / (time.perf_counter() - begin)


def _next(people: Iterator[Letter], number: int) -> list[Letter]:
    return [next(people) for _ in range(number)]


def _warm_up(stamping: Renderer, drawing: Renderer, letters: Sequence[Letter]) -> None:
    """Let both draw a few letters, and make sure that they draw the same ones."""
    if text_of(stamping.pdf(letters[:1], PAPER)) != text_of(drawing.pdf(letters[:1], PAPER)):
        raise BenchError("The stamped letter does not say what the one drawn whole says.")
    for renderer in (stamping, drawing):
        letters_per_second(renderer, letters[:_WARM_UP])


def _chromium(stack: ExitStack, folder: Path, letter: Letter) -> Callable[[], float]:
    """Start Chromium and return what measures how many letters it prints in a second."""
    environment = python_environment(os.environ | own_fonts(folder))
    chromium = stack.enter_context(Child("bench_chromium.py", environment=environment))
    html = with_styles(sheet_html(letter, PAPER, SIZES[0]), stylesheet())

    def milliseconds() -> float:
        return float(chromium.ask({"html": html})["milliseconds"])

    for _ in range(_WARM_UP):
        milliseconds()
    return lambda: 1000 * _DRAWN_A_TURN / sum(milliseconds() for _ in range(_DRAWN_A_TURN))
