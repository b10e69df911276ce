"""A whole site behind the nginx file of deploy/, on loopback."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
from flask import request
from werkzeug.serving import BaseWSGIServer, make_server

from campaign.app import create_app
from campaign.runtime import Runtime, build_runtime
from tests.deploy.front import HOST, ONION, Front, running_front
from tests.site import make_settings


@dataclass
class Program:
    """The program behind the proxy, and what of each request it saw."""

    server: BaseWSGIServer
    thread: threading.Thread
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    def stop(self) -> None:
        """End it, as a crash would; the second time does nothing."""
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: the database makes no difference to a proxy."""
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def program(runtime: Runtime, tmp_path: Path, database_url: str) -> Iterator[Program]:
    """The program as it is set up behind a proxy."""
    settings = make_settings(tmp_path, database_url, public_url=f"https://{HOST}", trusted_hosts=ONION, proxy_hops=1)
    graph = build_runtime(settings, runtime.clock)
    graph.__dict__["renderer"] = runtime.renderer
    app = create_app(runtime=graph)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = Program(server, threading.Thread(target=server.serve_forever))
    app.before_request(lambda: running.seen.append((request.path, request.remote_addr)))
    running.thread.start()
    yield running
    running.stop()
    graph.database.dispose()


@pytest.fixture
def front(program: Program, tmp_path: Path) -> Iterator[Front]:
    """Run nginx in front of the program."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    with running_front(folder, program.server.server_port) as running:
        yield running


class _Connection(HTTPSConnection):
    """TLS to the host's name at an address of this machine."""

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), self.timeout, self.source_address)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)


class Browser:
    """A visitor from an address of their own, who keeps cookies."""

    def __init__(self, front: Front, address: str, seconds: float = 20) -> None:
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
