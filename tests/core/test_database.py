"""One unit of work commits once; messages of the database keep quiet about values; SQLite is set up to lose nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from campaign.core.database import Database, take_turn
from campaign.core.inserting import Rows, insert_once, insert_rows
from campaign.keys.tables import SealingKey
from campaign.signatures.tables import CaseTotal, State, Total

MARKER = "aygul-marker"


def _key(slug: str = "ua-61-21", epoch: int = 1) -> dict[str, Any]:
    day = date(2026, 11, 21)
    return {"slug": slug, "epoch": epoch, "public_key": b"public", "fingerprint": bytes(32), "day": day}


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(SealingKey)).one()


def test_a_unit_of_work_commits_when_it_ends_well(database: Database) -> None:
    with database.unit_of_work() as session:
        session.add(SealingKey(**_key()))
    assert _count(database) == 1


def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    def store_and_fail() -> None:
        with database.unit_of_work() as session:
            session.add(SealingKey(**_key()))
            session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        store_and_fail()
    assert _count(database) == 0


def test_changes_made_while_only_reading_are_thrown_away(database: Database) -> None:
    with database.reading() as session:
        session.add(SealingKey(**_key()))
        session.flush()
    assert _count(database) == 0


def test_a_row_is_inserted_once_and_the_caller_is_told(database: Database) -> None:
    with database.unit_of_work() as session:
        assert insert_once(session.connection(), SealingKey, ("slug", "epoch"), _key())
        assert not insert_once(session.connection(), SealingKey, ("slug", "epoch"), _key())
    assert _count(database) == 1


def _total(day: date, n: int = 1) -> dict[str, Any]:
    return {"slug": "ua-61-21", "day": day, "country": "CA", "state": State.CONFIRMED, "n": n}


def test_rows_of_several_tables_are_stored_in_one_go_and_read_back_as_they_were(database: Database) -> None:
    days = [date(2026, 11, day) for day in (1, 2, 3)]
    with database.unit_of_work() as session:
        keys, totals = [_key(epoch=2), _key()], [_total(day, day.day) for day in days]
        insert_rows(session.connection(), Rows(SealingKey, keys), Rows(CaseTotal, []), Rows(Total, totals))
    with database.reading() as session:
        stored = session.scalars(select(SealingKey).order_by(SealingKey.epoch)).all()
        assert [(one.epoch, bytes(one.public_key), one.day) for one in stored] == [
            (1, b"public", date(2026, 11, 21)),
            (2, b"public", date(2026, 11, 21)),
        ]
        counted = session.scalars(select(Total).order_by(Total.day)).all()
        assert [(one.day, one.state, one.n) for one in counted] == [(day, State.CONFIRMED, day.day) for day in days]


def test_without_rows_nothing_is_asked_of_the_database() -> None:
    nobody: Any = None
    insert_rows(nobody, Rows(SealingKey, []), Rows(Total, []))
    insert_rows(nobody)


def test_among_many_rows_those_that_are_there_already_are_left_out(database: Database) -> None:
    with database.unit_of_work() as session:
        insert_rows(session.connection(), Rows(SealingKey, [_key(), _key(epoch=2)]))
    with database.unit_of_work() as session:
        again = Rows(SealingKey, [_key(epoch=number) for number in (1, 2, 3)], ("slug", "epoch"))
        insert_rows(session.connection(), again, Rows(Total, [_total(date(2026, 11, 1))]))
    assert _count(database) == 3


def test_when_one_row_is_refused_none_of_any_table_is_stored(database: Database) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        insert_rows(session.connection(), Rows(Total, [_total(date(2026, 11, 1))]), Rows(SealingKey, [_key(), _key()]))
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Total)).one() == 0
    assert _count(database) == 0


def test_forty_writers_at_the_same_moment_all_succeed(database: Database) -> None:
    start = threading.Barrier(40)

    def write(number: int) -> None:
        start.wait()
        with database.unit_of_work() as session:
            session.add(SealingKey(**_key(epoch=number)))

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(write, range(40)))
    assert _count(database) == 40


def test_a_turn_lets_one_transaction_in_at_a_time(database: Database) -> None:
    inside, most = [0], [0]

    def enter(_number: int) -> None:
        with database.unit_of_work() as session:
            take_turn(session, "the same")
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            session.execute(text("SELECT pg_sleep(0.005)" if not database.is_sqlite else "SELECT 1"))
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(24)))
    assert most == [1]


def _duplicate(session: Any) -> None:
    session.execute(insert(SealingKey), [_key(MARKER), _key(MARKER)])


def _duplicate_in_the_drivers_words(session: Any) -> None:
    insert_rows(session.connection(), Rows(SealingKey, [_key(MARKER), _key(MARKER)]))


def _outside_a_check(session: Any) -> None:
    values = {"slug": MARKER, "day": "2026-11-21", "country": "CA", "state": MARKER[:12], "n": 1}
    session.execute(
        text("INSERT INTO total (slug, day, country, state, n) VALUES (:slug, :day, :country, :state, :n)"), values
    )


def _missing(session: Any) -> None:
    session.execute(insert(SealingKey), _key(MARKER) | {"public_key": None})


def _no_such_table(session: Any) -> None:
    session.execute(text("SELECT :marker FROM nowhere"), {"marker": MARKER})


def _not_a_number(session: Any) -> None:
    session.execute(text("SELECT CAST(:marker AS integer) FROM nowhere_either"), {"marker": MARKER})


_MISTAKES = [
    _duplicate,
    _duplicate_in_the_drivers_words,
    _outside_a_check,
    _missing,
    _no_such_table,
    _not_a_number,
]


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_a_database_error_never_contains_what_was_to_be_stored(database: Database, mistake: Any) -> None:
    with pytest.raises(DBAPIError) as caught, database.unit_of_work() as session:
        mistake(session)
    shown = f"{caught.value} {caught.value!r} {caught.value.orig} {caught.value.orig!r}"
    assert MARKER not in shown
    assert MARKER.encode().hex() not in shown


@pytest.mark.postgresql
def test_a_value_in_the_first_line_of_a_postgresql_error_is_hidden_too(postgresql_server: str) -> None:
    database = Database(postgresql_server)
    with pytest.raises(DBAPIError) as caught, database.reading() as session:
        session.execute(text("SELECT CAST(:marker AS text)::integer"), {"marker": MARKER})
    database.dispose()
    assert MARKER not in f"{caught.value} {caught.value.orig!r}"
    assert "22P02" in str(caught.value)


@pytest.mark.postgresql
def test_a_connection_that_the_server_ended_is_not_used_again(postgresql_database: str) -> None:
    database, other = Database(postgresql_database), Database(postgresql_database)
    end_others = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with database.unit_of_work() as session:
        session.execute(delete(SealingKey))

    def write_while_the_server_ends_it() -> None:
        with database.batch() as connection:
            with other.unit_of_work() as session:
                session.execute(end_others)
            insert_rows(connection, Rows(SealingKey, [_key()]))

    with pytest.raises(OperationalError):
        write_while_the_server_ends_it()
    with database.batch() as connection:
        insert_rows(connection, Rows(SealingKey, [_key()]))
    assert _count(database) == 1
    for one in (database, other):
        one.dispose()


def test_an_error_still_names_the_constraint_that_refused(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.unit_of_work() as session:
        _outside_a_check(session)
    assert "ck_total_state" in str(caught.value)


def test_totals_accept_only_known_states(database: Database) -> None:
    with pytest.raises(DBAPIError, match="ck_total_state"), database.unit_of_work() as session:
        session.add(Total(slug="a", day=date(2026, 11, 21), country="CA", state="guessed", n=1))
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Total)).one() == 0


def test_sqlite_waits_for_the_disk_and_overwrites_what_is_deleted(sqlite_template: Any) -> None:
    database = Database(f"sqlite:///{sqlite_template}")
    with database.reading() as session:
        found = {
            name: session.scalars(text(f"PRAGMA {name}")).one()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "page_size")
        }
    database.dispose()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "secure_delete": 1,
        "foreign_keys": 1,
        "page_size": 16384,
    }


def test_a_new_sqlite_file_and_its_log_belong_to_their_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.unit_of_work() as session:
        session.execute(text("CREATE TABLE something (id INTEGER)"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    database.dispose()
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm", "new.db-turn"), 0o600)


def test_a_folder_that_is_not_there_is_an_error_of_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}")
    with pytest.raises(DBAPIError, match="unable to open"), database.reading() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("address", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_spelling_of_a_postgresql_address_uses_the_same_driver(address: str) -> None:
    database = Database(address)
    assert database.url.drivername == "postgresql+psycopg"
    assert not database.is_sqlite


def test_a_commit_waits_for_the_disk_unless_it_need_not_be_durable(database: Database) -> None:
    question = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"
    waits = {True: {2, "on"}, False: {1, "off"}}
    for durable in (True, False, True):
        with database.unit_of_work(durable=durable) as session:
            asked = session.connection().exec_driver_sql(question).scalar_one()
            if database.is_sqlite or not durable:
                assert asked in waits[durable]
