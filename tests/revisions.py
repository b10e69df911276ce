"""Where a database stands among the revisions, and the way back to an earlier one: tests go it, and no command does."""

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from campaign.core.database import Database
from campaign.core.migrating import MIGRATIONS, run_alembic


def migrate_down(database: Database, revision: str) -> None:
    """Take back every revision after ``revision`` (``"base"`` for all), with the rows it held."""
    run_alembic(database, command.downgrade, revision)


def schema_revision(database: Database) -> str | None:
    """Return the revision the database stands at, or ``None`` when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
