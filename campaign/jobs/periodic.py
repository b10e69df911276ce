"""Small jobs that come round again, in a thread of their own beside the requests.

Each job looks at the rows to see what is due, so a killed process loses nothing: the next round does it.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do again and again: ``run`` every ``seconds``."""

    name: str
    seconds: float
    run: Callable[[], None]


def run_discreetly(name: str, run: Callable[[], object]) -> bool:
    """Do something at the edge of a thread; a failure is logged without its message, which may quote what was typed.

    Says whether it went well.
    """
    try:
        run()
    except Exception as error:  # noqa: BLE001  the edge of the thread: one bad round must not end all later ones
        places = "".join(traceback.format_tb(error.__traceback__))
        _log.error("job %s failed with %s; it is tried again\n%s", name, type(error).__name__, places)
        return False
    return True


class Periodic:
    """Runs jobs one after the other until it is stopped; a job that fails is logged and tried again next time."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        """Hold the jobs; nothing runs before :meth:`start`."""
        self._jobs = list(jobs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="periodic-jobs", daemon=True)

    def start(self) -> None:
        """Begin with a first round at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job under way and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        due = {job.name: 0.0 for job in self._jobs}
        elapsed = 0.0
        while not self._stop.is_set():
            for job in self._jobs:
                if due[job.name] <= elapsed:
                    run_discreetly(job.name, job.run)
                    due[job.name] = elapsed + job.seconds
            pause = max(min(due.values(), default=1.0) - elapsed, 0.1)
            self._stop.wait(pause)
            elapsed += pause
