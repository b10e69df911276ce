"""The load: a few keep-alive connections to one port of this machine, each with one request under way.

Driven from one thread with ready-made bytes, so that it takes little of the processor that the server needs.
"""

import itertools
import re
import selectors
import socket
import time
from statistics import quantiles
from typing import Any

from bench_child import BenchError, answer_questions

NUMBER = b"0000000000"
"""Stands in a request where every request needs another number."""

NETWORK = b"198.51.100.7"
"""Stands in a request where every request comes from another part of the network (a /24)."""

_PATIENCE = 20.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_numbers = itertools.count(1)


class _Connection:
    """One client: sends a request, collects the answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = bytearray()
        self._end = 0
        self.began = 0.0

    def send(self, request: bytes) -> None:
        self._answer.clear()
        self._end = 0
        self.began = time.perf_counter()
        number = next(_numbers)
        network = b"%d.%d.%d.7" % (11 + number // 65_536 % 100, number // 256 % 256, number % 256)
        self.socket.sendall(request.replace(NUMBER, b"%010d" % number).replace(NETWORK, network))

    def is_answered(self) -> bool:
        """Read what has come; say whether the answer is complete."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise BenchError("The server closed a connection.")
        self._answer += piece
        if not self._end:
            head = self._answer.find(b"\r\n\r\n")
            if head < 0:
                return False
            length = _LENGTH.search(self._answer, 0, head + 2)
            if length is None:
                raise BenchError("The server sent an answer without its length.")
            self._end = head + 4 + int(length.group(1))
        return len(self._answer) >= self._end

    @property
    def status(self) -> int:
        return int(self._answer[9:12])


def play(order: dict[str, Any]) -> dict[str, Any]:
    """Send ``request`` to ``port`` over ``connections`` for ``seconds``; every answer must have the ``status``.

    Returns requests per second, and in milliseconds the time that 50 and 99 of 100 requests stayed under.
    """
    request: bytes = order["request"].encode("latin-1")
    connections = [_Connection(order["port"]) for _ in range(order["connections"])]
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        for one in connections:
            selector.register(one.socket, selectors.EVENT_READ, one)
        begin = now = time.perf_counter()
        for one in connections:
            one.send(request)
        busy = len(connections)
        while busy:
            ready = selector.select(_PATIENCE)
            if not ready:
                raise BenchError(f"The server was silent for {_PATIENCE:g} seconds.")
            for key, _ in ready:
                one = key.data
                if not one.is_answered():
                    continue
                if one.status != order["status"]:
                    raise BenchError(f"The server answered {one.status} instead of {order['status']}.")
                now = time.perf_counter()
                times.append(now - one.began)
                if now - begin < order["seconds"]:
                    one.send(request)
                else:
                    busy -= 1
    for one in connections:
        one.socket.close()
    cuts = quantiles(times, n=100)
    return {"per_second": len(times) / (now - begin), "p50": cuts[49] * 1000, "p99": cuts[98] * 1000}


if __name__ == "__main__":
    answer_questions(play)
