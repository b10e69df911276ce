"""Bringing a database to the newest schema, also when several nodes start at the same moment."""

import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from campaign.core.database import Database, take_turn

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Alembic's environment is one per process: two threads in it would migrate through each other's connection.
_one_at_a_time = threading.Lock()


def migrate(database: Database, revision: str = "head") -> None:
    """Apply every missing revision up to ``revision`` in one transaction: all of them or none.

    Nodes that start together take turns, so the second finds nothing left to do.
    """
    run_alembic(database, command.upgrade, revision)


def run_alembic(database: Database, action: Callable[[Config, str], None], revision: str) -> None:
    """Run one of alembic's commands over our revisions, in one transaction and while nobody else runs any."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _one_at_a_time, database.unit_of_work() as session:
        take_turn(session, "migrations")
        config.attributes["connection"] = session.connection()
        action(config, revision)
