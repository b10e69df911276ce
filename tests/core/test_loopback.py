"""The tests themselves stay on this machine."""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_a_connection_that_leaves_the_machine_is_refused(host: str) -> None:
    # Refused by its address alone, before the system sees it: not every machine makes sockets for IPv6.
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(AssertionError, match="loopback"):
        one.connect((host, 53))
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(AssertionError, match="loopback"):
        one.sendto(b"", (host, 53))


@pytest.mark.parametrize("host", ["example.org", b"example.org"])
def test_a_name_is_not_looked_up(host: str | bytes) -> None:
    with pytest.raises(AssertionError, match="loopback"):
        socket.getaddrinfo(host, 443)


def test_loopback_and_unix_sockets_stay_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername()[0] == "127.0.0.1"
    first, second = socket.socketpair()
    first.close()
    second.close()
