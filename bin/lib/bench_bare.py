"""The bare equivalents: a Flask app that does nothing but greet, and nothing but one INSERT."""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from flask import Flask, request
from sqlalchemy import Column, MetaData, Table, Text, insert
from werkzeug.wrappers import Response

from campaign.core.database import Database

_FIELDS = ("name", "email", "country", "city", "locale", "consent_count")
_TABLE = Table("petition", MetaData(), *(Column(name, Text, nullable=False) for name in _FIELDS))
_INSERT = insert(_TABLE)


def _writer(database: Database) -> Callable[[dict[str, str]], None]:
    """Return what writes one row and commits it, through the same library and engine as the product.

    The same engine means the same pragmas by construction. One lock on SQLite, as the product has one: waiting for each
    other inside SQLite would only slow the bare view down.
    """
    _TABLE.create(database.engine)
    turn: AbstractContextManager[object] = threading.Lock() if database.is_sqlite else nullcontext()
    engine = database.engine.execution_options(sqlite_begin="IMMEDIATE")

    def write(row: dict[str, str]) -> None:
        with turn, engine.begin() as connection:
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
