"""A whole site behind the nginx file of deploy/, on loopback."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    """The program behind the proxy, what of each request it saw, and what it does before it answers one."""

    server: BaseWSGIServer
    thread: threading.Thread
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    first: Callable[[], object] = lambda: None

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
    running = Program(server, threading.Thread(target=server.serve_forever, args=(0.02,)))

    @app.before_request
    def note() -> None:
        running.seen.append((request.path, request.remote_addr))
        running.first()

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
