"""The audit log is written in order and shows every line that was changed, taken out or put in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from campaign import audit
from campaign.audit.tables import AuditLine
from campaign.core.database import Database

DAY = date(2026, 11, 21)


def _write(database: Database, *objects: str) -> None:
    for name in objects:
        with database.unit_of_work() as session:
            audit.record(session, DAY, audit.Actor.COMMAND, audit.Action.EXPORTED, name)


def _check(database: Database, known: bytes | None = None) -> audit.Entry | None:
    with database.reading() as session:
        return audit.check(session, known)


def test_an_untouched_log_checks_and_gives_its_newest_line(database: Database) -> None:
    assert _check(database) is None
    _write(database, "one", "two", "three")
    newest = _check(database)
    assert newest is not None
    assert (newest.n, newest.object, newest.actor, newest.action) == (3, "three", "command line", "exported")


def test_each_line_holds_the_hash_of_the_one_before(database: Database) -> None:
    _write(database, "one", "two", "three")
    with database.reading() as session:
        lines = list(audit.entries(session))
    assert [line.previous for line in lines] == [bytes(32), lines[0].hash, lines[1].hash]
    assert len({line.hash for line in lines}) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"day": date(2026, 11, 22)},
        {"actor": "periodic job"},
        {"action": "purged"},
        {"object": "twO"},
        {"previous": bytes(32)},
        {"hash": bytes(32)},
        {"n": 7},
    ],
    ids=str,
)
def test_one_changed_line_breaks_the_chain(database: Database, change: dict[str, Any]) -> None:
    _write(database, "one", "two", "three")
    with database.unit_of_work() as session:
        session.execute(update(AuditLine).where(AuditLine.n == 2).values(**change))
    with pytest.raises(audit.ChainError, match="line 2 is not as it was written"):
        _check(database)


@pytest.mark.parametrize("gone", [1, 2])
def test_a_line_taken_out_breaks_the_chain(database: Database, gone: int) -> None:
    _write(database, "one", "two", "three")
    with database.unit_of_work() as session:
        session.execute(delete(AuditLine).where(AuditLine.n == gone))
    with pytest.raises(audit.ChainError, match=f"line {gone}"):
        _check(database)


def test_an_end_that_was_cut_off_shows_against_a_hash_kept_elsewhere(database: Database) -> None:
    _write(database, "one", "two")
    kept = _check(database)
    assert kept is not None
    _write(database, "three")
    assert _check(database, kept.hash) is not None
    with database.unit_of_work() as session:
        session.execute(delete(AuditLine).where(AuditLine.n >= 2))
    assert _check(database) is not None
    with pytest.raises(audit.ChainError, match="not in the audit log any more"):
        _check(database, kept.hash)


def test_words_moved_from_one_column_to_the_next_make_another_hash(database: Database) -> None:
    with database.unit_of_work() as session:
        audit.record(session, DAY, "ab", "c", "d")
    with database.reading() as session:
        (line,) = audit.entries(session)
    with database.unit_of_work() as session:
        session.execute(delete(AuditLine))
        session.execute(insert(AuditLine).values(vars(line) | {"actor": "a", "action": "bc"}))
    with pytest.raises(audit.ChainError):
        _check(database)


def test_a_line_is_part_of_the_transaction_it_tells_about(database: Database) -> None:
    def broken_off() -> None:
        with database.unit_of_work() as session:
            audit.record(session, DAY, audit.Actor.JOB, audit.Action.PURGED, "nothing")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert _check(database) is None


def test_processes_that_write_at_the_same_moment_make_one_chain(database: Database) -> None:
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        _write(database, f"export {number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    newest = _check(database)
    assert newest is not None
    assert newest.n == 6


def test_long_words_are_cut_and_lines_stay_one_line(database: Database) -> None:
    _write(database, "a\nb\x00" + " " * 9 + "x" * 1000)
    with database.reading() as session:
        written = session.scalars(select(AuditLine.object)).one()
    assert written.startswith("a b x")
    assert len(written) == 400
    assert _check(database) is not None


def test_a_long_log_is_walked_a_few_hundred_lines_at_a_time(database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(1203):
            audit.record(session, DAY, audit.Actor.JOB, audit.Action.PURGED, str(number))
    newest = _check(database)
    assert newest is not None
    assert newest.n == 1203
