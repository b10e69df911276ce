"""Six hundred lines that send next to nothing, and visitors who are served meanwhile, through the nginx of deploy/."""

# ruff: noqa: F811  fixtures are asked for by their name

import contextlib
import socket
import ssl
import threading
import time

import pytest

from tests.deploy.conftest import Browser, database_url, front, program  # noqa: F401  (fixtures)
from tests.deploy.front import HOST
from tests.visitor import SLUG

LINES = 600
PATIENCE = 20
"""Seconds a visitor waits: a machine may be busy, and the lines are opened again as soon as nginx has cut them."""

BEGINNINGS = (
    None,  # not even the greeting of TLS
    f"GET /{SLUG} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode(),
    f"POST /{SLUG}/sign HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9000\r\n\r\nname=".encode(),
)


class SlowLines(threading.Thread):
    """Somebody at thirty addresses who opens line after line, sends a beginning, and opens again what is cut."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        super().__init__(daemon=True)
        self._port, self._trust = port, trust
        self._lines: list[socket.socket | None] = [None] * LINES
        self.began, self._over = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            for number in range(LINES):
                if self._over.is_set():
                    break
                line = self._lines[number]
                if not self._is_open(line):
                    if line:
                        line.close()
                    self._lines[number] = self._opened(number)
            self.began.set()
            time.sleep(0.05)

    def held(self) -> int:
        """Return how many are open now."""
        return sum(self._is_open(line) for line in self._lines)

    def end(self) -> None:
        self._over.set()
        self.join()
        for line in self._lines:
            if line:
                line.close()

    def _opened(self, number: int) -> socket.socket | None:
        beginning = BEGINNINGS[number % len(BEGINNINGS)]
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


@pytest.fixture
def slow_lines(front):
    lines = SlowLines(front.https, front.trust)
    lines.start()
    lines.began.wait(60)
    yield lines
    lines.end()


def test_ninety_nine_in_a_hundred_are_served_while_six_hundred_say_next_to_nothing(
    front,
    program,
    slow_lines,
    record_property,
):
    served, seconds, held = 0, [], []
    for number in range(100):
        held.append(slow_lines.held())
        path = (f"/{SLUG}", f"/{SLUG}/sign", "/safety", f"/{SLUG}/letters/blank")[number % 4]
        began = time.monotonic()
        with contextlib.suppress(OSError):
            served += Browser(front, f"127.0.2.{1 + number}", PATIENCE).ask(path)[0] == 200
        seconds.append(time.monotonic() - began)
    record_property("lines held", f"{min(held)} to {max(held)}")
    record_property("answered within a second", sum(one < 1 for one in seconds))
    assert max(held) > LINES / 2
    assert served >= 99
    assert {address for _, address in program.seen} <= {f"127.0.2.{1 + number}" for number in range(100)}
