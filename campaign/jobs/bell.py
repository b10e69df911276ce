"""A bell that may be rung from every request and costs none of them anything: a thread of its own answers it."""

import threading
from collections.abc import Callable

from campaign.jobs.periodic import run_discreetly


class Bell:
    """Does something soon after it was rung, once a second at most, however often that was."""

    def __init__(self, answer: Callable[[], None], seconds: float = 1.0) -> None:
        """``answer`` runs in the bell's own thread, once that was started; ``seconds`` lie between two answers."""
        self._answer, self._seconds = answer, seconds
        self._rung = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="bell", daemon=True)

    def ring(self) -> None:
        """Ask for an answer; returns at once, and does nothing where no thread listens."""
        self._rung.set()

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what was rung and end."""
        self._stop.set()
        self._rung.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._rung.wait()
            self._rung.clear()
            # What was committed and not announced is found by the sweep: a failure here loses nothing.
            run_discreetly("bell", self._answer)
            self._stop.wait(self._seconds)
