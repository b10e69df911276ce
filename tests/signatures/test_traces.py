"""What a thief of the database finds: 200 people sign and write, and no byte of them is readable anywhere."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaign.core.database import Base, Database
from campaign.keys import CurrentKey, KeyPair
from campaign.letters.letter import LetterValues
from campaign.signatures import (
    Consents,
    LinkPurpose,
    Signature,
    SignatureRecord,
    SigningKeys,
    change_consents,
    count_new,
    delete_draft,
    record_letter,
    withdraw,
)
from campaign.signatures.tables import Link
from tests.clock import FixedClock
from tests.drafts import save_draft
from tests.links import link_to, sign_and_wait
from tests.signatures.conftest import DAY, Signer, appeal_called

PEOPLE = 200
READABLE_ON_PURPOSE = "ua-61-21"


def _markers(number: int) -> dict[str, str]:
    return {
        "name": f"Aygülmarker{number}",
        "email": f"mailmarker{number}@markerdomain.org",
        "city": f"Citymarker{number}",
        "words": f"Wordsmarker{number} «ئايگۈل»",
        "address": f"Streetmarker{number} 7",
        "locale": "zh-markerlocale",
        "version": "consentmarker",
    }


def _take_part(database: Database, signing: Signer, now: datetime) -> list[str]:
    """Let everybody sign and write, some twice; return the tokens of their drafts."""
    tokens = []
    for number in range(PEOPLE):
        them = _markers(number)
        consents = Consents(version=them["version"], count=True, show=True, handover=True)
        record = SignatureRecord(them["name"], them["email"], "CA", them["locale"], consents, them["city"])
        for _ in range(1 + number % 2):
            signing(record)
        values = LetterValues("CA", them["locale"], them["name"], city=them["city"], address=them["address"],
                              words=them["words"])  # fmt: skip
        with database.unit_of_work() as session:
            token = save_draft(session, "ua-61-21", values, now, signed=True)
            record_letter(session, "ua-61-21", DAY, "president", "pdf")
            if number % 5 == 0:
                delete_draft(session, token)
        tokens.append(token)
    with database.unit_of_work() as session:
        count_new(session, "ua-61-21", [DAY])
    return tokens


def _files(database: Database) -> Iterator[bytes]:
    if database.is_sqlite:
        file = Path(str(database.url.database))
        for suffix in ("", "-wal", "-shm"):
            yield file.with_name(file.name + suffix).read_bytes()


def _cells(database: Database) -> Iterator[bytes]:
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for cell in row:
                    yield cell if isinstance(cell, bytes) else str(cell).encode()


def _spellings(marker: str) -> set[bytes]:
    """Every way in which a marker could stand in a file."""
    spellings: set[Any] = {marker.encode(), marker.encode("utf-16-le"), marker.lower().encode()}
    return spellings | {marker.encode().hex().encode()}


def test_no_name_mail_word_or_token_can_be_found_in_the_database(
    database: Database, signing: Signer, clock: FixedClock
) -> None:
    tokens = _take_part(database, signing, clock.now())
    everything = b"\n".join([*_files(database), *_cells(database)])
    assert READABLE_ON_PURPOSE.encode() in everything
    # What the markers have in common is looked for once, so that one person's hit is everybody's.
    common = {marker.rstrip("0123456789 ") for marker in _markers(0).values()}
    planted = {"ygülmarker", "mailmarker", "markerdomain", "itymarker", "ordsmarker", "ئايگۈل", "treetmarker", *common}
    found = {marker for marker in planted for spelling in _spellings(marker) if spelling in everything}
    assert found == set()
    assert not any(token.encode() in everything for token in tokens)


def test_choices_that_were_changed_and_a_link_that_is_gone_leave_no_byte_in_the_file(
    sqlite_template: Path, tmp_path: Path, keys: SigningKeys, pair: KeyPair, people: Callable[..., SignatureRecord]
) -> None:
    file = tmp_path / "campaign.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    appeal, key = appeal_called(), CurrentKey(1, pair.public)
    row_id = sign_and_wait(database, keys, pair, appeal, people("aygul@example.org"))
    own = keys.own_key_of(appeal.slug, "aygul@example.org", row_id)
    link_to(database, row_id, LinkPurpose.MANAGE, own_key=own)
    with database.reading() as session:
        first = session.execute(select(Signature.own_consents)).scalar_one() or b""
        locked = session.execute(select(Link.own_key)).scalar_one() or b""
    assert [any(mark in content for content in _files(database)) for mark in (first, locked)] == [True, True]
    with database.unit_of_work() as session:
        assert change_consents(session, keys.row_key, key, appeal.slug, row_id, Consents("2", count=True), own)
    with database.reading() as session:
        second = session.execute(select(Signature.own_consents)).scalar_one() or b""
    database.forget_deleted()
    assert [any(mark in content for content in _files(database)) for mark in (first, second)] == [False, True]
    with database.unit_of_work() as session:
        assert withdraw(session, keys.outbox_key, appeal.slug, row_id)
    database.forget_deleted()
    assert not any(mark in content for content in _files(database) for mark in (second, locked))
    database.dispose()


def test_a_deleted_draft_leaves_no_byte_in_the_file(sqlite_template: Path, tmp_path: Path, clock: FixedClock) -> None:
    file = tmp_path / "campaign.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    with database.unit_of_work() as session:
        token = save_draft(session, "ua-61-21", LetterValues("CA", "en", words="x" * 900), clock.now())
    with database.reading() as session:
        sealed = session.execute(select(Base.metadata.tables["draft"].c.sealed)).scalar_one()
    assert any(sealed[:64] in content for content in _files(database))
    with database.unit_of_work() as session:
        delete_draft(session, token)
    database.forget_deleted()
    assert not any(sealed[:64] in content for content in _files(database))
    database.dispose()
