"""A mail server for drills: it takes what it is given and counts it, unless it is away (RFC 5321, the least of it)."""

import contextlib
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from campaign.cli.drills.site import free_port

_RECIPIENT = re.compile(rb"RCPT TO:\s*<([^>]*)>", re.IGNORECASE)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, sink: "MailSink") -> None:
        self.sink = sink
        self.lines: set[socket.socket] = set()
        super().__init__(("127.0.0.1", sink.port), _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: _Server

    def handle(self) -> None:
        self.server.lines.add(self.request)
        with contextlib.suppress(OSError):
            self._say("220 drill")
            to: list[str] = []
            while line := self.rfile.readline():
                to = self._answered(line, to)
        self.server.lines.discard(self.request)

    def _answered(self, line: bytes, to: list[str]) -> list[str]:
        recipient = _RECIPIENT.match(line)
        if recipient:
            to = [*to, recipient.group(1).decode()]
        if line.upper().startswith(b"DATA"):
            self._say("354 go on")
            while (text := self.rfile.readline()) != b".\r\n":
                if not text:  # cut off before the end: nothing was taken
                    return []
            with self.server.sink.taking:
                self.server.sink.taken += to
                self._say("250 taken")
            return []
        self._say("221 bye" if line.upper().startswith(b"QUIT") else "250 OK")
        return to

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class MailSink:
    """What was taken, by recipient and in order; and a switch."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[str] = []
        self.taking = threading.Lock()
        self._server: _Server | None = None

    def up(self) -> None:
        """Listen."""
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Refuse every connection, and hang up on those there are; what was taken has been answered."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.shutdown()
        server.server_close()
        with self.taking:
            for line in list(server.lines):
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Give a mail server that is away until it is switched on."""
    sink = MailSink()
    try:
        yield sink
    finally:
        sink.down()
