"""Render workers: processes that draw letters, so that no letter can hold up, fill up or bring down the program.

One job at a time each, a time limit, a memory limit, no inherited secrets. A worker that overstays is killed and
replaced; one that has drawn its share is replaced too, so that nothing can pile up in it.
"""

import contextlib
import logging
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from campaign.core.errors import UnavailableError
from campaign.letters.envelopes import EnvelopeSize, LabelSheet, check_envelopes, check_labels
from campaign.letters.errors import RenderTimeoutError, UndrawableError
from campaign.letters.frames import BrokenLinkError, Reply, receive_frame, send_frame
from campaign.letters.layouts import PAPERS, Layout
from campaign.letters.letter import Letter
from campaign.letters.libraries import missing_libraries
from campaign.letters.typefaces import write_fontconfig

MEMORY_BYTES = 1_536 * 1024 * 1024
START_SECONDS = 60.0  # A cold start takes under one; on a small busy machine the disk may be slow.
_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR")


class _Worker:
    """One process and the socket to it; restarts itself when it is not running."""

    def __init__(self, fontconfig: Path, seconds: float, memory_bytes: int) -> None:
        self._fontconfig = fontconfig
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ready = False
        self.drawn = 0

    def start(self) -> None:
        """Start the process without waiting for it."""
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(self._seconds), str(self._memory_bytes)]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-m", "campaign.letters.render_process", *arguments],
                env=self._environment(),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # What libraries print about a letter may quote it.
                start_new_session=True,  # Ctrl-C is for the program, which then closes its workers.
            )
        self._link, self._ready, self.drawn = ours, False, 0

    def _environment(self) -> dict[str, str]:
        """Hand on only what a process needs to start: the secrets of the program are not among it."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        own = {
            "FONTCONFIG_FILE": str(self._fontconfig),  # Read once, when fontconfig wakes: it must be there before.
            "PYTHONPATH": str(_ROOT),
            "LC_ALL": "C.UTF-8",
        }
        return passed_on | own

    def draw(self, request: bytes) -> bytes:
        """Return the answer to one request; raises :class:`TimeoutError` or :class:`BrokenLinkError`."""
        link = self._running()
        deadline = time.monotonic() + self._seconds
        self.drawn += 1
        send_frame(link, request, deadline)
        return receive_frame(link, deadline)

    def _running(self) -> socket.socket:
        """Return the link to a process that is up: started again if it has died while nobody was looking."""
        if self._link is None or self._process is None or self._process.poll() is not None:
            self.stop()
            self.start()
        assert self._link is not None
        if not self._ready:
            try:
                receive_frame(self._link, time.monotonic() + START_SECONDS)
            except TimeoutError as error:
                raise BrokenLinkError from error
            self._ready = True
        return self._link

    @property
    def came_up(self) -> bool:
        """Whether the process has reported ready since it was started."""
        return self._ready

    def stop(self) -> None:
        """End the process and collect it; there is nothing in it to save."""
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Renderer:
    """Draws letters in ``workers`` processes; any number of threads may ask. Close it when done."""

    def __init__(
        self,
        *,
        workers: int = 1,
        seconds: float = 5.0,
        memory_bytes: int = MEMORY_BYTES,
        letters_per_worker: int = 1_000,
        waiting: int = 16,
        folder: Path | None = None,
    ) -> None:
        """Start the processes; the first letter waits for one to be ready.

        ``seconds`` limits one job and the wait for a free worker, ``memory_bytes`` a worker's address space, and
        ``waiting`` the number of callers that may queue before the next one is turned away. ``folder`` keeps what is
        known about the fonts from one start to the next; without one it is found out again and thrown away.
        """
        self._seconds = seconds
        self._letters_per_worker = letters_per_worker
        self._most_waiting = waiting
        self._temporary = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="letters-")
            folder = Path(self._temporary.name)
        fontconfig = write_fontconfig(folder).resolve()
        self._workers = [_Worker(fontconfig, seconds, memory_bytes) for _ in range(workers)]
        self._free = deque(self._workers)
        self._changed = threading.Condition()
        self._waiting = 0
        self._closed = False
        for worker in self._workers:
            worker.start()

    def pdf(self, letters: Sequence[Letter], paper: str, layout: str | Sequence[str] = Layout.NONE) -> bytes:
        """Return one PDF with every letter on ``paper`` ("a4" or "letter"), each on pages of its own.

        ``layout`` is one for all of them or one for each (:class:`Layout`); it must exist on the paper, and whether an
        address fits its window is asked before. Raises :class:`UndrawableError`, :class:`RenderTimeoutError`, or
        :class:`UnavailableError` when every worker is busy or the job failed.
        """
        if not letters or paper not in {"a4", "letter"}:
            raise ValueError("A PDF needs at least one letter, and paper “a4” or “letter”.")
        layouts = [Layout(one) for one in ([layout] * len(letters) if isinstance(layout, str) else layout)]
        if len(layouts) != len(letters) or any(paper not in PAPERS[one] for one in layouts):
            raise ValueError(f"Every letter needs a layout that exists on {paper} paper.")
        return self._pdf("letters", tuple(letters), paper, layouts)

    def envelopes(self, letters: Sequence[Letter], size: EnvelopeSize) -> bytes:
        """Return one PDF with an envelope for each letter; raises as :meth:`pdf`, and :class:`NoRoomError`."""
        check_envelopes(letters, size)
        return self._pdf("envelopes", tuple(letters), size)

    def labels(self, letters: Sequence[Letter], sheet: LabelSheet, start: int = 1) -> bytes:
        """Return a PDF with a label for each letter, the first at place ``start``; raises as :meth:`envelopes`."""
        check_labels(letters, sheet, start)
        return self._pdf("labels", tuple(letters), sheet, start)

    def _pdf(self, job: str, *arguments: object) -> bytes:
        request = pickle.dumps((job, arguments), protocol=pickle.HIGHEST_PROTOCOL)
        with self._worker() as worker:
            answer = self._draw(worker, request)
        kind, content = answer[:1], answer[1:]
        if kind == Reply.PDF:
            return content
        if kind == Reply.UNDRAWABLE:
            raise UndrawableError(content.decode())
        _log.error("a letter failed in its worker: %s", content.decode())  # The kind of error, never the text.
        raise UnavailableError("The letter could not be drawn. Shorten your own words and try again.")

    def _draw(self, worker: _Worker, request: bytes) -> bytes:
        healthy = False
        try:
            answer = worker.draw(request)
            healthy = answer[:1] != Reply.FAILED
        except TimeoutError:
            raise RenderTimeoutError(
                f"The letter took longer than {self._seconds:g} seconds to draw. Shorten your own words and try again."
            ) from None
        except (BrokenLinkError, OSError):
            reason = "" if worker.came_up else missing_libraries()
            raise UnavailableError(reason or "The letter could not be drawn just now. Please try again.") from None
        finally:
            if not healthy or worker.drawn >= self._letters_per_worker:
                worker.stop()
                with contextlib.suppress(OSError):  # No process to be had: the next caller tries again.
                    worker.start()
        return answer

    @contextlib.contextmanager
    def _worker(self) -> Iterator[_Worker]:
        with self._changed:
            if not self._free and self._waiting >= self._most_waiting:
                raise UnavailableError("Many letters are being drawn just now. Please try again in a moment.")
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._free or self._closed, timeout=self._seconds)
            finally:
                self._waiting -= 1
            if self._closed or not self._free:
                raise UnavailableError("Letters cannot be drawn just now. Please try again in a moment.")
            worker = self._free.popleft()
        try:
            yield worker
        finally:
            with self._changed:
                self._free.append(worker)
                self._changed.notify()

    def close(self) -> None:
        """End every process, once the letters being drawn are done; later calls of :meth:`pdf` are turned away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._free) == len(self._workers), timeout=self._seconds + START_SECONDS)
            for worker in self._workers:
                worker.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
