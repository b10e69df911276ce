"""Writing one after the other, in one process and in several."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Turns:
    """Lets one writer in at a time: a lock between the threads of a process, a locked file between processes.

    Without a file, or where it cannot be made, the processes are not kept apart; what they write to must do that then.
    """

    def __init__(self, path: Path | None) -> None:
        """Queue at ``path``, which is made when it is first needed."""
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, and give it back at the end; a process that dies gives it back too."""
        with self._lock:
            file = self._opened()
            if file is None:
                yield
                return
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int | None:
        if self._file is None and self._path is not None:
            with suppress(OSError):
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        return self._file

    def close(self) -> None:
        """Let go of the file; the next turn opens it again."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None


class Leadership:
    """Picks one of the processes that share a folder; when it ends, however that happens, another one follows."""

    def __init__(self, path: Path) -> None:
        """Whoever holds a lock on ``path`` leads."""
        self._path = path
        self._file: int | None = None

    def won(self, stop: threading.Event, seconds: float = 1.0) -> bool:
        """Wait until this process leads, asking every few ``seconds``; ``False`` when it was stopped before."""
        file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        while not stop.is_set():
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._file = file
                return True
            stop.wait(seconds)
        os.close(file)
        return False

    def give_up(self) -> None:
        """Let another process lead."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
