"""One render worker: the process that draws, started with what it needs and nothing more, and the socket to it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from campaign.letters.frames import BrokenLinkError, receive_frame, send_frame

START_SECONDS = 60.0
"""How long a process may take to be ready: one, or more on a small busy machine with a slow disk."""

_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR")


class Worker:
    """One process and the socket to it; restarts itself when it is not running."""

    def __init__(self, fontconfig: Path, memory_bytes: int, *, stamping: bool) -> None:
        self._fontconfig = fontconfig
        self._stamping = stamping
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ready = False
        self.drawn = 0

    def start(self) -> None:
        """Start the process without waiting for it."""
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(self._memory_bytes), str(int(self._stamping))]
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

    def draw(self, request: bytes, seconds: float) -> bytes:
        """Return the answer to one request; raises :class:`TimeoutError` or :class:`BrokenLinkError`."""
        link = self._running()
        deadline = time.monotonic() + seconds
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
