"""A PostgreSQL server that restarts: who rested is asked before it is used, in a burst nobody is."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from campaign.core import database as room
from campaign.core.database import Database

pytestmark = pytest.mark.postgresql


@pytest.fixture
def postgresql(postgresql_database: str):
    database = Database(postgresql_database)
    yield database
    database.dispose()


@pytest.fixture
def in_a_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what follows be one burst, however slow the machine is."""
    monkeypatch.setattr(room, "_FRESH_SECONDS", 3600.0)


def _backend(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(text("SELECT pg_backend_pid()")).one()


def _end(address: str, backend: int) -> None:
    other = Database(address)
    with other.reading() as session:
        assert session.scalars(text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": backend}).one()
    other.dispose()


def test_a_connection_that_rested_and_is_gone_is_replaced_before_anybody_notices(
    postgresql: Database, postgresql_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _backend(postgresql)
    _end(postgresql_database, before)
    monkeypatch.setattr(room, "_FRESH_SECONDS", 0.0)  # as if it had rested for longer
    assert _backend(postgresql) != before


@pytest.mark.usefixtures("in_a_burst")
def test_in_a_burst_the_server_is_not_asked_before_each_transaction(postgresql: Database) -> None:
    asked, ping = [], postgresql.engine.dialect.do_ping
    postgresql.engine.dialect.do_ping = lambda connection: asked.append(1) or ping(connection)  # type: ignore[method-assign]
    first = _backend(postgresql)
    asked.clear()
    assert [_backend(postgresql) for _ in range(5)] == [first] * 5
    assert not asked


@pytest.mark.usefixtures("in_a_burst")
def test_who_meets_a_lost_connection_in_a_burst_is_told_and_nobody_after_them(
    postgresql: Database, postgresql_database: str
) -> None:
    before = _backend(postgresql)
    _end(postgresql_database, before)
    with pytest.raises(OperationalError):
        _backend(postgresql)
    assert _backend(postgresql) != before
