"""A worker: everything that happens beside the requests, in threads of a web process or in a process of its own."""

import threading
from collections.abc import Callable, Sequence

from campaign.core.turns import Leadership
from campaign.jobs.periodic import Job, Periodic, run_discreetly
from campaign.jobs.queue import Queue, QueueTask

_RETRY_SECONDS = 5.0


class Worker:
    """Runs the jobs of the seconds in one thread, and in another what the queue asks for."""

    def __init__(
        self,
        jobs: Sequence[Job],
        queue: Queue,
        tasks: Sequence[QueueTask],
        hurry: Callable[[], None] = lambda: None,
        leadership: Leadership | None = None,
    ) -> None:
        """``hurry`` asks the task under way to come to an end, when the worker is stopped.

        With ``leadership`` the worker stands by until its process leads: one of the web processes does the jobs.
        """
        self._periodic = Periodic(jobs)
        self._leadership = leadership
        self._queue, self._tasks, self._hurry = queue, tasks, hurry
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name="queue", daemon=True)
        self._end: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin, or stand by."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._stop.set()
        self._hurry()
        with self._lock:
            self._end()
        if self._thread.is_alive():
            self._thread.join()
        self._periodic.stop()
        if self._leadership:
            self._leadership.give_up()

    def _loop(self) -> None:
        """Serve the queue; one that cannot be opened is tried again, and the pages do not suffer from it."""
        if self._leadership and not self._leadership.won(self._stop):
            return
        self._periodic.start()
        while not self._stop.is_set():
            run_discreetly("queue", self._serve)
            self._stop.wait(_RETRY_SECONDS)

    def _serve(self) -> None:
        consumer = self._queue.consumer(self._tasks)
        with self._lock:
            self._end = consumer.stop_flag.set
        if self._stop.is_set():
            return
        try:
            consumer.run()
            consumer.stop(graceful=True)
        finally:
            consumer.huey.storage.close()
