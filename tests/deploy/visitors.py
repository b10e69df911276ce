"""Who comes to the nginx of deploy/: browsers with addresses of their own, and lines that send next to nothing."""

import socket
import ssl
import threading
import time
from http.client import HTTPResponse, HTTPSConnection

from tests.deploy.front import HOST, Front

LINES = 600


class _Connection(HTTPSConnection):
    """TLS to the host's name at an address of this machine."""

    source_address: tuple[str, int] | None
    _context: ssl.SSLContext

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), self.timeout, self.source_address)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)


class Browser:
    """A visitor from an address of their own, who keeps cookies."""

    def __init__(self, front: Front, address: str, seconds: float = 120) -> None:
        """Come from ``address`` (any of 127.0.0.0/8), and wait ``seconds`` for an answer."""
        self._front, self._address, self._seconds = front, address, seconds
        self._cookies: dict[str, str] = {}

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, str, HTTPResponse]:
        """Return status, text and the whole answer."""
        connection = _Connection(HOST, self._front.https, timeout=self._seconds, context=self._front.trust)
        connection.source_address = (self._address, 0)
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Cookie": kept} if kept else {})
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, sent)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, text, answer


class SlowLines(threading.Thread):
    """Somebody at thirty addresses who opens line after line, sends a beginning, and opens again what is cut."""

    def __init__(self, front: Front, slug: str) -> None:
        """Prepare them for a front and one of its appeals; :meth:`start` opens them."""
        super().__init__(daemon=True)
        self._beginnings = (
            None,  # not even the greeting of TLS
            f"GET /{slug} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode(),
            f"POST /{slug}/sign HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9000\r\n\r\nname=".encode(),
        )
        self._port, self._trust = front.https, front.trust
        self._lines: list[socket.socket | None] = [None] * LINES
        self._held = 0
        self.began, self._over = threading.Event(), threading.Event()

    def run(self) -> None:
        """Open them, and those that were cut again, until the end."""
        while not self._over.is_set():
            held = 0
            for number in range(LINES):
                if self._over.is_set():
                    return
                line = self._lines[number]
                if self._is_open(line):
                    held += 1
                    continue
                if line:
                    line.close()
                self._lines[number] = self._opened(number)
            self._held = held
            if held:
                self.began.set()
            time.sleep(0.05)

    def held(self) -> int:
        """Return how many were found open when they were last looked at; what was opened since does not count."""
        return self._held

    def end(self) -> None:
        """Close all of them."""
        self._over.set()
        self.join()
        for line in self._lines:
            if line:
                line.close()

    def _opened(self, number: int) -> socket.socket | None:
        beginning = self._beginnings[number % len(self._beginnings)]
        line = socket.socket()
        try:
            line.bind((f"127.0.1.{1 + number % 30}", 0))
            line.settimeout(10)
            line.connect(("127.0.0.1", self._port))
            if beginning:
                line = self._trust.wrap_socket(line, server_hostname=HOST)
                line.sendall(beginning)
        except OSError:
            line.close()
            return None
        line.setblocking(False)
        return line

    @staticmethod
    def _is_open(line: socket.socket | None) -> bool:
        if line is None:
            return False
        try:
            return bool(line.recv(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
