"""What every test may ask for: a fresh database of either kind, a clock that stands still, and no network."""

import itertools
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy import create_engine, make_url, text

from campaign.core.clock import SystemClock
from campaign.core.database import Database
from campaign.core.migrating import migrate
from tests.clock import FixedClock
from tests.loopback import only_loopback
from tests.postgresql import running_server

pytest_plugins = ["tests.site", "tests.chromium"]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BOTH_DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]
_numbers = itertools.count()

# A busy machine must not fail a test: nothing here asserts how long something takes.
settings.register_profile("campaign", deadline=None)
settings.load_profile("campaign")


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a module say why the kind of database makes no difference to it: ``ON_SQLITE_ALONE = "a reason"``."""
    marked = any("database_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if hasattr(metafunc.module, "ON_SQLITE_ALONE") and "database_url" in metafunc.fixturenames and not marked:
        metafunc.definition.add_marker(pytest.mark.parametrize("database_url", ["sqlite"], indirect=True))


@pytest.fixture
def clock() -> FixedClock:
    """A clock standing at noon UTC on 21 November 2026."""
    return FixedClock(NOW)


@pytest.fixture
def machine_clock(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The clock of this test, also for commands, which ask the machine: a test must say the same on every day."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Keep every test of this process on loopback."""
    with only_loopback():
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, one per test process."""
    with running_server() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file made by the real migrations, to be copied."""
    path = tmp_path_factory.mktemp("template") / "campaign.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()  # the last connection to close folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> str:
    """The address of a PostgreSQL database made by the real migrations, to be emptied before each use."""
    _administer(postgresql_server, "CREATE DATABASE campaign")
    database = Database(_sibling(postgresql_server, "campaign"))
    migrate(database)
    database.dispose()
    return _sibling(postgresql_server, "campaign")


def _empty(address: str) -> str:
    """Delete every row but the schema's revision; a new database for each test would take a hundred times as long."""
    with psycopg.connect(make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)) as one:
        one.execute("SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica")  # in any order
        tables = one.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for table in {name for (name,) in tables} - {"alembic_version"}:
            one.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    return address


def _sibling(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def _administer(address: str, command: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
    engine.dispose()


@pytest.fixture(params=BOTH_DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database without rows: a SQLite file, and then a PostgreSQL database."""
    if request.param == "postgresql":
        return _empty(request.getfixturevalue("postgresql_database"))
    return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'campaign.db')}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database without rows; every test that asks for it runs on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture(params=BOTH_DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, of either kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        server, name = request.getfixturevalue("postgresql_server"), f"empty_{next(_numbers)}"
        _administer(server, f"CREATE DATABASE {name}")
        database = Database(_sibling(server, name))
    yield database
    database.dispose()
