"""The bare equivalents: a Flask app that does nothing but greet, and nothing but one INSERT."""

import os
import threading
from collections.abc import Callable

import psycopg_pool
from flask import Flask, request
from werkzeug.wrappers import Response

from campaign.core.database import Database

_FIELDS = ("name", "email", "country", "city", "locale", "consent_count")
_TABLE = f"CREATE TABLE petition ({', '.join(f'{name} text NOT NULL' for name in _FIELDS)})"

Row = tuple[str, ...]


def _insert(placeholder: str) -> str:
    return f"INSERT INTO petition VALUES ({', '.join([placeholder] * len(_FIELDS))})"  # noqa: S608 - our own names


def _sqlite_writer(database: Database) -> Callable[[Row], None]:
    # The product's own way of opening the file: the same pragmas by construction. One connection and one lock, because
    # waiting for each other inside SQLite would only slow the bare view down.
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(_TABLE)
    statement, turn = _insert("?"), threading.Lock()

    def write(row: Row) -> None:
        with turn:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(statement, row)
            cursor.execute("COMMIT")

    return write


def _postgresql_writer(database: Database) -> Callable[[Row], None]:
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    pool = psycopg_pool.ConnectionPool(address, min_size=10, kwargs={"autocommit": True}, open=True)
    with pool.connection() as connection:
        connection.execute(_TABLE)
    statement = _insert("%s").encode()

    def write(row: Row) -> None:
        with pool.connection() as connection:
            connection.execute(statement, row)

    return write


def _app(address: str) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "hello"

    if address:
        database = Database(address)
        write = _sqlite_writer(database) if database.is_sqlite else _postgresql_writer(database)

        @app.post("/")
        def insert() -> Response:
            write(tuple(request.form[name] for name in _FIELDS))
            return Response("", 303, {"Location": "/thanks"})

    return app


app = _app(os.environ.get("BENCH_DATABASE", ""))
