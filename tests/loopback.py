"""Refuses, inside the test process, every connection and name look-up that would leave the machine."""

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator

import pytest


@contextlib.contextmanager
def only_loopback() -> Iterator[None]:
    """Let sockets reach Unix sockets and loopback addresses only, until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _is_near(host: object) -> bool:
    name = (host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")).partition("%")[0]
    if name in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., object]) -> Callable[..., object]:
    def reach(self: socket.socket, *arguments: object) -> object:
        address = arguments[-1]  # the address comes last in every one of these calls
        if isinstance(address, tuple) and not _is_near(address[0]):
            raise AssertionError(f"A test tried to reach {address!r}; tests stay on loopback.")
        return real(self, *arguments)

    return reach


def _guarded_lookup(real: Callable[..., object]) -> Callable[..., object]:
    def getaddrinfo(host: object, *arguments: object, **options: object) -> object:
        if not _is_near(host):
            raise AssertionError(f"A test tried to look up {host!r}; tests stay on loopback.")
        return real(host, *arguments, **options)

    return getaddrinfo
