"""``workers`` and ``letter-memory``: what a second worker process brings, and what a thousand letters leave in one."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bench_child import BenchError
from bench_figures import Figure, Target, in_turns, tell
from bench_sample import PAPER, VALUES, letters_by, letters_of

from campaign.letters import Renderer
from campaign.letters.letter import Letter, LetterValues

_WORKERS = Target(1.8)
_MEMORY = Target(1.0, at_most=True)
_MEMORY_MIB = 5.0
_LETTERS_A_WORKER = 40
_NEVER_REPLACED = 1_000_000


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``workers``: letters per second drawn whole by two processes, and by one."""
    letters = letters_of(_LETTERS_A_WORKER)
    with (
        Renderer(folder=folder / "two", workers=2, stamping=False) as two,
        Renderer(folder=folder / "one", workers=1, stamping=False) as one,
        ThreadPoolExecutor(2) as threads,
    ):

        def per_second(renderer: Renderer, workers: int) -> float:
            begin = time.perf_counter()
            list(threads.map(lambda part: _draw(renderer, part), [letters] * workers))
            return workers * len(letters) / (time.perf_counter() - begin)

        for renderer, workers in ((two, 2), (one, 1)):
            per_second(renderer, workers)
        rounds = 2 if quick else 9
        turns = in_turns("workers", lambda: per_second(two, 2), lambda: per_second(one, 1), rounds)
    return [turns.figure("workers", "letters/s", _WORKERS)]


def measure_memory(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``letter-memory``: how many MiB a worker has grown between letter 100 and letter 1,000.

    Every second letter has words of its own and is drawn whole; the others are stamped.
    """
    number = 300 if quick else 1_000
    letters = letters_by(_somebody, number)
    others = set(_children())
    with Renderer(folder=folder, letters_per_worker=_NEVER_REPLACED) as renderer:
        [worker] = set(_children()) - others
        _draw(renderer, letters[:100])
        before = _resident_mib(worker)
        for start in range(100, number, 100):
            tell(f"letter-memory: {start} of {number} letters", passing=True)
            _draw(renderer, letters[start : start + 100])
        grown = _resident_mib(worker) - before
    tell(f"letter-memory: {number} letters drawn; the worker had {before:.1f} MiB after 100 of them")
    return [Figure("letter-memory", max(grown, 0.0), _MEMORY_MIB, "MiB", _MEMORY)]


def _somebody(number: int) -> LetterValues:
    words = f"I am reader number {number}, and I think of the families." if number % 2 else ""
    return replace(VALUES, address=f"{number + 1} Rue Principale", words=words)


def _draw(renderer: Renderer, letters: Sequence[Letter]) -> None:
    for letter in letters:
        renderer.pdf([letter], PAPER)


def _children() -> list[int]:
    """Return the processes this one has started."""
    try:
        return [
            int(one) for task in Path("/proc/self/task").iterdir() for one in (task / "children").read_text().split()
        ]
    except OSError as error:
        raise BenchError(f"This system does not tell which processes belong together: {error.strerror}.") from None


def _resident_mib(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
