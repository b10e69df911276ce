"""Render workers: processes that draw letters, so that no letter can hold up, fill up or bring down the program.

One job at a time each, a time limit, a memory limit, no inherited secrets. A worker that overstays is killed and
replaced; one that has drawn its share is replaced too, so that nothing can pile up in it.
"""

import contextlib
import logging
import pickle
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from campaign.core.errors import UnavailableError
from campaign.letters.envelopes import EnvelopeSize, LabelSheet, check_envelopes, check_labels
from campaign.letters.errors import RenderTimeoutError, UndrawableError
from campaign.letters.frames import BrokenLinkError, Reply
from campaign.letters.layouts import PAPERS, PAPERS_OF, Layout
from campaign.letters.letter import Letter
from campaign.letters.libraries import missing_libraries
from campaign.letters.typefaces import write_fontconfig
from campaign.letters.worker import START_SECONDS, Worker

MEMORY_BYTES = 1_536 * 1024 * 1024
SECONDS_PER_LETTER = 1.0
"""What a letter may take in a pack, over and above what a job may take: a slow machine, nothing stamped, and air."""
_log = logging.getLogger(__name__)


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
        stamping: bool = True,
    ) -> None:
        """Start the processes; the first letter waits for one to be ready.

        ``seconds`` limits one job and the wait for a free worker, ``memory_bytes`` a worker's address space, and
        ``waiting`` the number of callers that may queue before the next one is turned away. ``folder`` keeps what is
        known about the fonts from one start to the next; without one it is found out again and thrown away. Without
        ``stamping`` every letter is laid out anew, for comparison: readers see no difference, only clocks do.
        """
        self._seconds = seconds
        self._letters_per_worker = letters_per_worker
        self._most_waiting = waiting
        self._temporary = None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="letters-")
            folder = Path(self._temporary.name)
        fontconfig = write_fontconfig(folder).resolve()
        self._workers = [Worker(fontconfig, memory_bytes, stamping=stamping) for _ in range(workers)]
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
        if not letters or paper not in PAPERS:
            raise ValueError("A PDF needs at least one letter, and paper “a4” or “letter”.")
        layouts = [Layout(one) for one in ([layout] * len(letters) if isinstance(layout, str) else layout)]
        if len(layouts) != len(letters) or any(paper not in PAPERS_OF[one] for one in layouts):
            raise ValueError(f"Every letter needs a layout that exists on {paper} paper.")
        return self._pdf("letters", tuple(letters), paper, layouts)

    def pack(
        self, letters: Sequence[Letter], papers: Sequence[str], layouts: Sequence[str], *, duplex: bool = False
    ) -> bytes:
        """Return one PDF for a printer: these letters in this order, each on its paper and in its layout.

        A letter's translation follows it, on the back of its sheet where both sides are printed on.

        Meant for many letters of few texts, in chunks of up to a few hundred: one worker draws one chunk, others draw
        other chunks meanwhile, and each call may take ``seconds`` and :data:`SECONDS_PER_LETTER` for each letter. With
        ``duplex`` every letter begins on a page with an odd number, and the chunk ends on an even one, so that chunks
        may simply be put one after the other. Equal letters give equal bytes. Raises as :meth:`pdf` does.
        """
        if not letters or not len(letters) == len(papers) == len(layouts):
            raise ValueError("A pack needs at least one letter, and a paper and a layout for each.")
        wanted = [Layout(one) for one in layouts]
        if any(paper not in PAPERS_OF[layout] for paper, layout in zip(papers, wanted, strict=True)):
            raise ValueError("Every letter needs a layout that exists on its paper, “a4” or “letter”.")
        seconds = self._seconds + SECONDS_PER_LETTER * len(letters)
        return self._pdf("pack", tuple(letters), tuple(papers), wanted, duplex, seconds=seconds)

    def envelopes(self, letters: Sequence[Letter], size: EnvelopeSize) -> bytes:
        """Return one PDF with an envelope for each letter; raises as :meth:`pdf`, and :class:`NoRoomError`."""
        check_envelopes(letters, size)
        return self._pdf("envelopes", tuple(letters), size)

    def labels(self, letters: Sequence[Letter], sheet: LabelSheet, start: int = 1) -> bytes:
        """Return a PDF with a label for each letter, the first at place ``start``; raises as :meth:`envelopes`."""
        check_labels(letters, sheet, start)
        return self._pdf("labels", tuple(letters), sheet, start)

    def _pdf(self, job: str, *arguments: object, seconds: float | None = None) -> bytes:
        seconds = seconds or self._seconds
        request = pickle.dumps((job, arguments, seconds), protocol=pickle.HIGHEST_PROTOCOL)
        with self._worker() as worker:
            answer = self._draw(worker, request, seconds)
        kind, content = answer[:1], answer[1:]
        if kind == Reply.PDF:
            return content
        if kind == Reply.UNDRAWABLE:
            raise UndrawableError(content.decode())
        _log.error("a letter failed in its worker: %s", content.decode())  # The kind of error, never the text.
        raise UnavailableError("The letter could not be drawn. Shorten your own words and try again.")

    def _draw(self, worker: Worker, request: bytes, seconds: float) -> bytes:
        healthy = False
        try:
            answer = worker.draw(request, seconds)
            healthy = answer[:1] != Reply.FAILED
        except TimeoutError:
            raise RenderTimeoutError(
                f"The letter took longer than {seconds:g} seconds to draw. Shorten your own words and try again."
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
    def _worker(self) -> Iterator[Worker]:
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
