"""Erasing: nothing that belongs to a signature stays, the totals follow, and a list outside the database remembers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaign.appeals.definition import Appeal
from campaign.core.database import Base, Database
from campaign.core.errors import UnavailableError
from campaign.keys import KeyPair
from campaign.keys.keyring import CurrentKey
from campaign.mail.outbox import seal_mail, store_mails
from campaign.mail.tables import StoredMail
from campaign.signatures import (
    Consents,
    Erasure,
    ErasureJournal,
    LinkPurpose,
    Signature,
    SigningKeys,
    change_consents,
    count_new,
    erase_signature,
    signed_total,
    still_there,
    withdraw,
)
from campaign.signatures.review_tables import ReviewRow
from campaign.signatures.tables import Amendment, Link
from tests.clock import FixedClock
from tests.full_disk import room_for
from tests.links import DAY, SLUG, link_to, only_id, sign_and_wait, state_of
from tests.signatures.conftest import Signer
from tests.signatures.test_signing import People

CONSENTS = Consents(version="1", count=True)


@pytest.fixture
def journal(database: Database, tmp_path: Path, clock: FixedClock) -> ErasureJournal:
    """The list that the database's owner keeps."""
    journal = ErasureJournal(tmp_path / "erasures.log", clock)
    database.before_commit(journal.note)
    return journal


def _left(database: Database) -> dict[str, int]:
    with database.reading() as session:
        kinds = (Signature, Link, Amendment, ReviewRow, StoredMail)
        return {
            kind.__tablename__: session.execute(select(func.count()).select_from(kind)).scalar_one() for kind in kinds
        }


def _erase(database: Database, row_id: bytes) -> bool:
    with database.unit_of_work() as session:
        return erase_signature(session, SLUG, row_id)


def test_nothing_that_belongs_to_a_signature_stays(
    database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, people: People, clock: FixedClock
) -> None:
    row_id = sign_and_wait(database, keys, pair, appeal, people())
    for purpose in LinkPurpose:
        link_to(database, row_id, purpose)
    other = seal_mail(keys.outbox_key, {"kind": "signed", "id": "00" * 16}, clock.now())
    with database.unit_of_work() as session:
        store_mails(session, [other])
        session.add(ReviewRow(batch_id="b1", signature_id=row_id, state_before="pending"))
        assert change_consents(session, keys.row_key, CurrentKey(1, pair.public), SLUG, row_id, CONSENTS)
    assert _left(database) == {"signature": 1, "link": 2, "amendment": 1, "review_row": 1, "outbox": 2}
    with database.unit_of_work() as session:
        assert withdraw(session, keys.outbox_key, SLUG, row_id)
    assert _left(database) == {"signature": 0, "link": 0, "amendment": 0, "review_row": 0, "outbox": 1}


def test_nobody_else_is_touched(database: Database, signing: Signer, people: People, journal: ErasureJournal) -> None:
    signing(people())
    row_id = only_id(database)
    for number in range(5):
        signing(people(f"{number}@example.org"))
    assert _erase(database, row_id)
    assert _left(database)["signature"] == 5
    assert not _erase(database, row_id), "it is gone already"
    assert not _erase(database, bytes(16))
    assert [one.signature_id for one in journal.read()] == [row_id]


def test_the_totals_follow_at_once_also_for_a_day_long_ago(database: Database, signing: Signer, people: People) -> None:
    signing(people(), day=DAY - timedelta(days=90))
    row_id = only_id(database)
    signing(people("other@example.org"))
    with database.unit_of_work() as session:
        count_new(session, SLUG)
        assert signed_total(session, SLUG).total == 2
    _erase(database, row_id)
    with database.reading() as session:
        assert signed_total(session, SLUG).total == 1


def test_an_erased_person_can_sign_again(database: Database, signing: Signer, people: People) -> None:
    signing(people())
    _erase(database, only_id(database))
    signing(people())
    assert _left(database)["signature"] == 1


def test_the_list_holds_an_erasure_before_it_is_committed(
    database: Database, signing: Signer, people: People, journal: ErasureJournal
) -> None:
    signing(people())
    row_id = only_id(database)
    seen: list[Erasure] = []
    database.before_commit(lambda _session: seen.extend(journal.read()))
    _erase(database, row_id)
    assert seen == [Erasure(DAY, SLUG, row_id)]
    assert journal.path.read_text() == f"2026-11-21 {SLUG} {row_id.hex()}\n"
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_what_is_rolled_back_is_not_in_the_list(
    database: Database, signing: Signer, people: People, journal: ErasureJournal
) -> None:
    signing(people())
    row_id = only_id(database)

    def fail() -> None:
        with database.unit_of_work() as session:
            erase_signature(session, SLUG, row_id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert journal.read() == []
    assert state_of(database, row_id) is not None


def test_nothing_is_erased_that_could_not_be_remembered(
    database: Database, signing: Signer, people: People, tmp_path: Path, clock: FixedClock
) -> None:
    database.before_commit(ErasureJournal(tmp_path / "no" / "folder" / "erasures.log", clock).note)
    signing(people())
    row_id = only_id(database)
    with pytest.raises(UnavailableError):
        _erase(database, row_id)
    assert state_of(database, row_id) is not None


def test_whoever_withdraws_on_a_full_disk_is_told_so_and_is_still_there(
    database: Database, keys: SigningKeys, signing: Signer, people: People, journal: ErasureJournal
) -> None:
    signing(people())
    row_id = only_id(database)

    def withdrawn() -> None:
        with database.unit_of_work() as session, room_for(20):
            withdraw(session, keys.outbox_key, SLUG, row_id)
            journal.note(session)

    with pytest.raises(UnavailableError, match="Nothing can be erased just now"):
        withdrawn()
    assert state_of(database, row_id) is not None
    assert journal.read() == []
    _erase(database, row_id)
    assert [one.signature_id for one in journal.read()] == [row_id]


TORN = [
    "",
    "2026-11-21 ua-6",
    "2026-11-21 ua-61-21 00ff",
    "\x00\x00\x00",
    "2026-13-99 ua-61-21 00112233445566778899aabbccddeeff",
]


@pytest.mark.parametrize("torn", TORN)
def test_a_line_that_a_power_cut_left_unfinished_hides_no_other(tmp_path: Path, clock: FixedClock, torn: str) -> None:
    journal = ErasureJournal(tmp_path / "erasures.log", clock)
    before, after = Erasure(DAY, SLUG, b"a" * 16), Erasure(DAY, "an appeal / of ours", b"b" * 16)
    journal.write([before])
    with journal.path.open("a") as file:
        file.write(torn)
    journal.write([after])
    if torn.startswith("2026-13"):  # a whole line of somebody else's
        assert journal.read()[0] == before
    else:
        assert journal.read() == [before, after]


def test_a_list_that_is_not_there_yet_is_empty(tmp_path: Path, clock: FixedClock) -> None:
    assert ErasureJournal(tmp_path / "erasures.log", clock).read() == []


def test_whoever_is_back_after_a_restore_is_found(
    database: Database, signing: Signer, people: People, journal: ErasureJournal
) -> None:
    signing(people())
    row_id = only_id(database)
    with database.reading() as session:
        yesterday = session.execute(select(Base.metadata.tables["signature"])).mappings().all()
    _erase(database, row_id)
    with database.unit_of_work() as session:
        assert still_there(session, journal.read()) == []
        session.execute(Base.metadata.tables["signature"].insert(), [dict(row) for row in yesterday])
    journal.write([Erasure(datetime(2026, 11, 22, tzinfo=UTC).date(), SLUG, row_id)])
    with database.reading() as session:
        found = still_there(session, journal.read())
    assert [one.signature_id for one in found] == [row_id], "named twice, found once"
