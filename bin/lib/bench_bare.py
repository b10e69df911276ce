"""The bare equivalents: a Flask app that does nothing but greet, and nothing but one INSERT."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from flask import Flask, request
from sqlalchemy import Column, MetaData, Table, Text, insert, text
from sqlalchemy.schema import CreateTable
from werkzeug.wrappers import Response

from campaign.core.database import Database
from campaign.core.turns import Turns

_FIELDS = ("name", "email", "country", "city", "locale", "consent_count")
_TABLE = Table("petition", MetaData(), *(Column(name, Text, nullable=False) for name in _FIELDS))
_INSERT = insert(_TABLE)


def _writer(database: Database) -> Callable[[dict[str, str]], None]:
    """Return what writes one row and commits it, through the same library and engine as the product.

    The same engine means the same pragmas by construction. On SQLite all writers queue as the product's
    do: waiting for each other inside SQLite would only slow the bare view down.
    """
    turns = Turns(Path(f"{database.url.database}-turn")) if database.is_sqlite else None
    engine = database.engine.execution_options(sqlite_begin="IMMEDIATE")
    with turns.taken() if turns else nullcontext(), engine.begin() as connection:
        if not turns:  # two processes must not create it at once
            connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
        connection.execute(CreateTable(_TABLE, if_not_exists=True))

    def write(row: dict[str, str]) -> None:
        with turns.taken() if turns else nullcontext(), engine.begin() as connection:
            connection.execute(_INSERT, row)

    return write


def _app(address: str) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "hello"

    if address:
        database = Database(address)
        write = _writer(database)

        @app.post("/")
        def insert() -> Response:
            write({name: request.form[name] for name in _FIELDS})
            return Response("", 303, {"Location": "/thanks"})

    return app


app = _app(os.environ.get("BENCH_DATABASE", ""))
