"""Debian's Chromium in front of a site served on loopback."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from campaign.app import create_app
from campaign.runtime import Runtime


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Journeys run on SQLite alone: the database makes no difference to a browser."""
    path = tmp_path / "campaign.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve a site on loopback until the block ends; give its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))  # how soon it notices that it is to stop
    thread.start()
    yield int(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address(runtime: Runtime) -> Iterator[str]:
    """Where the site answers."""
    with served(create_app(runtime=runtime)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """Open browsers of one's own: width, scripts, colour scheme; nothing but the site may be asked for.

    They wish for no motion unless a test does: where a page glides to a button, each click takes a second more.
    """
    opened: list[BrowserContext] = []
    strangers: list[str] = []

    def make(
        *,
        width: int = 1280,
        scripts: bool = True,
        scheme: str = "light",
        locale: str = "en-CA",
        motion: str = "reduce",
    ) -> BrowserContext:
        fresh = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion=motion,  # type: ignore[arg-type]
            locale=locale,
            base_url=address,
        )
        fresh.on("request", lambda request: note(request.url))
        opened.append(fresh)
        return fresh

    def note(url: str) -> None:
        if not url.startswith((address, "data:", "about:", "blob:")):
            strangers.append(url)

    yield make
    for one in opened:
        one.close()
    assert strangers == [], "the pages asked somebody else for something"
