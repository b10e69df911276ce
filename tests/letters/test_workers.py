"""The processes that draw: limits, replacement, a clean end."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaign.core.errors import UnavailableError
from campaign.letters.errors import RenderTimeoutError
from campaign.letters.workers import Renderer
from tests.letters.builders import sample_letter
from tests.letters.limits import limited

LETTER = sample_letter()
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def pids(renderer: Renderer) -> list[int]:
    return [worker._process.pid for worker in renderer._workers if worker._process]


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended may stay in the list for as long as nobody collects it."""
    try:
        os.kill(pid, 0)
        return sys.platform != "linux" or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what happens soon; a test that waits in vain fails after a minute."""
    for _ in range(6_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("It did not happen.")


@contextmanager
def stopped(renderer: Renderer) -> Iterator[None]:
    """Make the first worker hang, as one in an endless loop would."""
    renderer.pdf([LETTER], "a4")
    pid = pids(renderer)[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        if is_alive(pid):
            os.kill(pid, signal.SIGCONT)


def test_a_worker_that_overstays_is_stopped_and_replaced() -> None:
    with Renderer(seconds=60) as renderer:
        with stopped(renderer):
            (before,) = pids(renderer)
            with limited(renderer, 1), pytest.raises(RenderTimeoutError, match="longer than 1 seconds"):
                renderer.pdf([LETTER], "a4")
        assert not is_alive(before)
        assert renderer.pdf([LETTER], "a4")


def test_a_pack_may_take_as_much_longer_as_it_has_letters() -> None:
    with (
        Renderer(seconds=60) as renderer,
        stopped(renderer),
        limited(renderer, 1),
        pytest.raises(RenderTimeoutError, match="than 3 seconds"),
    ):
        renderer.pack([LETTER, LETTER], ["a4", "a4"], ["none", "none"])


def test_a_worker_killed_between_two_letters_is_replaced_unnoticed(tmp_path: Path) -> None:
    with Renderer(seconds=60) as renderer:
        first = renderer.pdf([LETTER], "a4")
        (before,) = pids(renderer)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: renderer._workers[0]._process.poll() is not None)
        assert renderer.pdf([LETTER], "a4") == first
        assert pids(renderer) != [before]


def test_a_worker_killed_while_it_draws_is_an_error_for_that_letter_only() -> None:
    with Renderer(seconds=60) as renderer:
        with stopped(renderer), ThreadPoolExecutor(1) as threads:
            drawn = renderer._workers[0].drawn
            result = threads.submit(renderer.pdf, [LETTER], "a4")
            wait_until(lambda: renderer._workers[0].drawn > drawn)  # it was found to be up, and is given the letter
            os.kill(pids(renderer)[0], signal.SIGKILL)
            with pytest.raises(UnavailableError, match="try again"):
                result.result()
        assert renderer.pdf([LETTER], "a4")


def test_when_too_many_wait_the_next_is_turned_away_at_once() -> None:
    with Renderer(seconds=60, waiting=0) as renderer, ThreadPoolExecutor(1) as threads:
        with stopped(renderer):
            result = threads.submit(renderer.pdf, [LETTER], "a4")
            wait_until(lambda: not renderer._free)
            with pytest.raises(UnavailableError, match="in a moment"):
                renderer.pdf([LETTER], "a4")
        assert result.result().startswith(b"%PDF-")


def test_nobody_waits_longer_for_a_worker_than_a_letter_may_take() -> None:
    with Renderer(seconds=60) as renderer:
        renderer.pdf([LETTER], "a4")
        with renderer._worker(), limited(renderer, 1), pytest.raises(UnavailableError, match="in a moment"):
            renderer.pdf([LETTER], "a4")
        assert renderer.pdf([LETTER], "a4")


def test_many_threads_may_ask_at_once() -> None:
    letters = [sample_letter(name=f"Name {number}") for number in range(4)]
    with Renderer(workers=2, seconds=60, waiting=32) as renderer, ThreadPoolExecutor(8) as threads:
        expected = [renderer.pdf([letter], "a4") for letter in letters]
        found = list(threads.map(lambda letter: renderer.pdf([letter], "a4"), letters * 4))
    assert found == expected * 4


def test_a_worker_is_replaced_after_its_share_of_letters() -> None:
    with Renderer(seconds=60, letters_per_worker=2) as renderer:
        (first,) = pids(renderer)
        renderer.pdf([LETTER], "a4")
        assert pids(renderer) == [first]
        renderer.pdf([LETTER], "a4")
        assert pids(renderer) != [first]
        assert not is_alive(first)


def test_closing_ends_every_process_and_turns_later_callers_away() -> None:
    renderer = Renderer(workers=2, seconds=60)
    renderer.pdf([LETTER], "a4")
    running = pids(renderer)
    folder = Path(renderer._temporary.name)
    renderer.close()
    assert not any(map(is_alive, running))
    assert not folder.exists()
    with pytest.raises(UnavailableError):
        renderer.pdf([LETTER], "a4")
    renderer.close()


def test_closing_waits_for_the_letter_being_drawn() -> None:
    with ThreadPoolExecutor(1) as threads:
        renderer = Renderer(seconds=60)
        with stopped(renderer):
            result = threads.submit(renderer.pdf, [LETTER], "a4")
            wait_until(lambda: not renderer._free)
            closing = threading.Thread(target=renderer.close)
            closing.start()
            wait_until(lambda: renderer._closed)
        closing.join()
        assert result.result().startswith(b"%PDF-")


@on_linux
def test_a_worker_knows_none_of_the_programs_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-workers")
    with Renderer(seconds=60) as renderer:
        renderer.pdf([LETTER], "a4")
        environment = Path(f"/proc/{pids(renderer)[0]}/environ").read_bytes()
    assert b"not-for-workers" not in environment
    assert b"FONTCONFIG_FILE=/" in environment


@on_linux
def test_a_worker_runs_under_its_limits() -> None:
    with Renderer(seconds=60, memory_bytes=2**30) as renderer:
        renderer.pdf([LETTER], "a4")
        (pid,) = pids(renderer)
        assert resource.prlimit(pid, resource.RLIMIT_AS) == (2**30, 2**30)
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


def test_a_worker_that_cannot_start_is_an_error_and_not_a_wait() -> None:
    with Renderer(seconds=60, memory_bytes=64 * 2**20) as renderer, pytest.raises(UnavailableError, match="try again"):
        renderer.pdf([LETTER], "a4")


def test_workers_end_when_the_program_dies_without_closing_them() -> None:
    program = (
        "import os; from campaign.letters.workers import Renderer\n"
        "r = Renderer(workers=2); [print(w._process.pid) for w in r._workers]\n"
        "import sys; sys.stdout.flush(); os._exit(1)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    orphans = [int(line) for line in run.stdout.split()]
    assert len(orphans) == 2
    wait_until(lambda: not any(map(is_alive, orphans)))
