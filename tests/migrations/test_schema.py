"""The migrations make exactly the tables that the models describe, on both databases, in both directions."""

import importlib
import pkgutil
import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import campaign
from campaign.core.database import Base, Database, take_turn
from campaign.core.migrating import MIGRATIONS, migrate
from tests.revisions import migrate_down, newest_revision, schema_revision

for module in pkgutil.walk_packages(campaign.__path__, "campaign."):
    if module.name.endswith(".tables"):
        importlib.import_module(module.name)

_CONSTRAINTS = """
    SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""
_COLUMNS = """
    SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, character_maximum_length,
                     is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"


def _one_form(definition: str) -> str:
    """Return SQL without quotes and layout, and a table's constraints in one order."""
    flat = re.sub(r"\s+", " ", definition.replace('"', "")).replace("( ", "(").replace(" )", ")")
    return " ".join(sorted(re.split(r", (?=CONSTRAINT|[a-z_]+ [A-Z])", flat)))


def _schema(database: Database) -> set[str]:
    """Describe every table, column, index and constraint but alembic's own table."""
    queries = (
        ["SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"]
        if database.is_sqlite
        else [_CONSTRAINTS, _COLUMNS, _INDEXES]
    )
    with database.reading() as session:
        found = {_one_form(row) for query in queries for row in session.scalars(text(query))}
    return {row for row in found if "alembic_version" not in row}


def test_the_migrations_make_what_the_models_describe(empty_database: Database) -> None:
    migrate(empty_database)
    migrated = _schema(empty_database)
    migrate_down(empty_database, "base")
    Base.metadata.create_all(empty_database.engine)
    assert migrated == _schema(empty_database)
    assert len(migrated) >= 7


def test_every_revision_goes_up_and_down_and_up_again(empty_database: Database) -> None:
    migrate(empty_database)
    first = _schema(empty_database)
    migrate_down(empty_database, "base")
    assert _schema(empty_database) == set()
    migrate(empty_database)
    assert _schema(empty_database) == first
    assert schema_revision(empty_database) == newest_revision()


def test_migrating_an_up_to_date_database_changes_nothing(database: Database) -> None:
    before = _schema(database)
    migrate(database)
    assert _schema(database) == before


def test_nodes_that_start_at_the_same_moment_do_not_collide(empty_database: Database) -> None:
    nodes = [Database(empty_database.url.render_as_string(hide_password=False)) for _ in range(4)]
    start, errors = threading.Barrier(len(nodes)), []

    def run(node: Database) -> None:
        start.wait()
        try:
            migrate(node)
        except BaseException as error:  # noqa: BLE001 - the test reports whatever went wrong in the thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.dispose()
    assert errors == []
    assert schema_revision(empty_database) == newest_revision()


def test_signatures_and_links_from_before_own_consents_stay_as_they_are(empty_database: Database) -> None:
    migrate(empty_database)
    migrate_down(empty_database, "0007")
    row = {"id": b"i" * 16, "h": b"h" * 32, "sealed": b"sealed", "day": "2026-11-21"}
    with empty_database.unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO signature VALUES ('ua-61-21', :id, 1, 1, 'confirmed', :day, 'CA', :h, :sealed, :h, :h, 0)"
            ),
            row,
        )
        session.execute(text("INSERT INTO link VALUES (:h, 'ua-61-21', :id, 'manage', :day)"), row)
    kept = {table: f"SELECT * FROM {table}" for table in ("signature", "link")}

    def rows() -> dict[str, list[tuple[object, ...]]]:
        with empty_database.reading() as session:
            return {table: [tuple(one) for one in session.execute(text(query))] for table, query in kept.items()}

    before = rows()
    migrate(empty_database, "0008")
    assert rows() == {table: [(*one, None) for one in found] for table, found in before.items()}
    migrate_down(empty_database, "0007")
    assert rows() == before


def test_of_those_who_wait_for_one_address_one_is_kept_on_the_way_back(empty_database: Database) -> None:
    migrate(empty_database, "0010")
    row = "('ua-61-21', :id, 1, 1, :state, '2026-11-21', 'CA', :index, :id, :id, :index, 0, NULL)"
    waiting = ["pending", "invalidated", "pending", "confirmed", "pending", "invalidated", "pending", "pending"]
    with empty_database.unit_of_work() as session:
        for place, state in enumerate(waiting):
            values = {"id": bytes([place]) * 16, "state": state, "index": bytes([place // 4]) * 32}
            session.execute(text(f"INSERT INTO signature VALUES {row}"), values)
    left = text("SELECT blind_index, state, id FROM signature ORDER BY blind_index")
    for change, revision in ((migrate_down, "0009"), (migrate, "0010")):
        change(empty_database, revision)
        with empty_database.reading() as session:
            found = [tuple(one) for one in session.execute(left)]
        assert found == [(bytes(32), "confirmed", b"\3" * 16), (b"\1" * 32, "pending", b"\4" * 16)]


@pytest.mark.parametrize("empty_database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_node_waits_while_another_one_migrates(empty_database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    node = threading.Thread(target=migrate, args=(empty_database,))
    with empty_database.unit_of_work() as session:
        take_turn(session, "migrations")
        node.start()
        while session.scalars(waiting).one() == 0:
            assert node.is_alive()
        assert schema_revision(empty_database) is None
    node.join()
    assert schema_revision(empty_database) == newest_revision()


def test_a_migration_that_fails_leaves_nothing_behind(empty_database: Database) -> None:
    with empty_database.unit_of_work() as session:
        session.execute(text("CREATE TABLE letter_total (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="letter_total"):
        migrate(empty_database)
    assert inspect(empty_database.engine).get_table_names() == ["letter_total"]


def test_tables_with_a_row_per_person_keep_no_order_on_sqlite(sqlite_template: Path) -> None:
    database = Database(f"sqlite:///{sqlite_template}")
    with database.reading() as session:
        definitions = dict(session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    database.dispose()
    for name in ("signature", "draft", "letter_made", "case_given", "public_name"):
        assert definitions[name].rstrip().endswith("WITHOUT ROWID")


def test_revisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in Path(MIGRATIONS / "versions").glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]
