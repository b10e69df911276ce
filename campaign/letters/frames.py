"""Messages over a socket between the program and a render worker: four bytes of length, then the message."""

import socket
import time
from enum import Enum

_LENGTH_BYTES = 4
MAX_FRAME = 64 * 1024 * 1024


class Reply(bytes, Enum):
    """How a worker's answer begins; what follows is the PDF, the characters, or the kind of failure."""

    READY = b"R"
    PDF = b"P"
    UNDRAWABLE = b"U"
    FAILED = b"F"


class BrokenLinkError(Exception):
    """The other side is gone, or says something that is not a frame."""


def send_frame(link: socket.socket, message: bytes, deadline: float | None = None) -> None:
    """Send one message; raises :class:`TimeoutError` after ``deadline`` (``time.monotonic``), ``BrokenLinkError``."""
    _limit(link, deadline)
    try:
        link.sendall(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    except TimeoutError:
        raise
    except OSError as error:
        raise BrokenLinkError from error


def receive_frame(link: socket.socket, deadline: float | None = None) -> bytes:
    """Return the next message; raises as :func:`send_frame` does."""
    length = int.from_bytes(_receive(link, _LENGTH_BYTES, deadline), "big")
    if length > MAX_FRAME:
        raise BrokenLinkError
    return _receive(link, length, deadline)


def _receive(link: socket.socket, size: int, deadline: float | None) -> bytes:
    received = bytearray(size)
    view = memoryview(received)
    while view:
        _limit(link, deadline)
        try:
            count = link.recv_into(view)
        except TimeoutError:
            raise
        except OSError as error:
            raise BrokenLinkError from error
        if not count:
            raise BrokenLinkError
        view = view[count:]
    return bytes(received)


def _limit(link: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        link.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    link.settimeout(left)
