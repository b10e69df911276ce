"""Bringing a database to the newest schema, also when several nodes start at the same moment."""

import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from campaign.core.database import Database, take_turn

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Alembic's environment is one per process: two threads in it would migrate through each other's connection.
_one_at_a_time = threading.Lock()


def migrate(database: Database, revision: str = "head") -> None:
    """Apply every missing revision up to ``revision`` in one transaction: all of them or none.

    Nodes that start together take turns, so the second finds nothing left to do.
    """
    _run(database, command.upgrade, revision)


def migrate_down(database: Database, revision: str) -> None:
    """Take back every revision after ``revision`` (``"base"`` for all), with the rows it held."""
    _run(database, command.downgrade, revision)


def schema_revision(database: Database) -> str | None:
    """Return the revision the database stands at, or ``None`` when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _run(database: Database, action: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _one_at_a_time, database.unit_of_work() as session:
        take_turn(session, "migrations")
        config.attributes["connection"] = session.connection()
        action(config, revision)
