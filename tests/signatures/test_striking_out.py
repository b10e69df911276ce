"""The list of erased signatures: its entries go when no backup can bring back what they are about."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.core.database import Base, Database
from campaign.signatures import Change, Erasure, ErasureJournal, IndexKeys, Retention
from campaign.signatures.certificate import BACKUP_DAYS
from tests.clock import FixedClock
from tests.links import DAY, SLUG, state_of
from tests.signatures.conftest import Signer
from tests.signatures.test_signing import People

OTHER = "ua-7-25"


@pytest.fixture
def journal(tmp_path: Path, clock: FixedClock) -> ErasureJournal:
    """The list, with two people of one appeal and one of another."""
    journal = ErasureJournal(tmp_path / "erasures.log", clock)
    journal.write([Erasure(DAY, SLUG, b"a" * 16), Erasure(DAY, OTHER, b"b" * 16), Change(DAY, SLUG, b"c" * 16, 3)])
    return journal


@pytest.fixture
def retention(
    database: Database, clock: FixedClock, appeal: Appeal, journal: ErasureJournal, tmp_path: Path
) -> Retention:
    """What keeps the promises of an appeal whose pack, as it is known here, never ends."""
    index_keys = IndexKeys(tmp_path / "keys", b"index" * 8)
    return Retention(database, clock, lambda: [Published(appeal, 1, DAY)], index_keys, tmp_path, journal=journal)


def test_the_entries_of_an_appeal_go_when_the_last_backup_from_before_its_end_has_gone(
    retention: Retention, journal: ErasureJournal, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=100))
    assert retention.purge().struck_out == 0, "it is not over"
    retention.index_keys.destroy(SLUG, clock.now().date())
    clock.advance(timedelta(days=BACKUP_DAYS))
    assert retention.purge().struck_out == 0
    clock.advance(timedelta(days=1))
    size = journal.path.stat().st_size
    assert set(retention.due().values()) == {2}
    certificate = retention.purge()
    assert "Struck out of the list of erased signatures: 2 lines" in certificate.text()
    assert "Byte scan" not in certificate.text()
    assert [*journal.read(), *journal.changes()] == [Erasure(DAY, OTHER, b"b" * 16)]
    content = journal.path.read_text()
    assert not [one for one in (SLUG, (b"a" * 16).hex(), (b"c" * 16).hex()) if one in content]
    assert len(content) == size
    assert retention.purge().struck_out == 0


def test_what_another_process_writes_meanwhile_is_not_lost(journal: ErasureJournal) -> None:
    new = [Erasure(DAY, OTHER, number.to_bytes(16)) for number in range(300)]
    writer = threading.Thread(target=lambda: [journal.write([one]) for one in new])
    writer.start()
    while writer.is_alive():
        journal.strike_out({SLUG})
        journal.write([Erasure(DAY, SLUG, b"d" * 16)])
    writer.join()
    journal.strike_out({SLUG})
    assert journal.read() == [Erasure(DAY, OTHER, b"b" * 16), *new]


def test_a_torn_line_and_strange_bytes_hide_none_that_is_to_go(journal: ErasureJournal) -> None:
    with journal.path.open("ab") as file:
        file.write(b"\xff\xc3\xa9\x002026-11-21 ua-6")
    journal.write([Erasure(DAY, SLUG, b"e" * 16)])
    assert journal.strike_out({SLUG}) == 3
    assert [one.slug for one in journal.read()] == [OTHER]


def test_without_a_list_there_is_nothing_to_strike_out(tmp_path: Path, clock: FixedClock) -> None:
    assert ErasureJournal(tmp_path / "none.log", clock).strike_out({SLUG}) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_appeal_whose_key_is_gone_stays_gone_as_a_whole_whatever_a_backup_brings_back(
    database: Database, retention: Retention, signing: Signer, people: People
) -> None:
    """Also when its pack in that backup was not closed yet, and when nothing is listed any more."""
    signing(people())
    signatures = Base.metadata.tables["signature"]
    with database.reading() as session:
        yesterday = [dict(row) for row in session.execute(select(signatures)).mappings()]
    assert retention.due() == {}
    retention.index_keys.destroy(SLUG, DAY)
    retention.purge()
    with database.unit_of_work() as session:
        session.execute(insert(signatures), yesterday)
    assert retention.due() == {f"signatures of {SLUG}, which is over": 1}
    assert retention.purge().over == []
    assert state_of(database, yesterday[0]["id"]) is None
