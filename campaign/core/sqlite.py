"""SQLite as this program wants it: it loses nothing that was acknowledged, and keeps nothing that was deleted."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection

from campaign.core.cursors import driver_cursor

BUSY_SECONDS = 10
"""How long a connection waits for a lock that somebody else holds."""

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",  # first: the others may have to wait too
    # A row that spills into overflow pages leaves them in the order of arrival; on large pages none spills.
    "PRAGMA page_size=16384",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged signatures when the power goes
    "PRAGMA secure_delete=ON",  # a deleted draft leaves no bytes behind
    "PRAGMA foreign_keys=ON",
)


def prepare_connection(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    connection.isolation_level = None  # the driver's own BEGIN would come too late to be IMMEDIATE
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    _use_write_ahead_log(cursor)
    cursor.close()


def _use_write_ahead_log(cursor: Any) -> None:
    """Switch a new file to the write-ahead log; SQLite does not queue for this lock, so processes try in turn."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def begin(connection: Connection) -> None:
    """Begin a transaction as the options of ``connection`` say: ``sqlite_begin`` and ``sqlite_durable``."""
    options = connection.get_execution_options()
    mode = options.get("sqlite_begin", "DEFERRED")
    if mode == "IMMEDIATE":  # the pool hands the connection on, so it remembers how it was left
        level = "FULL" if options.get("sqlite_durable", True) else "NORMAL"
        if connection.info.get("synchronous", "FULL") != level:
            _run(connection, f"PRAGMA synchronous={level}")
            connection.info["synchronous"] = level
    _run(connection, f"BEGIN {mode}")


def _run(connection: Connection, statement: str) -> None:
    with driver_cursor(connection) as cursor:
        cursor.execute(statement)
