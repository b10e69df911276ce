"""A whole site on a real database, with a visitor in front of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from campaign.app import create_app
from campaign.appeals.editions import publish
from campaign.appeals.pack import files_in_folder
from campaign.keys import KeyPair, new_key_pair, store_public_key
from campaign.letters import Renderer
from campaign.runtime import Runtime, build_runtime
from campaign.settings import ROOT, Settings
from campaign.signatures import count_new
from campaign.signatures.showing import show_numbers
from tests.clock import FixedClock
from tests.mail_server import MailServer, running_mail_server
from tests.visitor import SLUG, Visitor

FILES = files_in_folder(ROOT / "letters" / SLUG)


@pytest.fixture(scope="session")
def key_pair() -> KeyPair:
    """The organisers' key pair; its private half never gets near the site."""
    return new_key_pair()


@pytest.fixture(scope="session")
def shared_renderer() -> Iterator[Renderer]:
    """Render workers for all tests: starting them is the slow part."""
    with Renderer(workers=1, seconds=120) as renderer:
        yield renderer


def make_settings(folder: Path, database_url: str, **changes: object) -> Settings:
    """Return settings as a first start makes them, with keys that are only good for tests."""
    values: dict[str, object] = {
        "instance": folder,
        "database_url": database_url,
        "secret_key": "11" * 32,
        "index_key": "22" * 32,
        "row_key": "33" * 32,
        "outbox_key": "44" * 32,
        "run_jobs": False,
        "public_url": "http://localhost",
        "sign_limits": "",  # all visitors of a test come from one address; tests of the limits set some
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def runtime(
    tmp_path: Path, database_url: str, clock: FixedClock, key_pair: KeyPair, shared_renderer: Renderer
) -> Iterator[Runtime]:
    """The object graph over a fresh database with UA 61/21 published and its key in place."""
    graph = build_runtime(make_settings(tmp_path, database_url), clock)
    graph.__dict__["renderer"] = shared_renderer  # cached_property: already made
    with graph.database.unit_of_work() as session:
        publish(session, SLUG, FILES, clock.now().date())
        store_public_key(session, SLUG, key_pair.public, clock.now().date())
    yield graph
    graph.close()


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The application, which shows its own errors instead of a page for them."""
    app = create_app(runtime=runtime)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A supporter with a browser of their own."""
    return Visitor(app)


@pytest.fixture
def publish_changed(runtime: Runtime, clock: FixedClock) -> Callable[[str, str], None]:
    """Publish UA 61/21 again with one change in its appeal.toml."""

    def change(old: str, new: str) -> None:
        text = FILES["appeal.toml"].decode()
        assert old in text
        with runtime.database.unit_of_work() as session:
            publish(session, SLUG, {**FILES, "appeal.toml": text.replace(old, new, 1).encode()}, clock.now().date())
        runtime.shelf.forget()

    return change


@pytest.fixture
def count_now(runtime: Runtime) -> Callable[[], None]:
    """Do what the counting job does."""

    def count() -> None:
        with runtime.database.unit_of_work() as session:
            count_new(session, SLUG)
        runtime.forget()

    return count


@pytest.fixture
def show_now(runtime: Runtime, count_now: Callable[[], None]) -> Callable[[], None]:
    """Count, and do what the job does that brings the numbers of the pages up to date: those that are due."""

    def show() -> None:
        count_now()
        show_numbers(runtime.database, runtime.published(SLUG).appeal, runtime.clock.now())
        runtime.forget()

    return show


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server on loopback that takes everything until it is told otherwise."""
    with running_mail_server() as server:
        yield server


@pytest.fixture
def mail_runtime(runtime: Runtime, mail_server: MailServer, tmp_path: Path, database_url: str) -> Iterator[Runtime]:
    """The same site over the same database, with a mail server; ``mail_runtime.delivery.run()`` sends what is due."""
    sending = {"smtp_url": mail_server.url, "mail_from": "Letters <letters@example.org>"}
    settings = make_settings(tmp_path, database_url, **sending)
    graph = replace(runtime, settings=settings)
    graph.__dict__["renderer"] = runtime.renderer
    yield graph
    graph.close()
