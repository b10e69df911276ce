"""One engine, one unit of work: SQLite by default, PostgreSQL by its address, the same code on both."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session

from campaign.core import sqlite
from campaign.core.cursors import hide_values
from campaign.core.turns import Turns

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_FOLD_SECONDS = 0.2
_FRESH_SECONDS = 1.0
_USED = "used"
_DO_NOT_WAIT = text("SET LOCAL synchronous_commit TO OFF")


class Base(DeclarativeBase):
    """The base of every table; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMES)


def _with_driver(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


class Database:
    """The engine and the ways to use it: read, or write and commit once."""

    def __init__(self, url: str) -> None:
        """Prepare an engine for a SQLAlchemy address such as ``sqlite:///instance/campaign.db``."""
        self.url = _with_driver(url)
        # hide_parameters: an error message must never carry what a supporter typed.
        self.engine: Engine = create_engine(self.url, hide_parameters=True, **self._pool_options())
        self._writing = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        self._turns = Turns(self._turn_file())
        self._before_commit: list[Callable[[Session], None]] = []
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", self._make_private)
            event.listen(self.engine, "connect", sqlite.prepare_connection)
            event.listen(self.engine, "begin", sqlite.begin)
        else:
            event.listen(self.engine, "handle_error", _hide_values)
            event.listen(self.engine, "checkin", _note_use)
            event.listen(self.engine, "checkout", self._ask_if_alive)

    @property
    def is_sqlite(self) -> bool:
        """Say whether the rows live in a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    def _pool_options(self) -> dict[str, Any]:
        if self.is_sqlite:
            return {"connect_args": {"check_same_thread": False}}
        return {"pool_size": 10, "max_overflow": 10}

    def _ask_if_alive(self, connection: Any, record: Any, _proxy: object) -> None:
        """Ask a server that was silent for a moment whether it is there; a burst need not ask before each signature."""
        if time.monotonic() - record.info.get(_USED, 0.0) < _FRESH_SECONDS:
            return
        dialect = self.engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    def _make_private(self, *_arguments: object) -> None:
        """Make a new SQLite file readable for this account only; its companions take over the same mode."""
        if self.url.database and self.url.database != ":memory:":
            with suppress(OSError):  # it exists; or it cannot be made, which SQLite says better
                os.close(os.open(self.url.database, os.O_CREAT | os.O_EXCL, 0o600))

    def _turn_file(self) -> Path | None:
        """Return the file beside a SQLite database that its writers queue at; a database in memory has one process."""
        name = self.url.database
        return Path(f"{name}-turn") if self.is_sqlite and name and name != ":memory:" else None

    def _turn(self) -> AbstractContextManager[object]:
        return self._turns.taken() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session whose changes, if any, are thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def unit_of_work(self, *, durable: bool = True) -> Iterator[Session]:
        """Give a session that commits once when the block ends well, and rolls back when it does not.

        On SQLite one writer at a time enters, of all processes: waiting for a lock here is fair and cheap, waiting
        inside SQLite is neither. What is not ``durable`` is committed without waiting for the disk: a power cut may
        take the last of it, a killed process takes none.
        """
        with self._turn(), Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection(execution_options={"sqlite_begin": "IMMEDIATE", "sqlite_durable": durable})
            elif not durable:
                session.execute(_DO_NOT_WAIT)
            yield session
            for act in self._before_commit:
                act(session)
            session.commit()

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        """Give a plain connection that commits once: a unit of work for many rows, which needs no objects.

        Nothing may happen in it that a journal has to know of: what :meth:`before_commit` announces is not called.
        """
        with self._turn(), self._writing.begin() as connection:
            yield connection

    def before_commit(self, act: Callable[[Session], None]) -> None:
        """Call ``act`` with every unit of work that is about to commit: for what must be on another file first."""
        self._before_commit.append(act)

    def forget_deleted(self) -> bool:
        """Fold SQLite's write-ahead log into the file and empty it, so that deleted rows are gone from both.

        Say whether it is empty now: somebody who is reading what was there before keeps it for a while, and is not
        waited for, since all writers would wait too. On other databases there is nothing to do.
        """
        if not self.is_sqlite:
            return True
        with self._turn(), self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # a checkpoint is refused inside a transaction
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_FOLD_SECONDS * 1000:.0f}")
            busy, *_pages = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={sqlite.BUSY_SECONDS * 1000}")
        return not busy

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self._turns.close()


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _hide_values(context: ExceptionContext) -> None:
    """Keep values out of what SQLAlchemy raises, which ``hide_parameters`` alone does not."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    full = str(error)
    hide_values(error)
    if wrapped is not None:
        wrapped.args = tuple(part.replace(full, str(error)) if isinstance(part, str) else part for part in wrapped.args)


def table_of(model: type[Base]) -> Table:
    """Return the plain table of a model, for statements that need no objects."""
    return cast("Table", model.__table__)


def take_turn(session: Session, name: str) -> None:
    """Wait until no other transaction, in any process, holds the turn called ``name``; keep it until the commit.

    On SQLite a unit of work is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
