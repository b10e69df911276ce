"""Promise: who withdraws is gone, from every file, and stays gone when yesterday's backup is copied back."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from campaign.core.database import Base
from campaign.signatures import LinkPurpose, Signature, count_new, signed_total
from campaign.signatures.tables import Link
from tests.links import link_to
from tests.visitor import SLUG, Visitor

PEOPLE = 12
WITHDRAWING = 5
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Other databases keep their files to themselves."""


def ids(runtime):
    with runtime.database.reading() as session:
        rows = session.scalars(select(Signature))
        return {row.id: (row.blind_index, row.mac, row.sealed[-64:], row.own_consents) for row in rows}


def sign_all(app, runtime):
    for number in range(PEOPLE):
        assert Visitor(app).sign(email=f"person{number}@example.org").status_code == 303
    with runtime.database.unit_of_work() as session:
        count_new(session, SLUG)
    return ids(runtime)


def withdraw_some(app, runtime, signed):
    gone = list(signed)[:WITHDRAWING]
    tokens = [link_to(runtime.database, row_id, LinkPurpose.MANAGE) for row_id in gone]
    for token in tokens:
        assert Visitor(app).post(f"/m/{token}/withdraw").status_code == 303
    return gone, tokens


def total(runtime):
    with runtime.database.reading() as session:
        return signed_total(session, SLUG).total


class Backup:
    """Yesterday's copy of the database, however that database is kept."""

    def __init__(self, runtime, folder):
        self.database, self.copy = runtime.database, folder / "backup.db"
        if self.database.is_sqlite:
            with self.database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql(f"VACUUM INTO '{self.copy}'")
        else:
            with self.database.reading() as session:
                tables = Base.metadata.sorted_tables
                self.rows = {
                    table: [dict(row) for row in session.execute(select(table)).mappings()] for table in tables
                }

    def restore(self):
        if self.database.is_sqlite:
            self.database.dispose()
            path = Path(self.database.url.database)
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            shutil.copy(self.copy, path)
            return
        with self.database.unit_of_work() as session:
            for table, rows in self.rows.items():
                session.execute(text(f'DELETE FROM "{table.name}"'))
                if rows:
                    session.execute(insert(table), rows)


def test_nothing_of_them_is_left_in_the_database_and_one_less_is_counted_for_each(app, runtime):
    signed = sign_all(app, runtime)
    gone, tokens = withdraw_some(app, runtime, signed)
    assert set(ids(runtime)) == set(signed) - set(gone)
    assert total(runtime) == PEOPLE - WITHDRAWING
    with runtime.database.reading() as session:
        assert session.scalars(select(Link)).all() == []
    for token in tokens:
        assert Visitor(app).get(f"/m/{token}").status_code == 404


@ON_SQLITE
def test_no_byte_of_them_is_left_in_the_files(app, runtime, tmp_path):
    signed = sign_all(app, runtime)
    gone, _tokens = withdraw_some(app, runtime, signed)
    assert runtime.database.forget_deleted()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("campaign.db*"))
    marks = {mark for row_id in gone for mark in (row_id, *signed[row_id])}
    assert len(marks) == 5 * WITHDRAWING
    assert not [mark for mark in marks if mark in content]
    staying = [mark for row_id in ids(runtime) for mark in (row_id, *signed[row_id])]
    assert all(mark in content for mark in staying), "the scan would find what is there"


def test_they_stay_gone_when_yesterdays_database_comes_back(app, runtime, tmp_path, campaign):
    signed = sign_all(app, runtime)
    backup = Backup(runtime, tmp_path)
    gone, _tokens = withdraw_some(app, runtime, signed)
    backup.restore()
    assert set(ids(runtime)) == set(signed), "the backup has brought them back"
    told = campaign("restore-check")
    assert f"{WITHDRAWING} erasures are listed; {WITHDRAWING} of them are in this database" in told
    assert set(ids(runtime)) == set(signed), "without --apply nothing changes"
    assert f"Erased again: {WITHDRAWING}" in campaign("restore-check", "--apply")
    assert set(ids(runtime)) == set(signed) - set(gone)
    assert total(runtime) == PEOPLE - WITHDRAWING
    assert "; 0 of them are in this database" in campaign("restore-check")


def test_the_list_of_another_machine_counts_too(app, runtime, tmp_path, campaign):
    signed = sign_all(app, runtime)
    (tmp_path / "other.log").write_text(f"2026-11-21 {SLUG} {min(signed).hex()}\n")
    assert "1 of them are in" in campaign("restore-check", "--journal", str(tmp_path / "other.log"), "--apply")
    assert min(signed) not in ids(runtime)


def test_the_list_itself_names_nobody(app, runtime):
    gone, _tokens = withdraw_some(app, runtime, sign_all(app, runtime))
    lines = runtime.journal.path.read_text().splitlines()
    assert sorted(lines) == sorted(f"2026-11-21 {SLUG} {row_id.hex()}" for row_id in gone)
