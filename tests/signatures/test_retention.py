"""Retention: what is due goes, nothing else does, and the keys of an appeal end with it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.core.database import Base, Database
from campaign.core.errors import UnavailableError
from campaign.keys import KeyPair
from campaign.keys.keyring import CurrentKey
from campaign.letters.letter import LetterValues
from campaign.mail.outbox import seal_mail, store_mails
from campaign.signatures import (
    Consents,
    IndexKeys,
    LinkPurpose,
    Retention,
    SigningKeys,
    change_consents,
    count_new,
    totals,
)
from campaign.signatures import retention as module
from campaign.signatures.blind import appeal_key
from campaign.signatures.public_tables import PublicName
from campaign.signatures.review_tables import ReviewBatch, ReviewRow
from tests.clock import FixedClock
from tests.drafts import save_draft
from tests.links import DAY, SLUG, link_to, sign_and_wait, state_of
from tests.signatures.conftest import Signer
from tests.signatures.test_signing import People

SECRET = b"index" * 8
Keep = Callable[..., Retention]


@pytest.fixture
def kept(database: Database, clock: FixedClock, appeal: Appeal, tmp_path: Path) -> Keep:
    """Keep the promises of some appeals, by default of UA 61/21 with a deadline today."""

    def make(*appeals: Appeal, secret_file: Path | None = None) -> Retention:
        books = [Published(one, 1, DAY) for one in appeals or (replace(appeal, deadline=DAY),)]
        index_keys = IndexKeys(tmp_path / "keys", SECRET)
        return Retention(database, clock, lambda: books, index_keys, tmp_path, secret_file)

    return make


def rows_of(database: Database) -> dict[str, int]:
    with database.reading() as session:
        tables = ("signature", "link", "amendment", "review_row", "public_name", "draft", "outbox")
        counts = {name: select(func.count()).select_from(Base.metadata.tables[name]) for name in tables}
        return {name: session.execute(query).scalar_one() for name, query in counts.items()}


@pytest.fixture
def one_of_each(
    database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, people: People, clock: FixedClock
) -> bytes:
    """A signature that waits, its links and changed consents, a draft and a mail."""
    row_id = sign_and_wait(database, keys, pair, appeal, people())
    link_to(database, row_id, LinkPurpose.MANAGE)
    with database.unit_of_work() as session:
        change_consents(session, keys.row_key, CurrentKey(1, pair.public), SLUG, row_id, Consents("1", count=True))
        save_draft(session, SLUG, LetterValues(country="CA", locale="en"), clock.now())
        session.add(ReviewBatch(id="b1", slug=SLUG, day=DAY, verdict="invalidated", reason="a trial", restored=None))
        session.add(ReviewRow(batch_id="b1", signature_id=row_id, state_before="pending"))
        count_new(session, SLUG)
    return row_id


def test_everything_has_its_hour(database: Database, clock: FixedClock, kept: Keep, one_of_each: bytes) -> None:
    assert kept().due() == {}
    clock.advance(timedelta(minutes=59))
    assert kept().due() == {}
    clock.advance(timedelta(minutes=1))
    assert kept().due() == {"letters of visitors older than an hour": 1}
    clock.advance(timedelta(hours=23))
    assert kept().due()["mail older than a day"] == 1
    clock.advance(timedelta(days=6))
    assert kept().due().keys() == {"letters of visitors older than an hour", "mail older than a day"}
    clock.advance(timedelta(days=1))
    assert kept().due() == {
        "letters of visitors older than an hour": 1,
        "mail older than a day": 1,
        "signatures that nobody confirmed within 7 days": 1,
        "links that open nothing any more": 1,
        "changed consents of signatures that are gone": 1,
        "review notes of signatures that are gone": 1,
    }
    assert sum(rows_of(database).values()) == 6, "only looked"


def test_what_was_due_is_gone_and_the_certificate_says_so(
    database: Database, clock: FixedClock, kept: Keep, one_of_each: bytes
) -> None:
    clock.advance(timedelta(days=8))
    due = kept().due()
    certificate = kept().purge()
    assert certificate.counts == due
    assert set(rows_of(database).values()) == {0}
    assert kept().due() == kept().purge().counts == {}
    if database.is_sqlite:
        assert certificate.found is not None
        assert (certificate.found.hits, certificate.found.marks) == (0, 6)
        assert "6 marks, a sample of the deleted rows," in certificate.text()
        assert ", 0 found" in certificate.text()
    else:
        assert "not possible" in certificate.text()
    with database.reading() as session:
        assert totals(session, SLUG).states == {}


def test_what_somebody_confirmed_or_was_never_asked_stays(
    database: Database, clock: FixedClock, kept: Keep, signing: Signer, people: People
) -> None:
    signing(people())  # unverified: no mail could ask
    clock.advance(timedelta(days=59))
    assert kept().purge().counts == {"mail older than a day": 1}
    assert rows_of(database)["signature"] == 1


@pytest.fixture
def three_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete fewer rows in one unit of work than there will be."""
    monkeypatch.setattr(module, "_AT_A_TIME", 3)


@pytest.mark.usefixtures("three_at_a_time")
def test_many_rows_go_in_several_units_of_work(
    clock: FixedClock, kept: Keep, signing: Signer, people: People, database: Database
) -> None:
    for number in range(7):
        signing(people(f"{number}@example.org"))
    clock.advance(timedelta(days=60))
    assert kept().purge().counts["signatures of ua-61-21, which is over"] == 7
    assert set(rows_of(database).values()) == {0}


def test_the_scan_finds_what_is_still_there(database: Database, keys: SigningKeys, clock: FixedClock) -> None:
    mail = seal_mail(keys.outbox_key, {"to": "aygul@example.org"}, clock.now())
    with database.unit_of_work() as session:
        store_mails(session, [mail])
    found = module.scan(database, [mail.row["sealed"][-32:], b"these bytes are nowhere in there"])
    if database.is_sqlite:
        assert found is not None
        assert (found.marks, found.hits) == (2, 1)
    else:
        assert found is None


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Locked private keys on this server: of this appeal, and of one whose name begins alike."""
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("ua-61-21-1.key", "ua-61-21-1-copy.key", "ua-61-21-12.key", "ua-61-21-2-1.key", "ua-61-2-1.key"):
        (folder / name).write_text("locked")
    return folder


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_appeal_ends_on_its_day_with_its_keys_and_its_totals_stay(
    database: Database, clock: FixedClock, kept: Keep, signing: Signer, people: People, appeal: Appeal, files: Path
) -> None:
    signing(people())
    name = {"slug": SLUG, "id": b"n" * 16, "handle": b"h" * 32, "display_name": "Aygül", "state": "shown"}
    with database.unit_of_work() as session:
        session.add(PublicName(**name))
        count_new(session, SLUG)
    retention = kept(replace(appeal, deadline=DAY), replace(appeal, slug="ua-61-2"))
    key, other = retention.index_keys.of(SLUG), retention.index_keys.of("ua-61-2")
    clock.advance(timedelta(days=59))
    assert retention.due().keys() == {"mail older than a day"}
    clock.advance(timedelta(days=1))
    assert retention.due() - Counter({"mail older than a day": 1}) == {
        "signatures of ua-61-21, which is over": 1,
        "names in the public list of an appeal that is over": 1,
        "keys of ua-61-21 on this server": 4,
    }
    certificate = retention.purge()
    assert certificate.over == [SLUG]
    assert certificate.files == ["ua-61-21.index", "ua-61-21-1-copy.key", "ua-61-21-1.key", "ua-61-21-12.key"]
    assert set(rows_of(database).values()) == {0}
    assert _names(files) == {"ua-61-21.index", "ua-61-2.index", "ua-61-21-2-1.key", "ua-61-2-1.key"}
    assert key.hex() not in (files / "ua-61-21.index").read_text()
    assert retention.index_keys.of("ua-61-2") == other
    with pytest.raises(UnavailableError):
        retention.index_keys.of(SLUG)
    with database.reading() as session:
        assert totals(session, SLUG).signed == 1
    assert retention.purge().over == []


def test_the_secret_that_could_make_the_key_again_is_replaced(
    database: Database, clock: FixedClock, kept: Keep, signing: Signer, people: People, appeal: Appeal, tmp_path: Path
) -> None:
    signing(people())
    secret = tmp_path / "index_key"
    secret.write_text(SECRET.hex())
    lasting = replace(appeal, slug="ua-7-25")
    retention = kept(replace(appeal, deadline=DAY), lasting, secret_file=secret)
    clock.advance(timedelta(days=60))
    assert "INDEX_KEY was replaced" in retention.purge().advice
    renewed = bytes.fromhex(secret.read_text())
    assert len(renewed) == 32
    assert renewed != SECRET
    after = IndexKeys(tmp_path / "keys", renewed)
    assert after.of("ua-7-25") == appeal_key(SECRET, "ua-7-25"), "the others keep theirs"
    assert (tmp_path / "certificates" / "2027-01-20-ua-61-21.txt").read_text().count("ua-61-21.index") == 1


def test_an_end_that_was_cut_short_is_brought_to_an_end_by_the_next_run(
    clock: FixedClock, kept: Keep, one_of_each: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "index_key"
    secret.write_text(SECRET.hex())
    retention = kept(secret_file=secret)
    key = retention.index_keys.of(SLUG)
    clock.advance(timedelta(days=60))

    def die(*_anything: object) -> None:
        raise KeyboardInterrupt

    for name in ("destroy", "keep"):
        with monkeypatch.context() as patch:
            patch.setattr(IndexKeys, name, die)
            with pytest.raises(KeyboardInterrupt):
                retention.purge()
    assert retention.purge().over == [SLUG]
    assert secret.read_text() != SECRET.hex()
    assert key.hex() not in (tmp_path / "keys" / f"{SLUG}.index").read_text()


def test_a_secret_of_the_environment_is_left_to_whoever_set_it(
    clock: FixedClock, kept: Keep, signing: Signer, people: People
) -> None:
    signing(people())
    clock.advance(timedelta(days=60))
    assert "replace it on every machine" in kept().purge().text()


def test_an_appeal_nobody_ever_signed_loses_no_key(clock: FixedClock, kept: Keep, files: Path) -> None:
    before = _names(files)
    clock.advance(timedelta(days=600))
    assert kept().due() == {}
    assert kept().purge().over == []
    assert _names(files) == before


def test_a_confirmed_signature_is_not_taken_for_one_that_waits(
    database: Database, clock: FixedClock, kept: Keep, one_of_each: bytes
) -> None:
    with database.unit_of_work() as session:
        table = Base.metadata.tables["signature"]
        session.execute(table.update().values(state="confirmed"))
    link_to(database, one_of_each, LinkPurpose.CONFIRM)
    clock.advance(timedelta(days=30))
    assert kept().purge().counts["links that open nothing any more"] == 1, "the one to confirm"
    assert state_of(database, one_of_each) is not None
    assert rows_of(database) == {
        "signature": 1,
        "link": 1,
        "amendment": 1,
        "review_row": 1,
        "public_name": 0,
        "draft": 0,
        "outbox": 0,
    }
