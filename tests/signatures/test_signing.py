"""One mailbox signs an appeal once, at whatever moment, and nothing outside says whether it was the first time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from campaign.appeals.definition import Appeal
from campaign.core.database import Database
from campaign.core.errors import RefusedError, UnavailableError
from campaign.keys import KeyPair, SealError
from campaign.signatures import Signature, SignatureRecord, SigningKeys, State, open_signature, row_is_genuine, sign
from tests.signatures.conftest import DAY, Signer, appeal_called
from tests.statements import noted

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

People = Callable[..., SignatureRecord]
SCRIPTS = {
    "Latin": "Zoë Ó Súilleabháin",
    "Uyghur": "ئايگۈل قادىر",
    "Persian": "محمد\u200cرضا پهلوان",
    "Han": "李明",
    "Cyrillic": "Дмитрий Ковалёв",
    "Greek": "Νίκος Παπαδόπουλος",
    "Hebrew": "שָׁלוֹם כֹּהֵן",
    "Devanagari": "आरव शर्मा",
    "Sinhala": "අනුර කුමාර",
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
    "Mongolian": "ᠪᠠᠶᠠᠷ",
    "Hangul": "김민준",
    "Thai": "สมชาย ใจดี",
    "Georgian": "გიორგი",
}


def _rows(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        return [row._asdict() for row in session.execute(select(*Signature.__table__.columns))]


def test_a_signature_is_stored_sealed_and_genuine(
    database: Database, signing: Signer, people: People, pair: KeyPair, keys: SigningKeys
) -> None:
    record = people(city="Ottawa")
    signing(record)
    (row,) = _rows(database)
    assert open_signature(pair.private, row) == record
    assert row_is_genuine(keys.row_key, row)
    assert (row["state"], row["day"], row["country"], row["edition"]) == (State.UNVERIFIED, DAY, "CA", 1)
    assert len(row["id"]) == 16


def test_two_spellings_of_one_mailbox_are_one_signature(database: Database, signing: Signer, people: People) -> None:
    for email in ("aygul.qadir@gmail.com", "AygulQadir+x@googlemail.com", "aygul.qadir@GMAIL.com"):
        signing(people(email))
    assert len(_rows(database)) == 1


def test_the_first_signature_stays_as_it_was_when_the_mailbox_signs_again(
    database: Database, signing: Signer, people: People
) -> None:
    signing(people(name="Aygül"))
    before = _rows(database)
    signing(people(name="Somebody else", country="FR"))
    assert _rows(database) == before


def test_one_mailbox_may_sign_two_appeals_and_the_rows_have_nothing_in_common(
    database: Database, signing: Signer, people: People, pair: KeyPair, keys: SigningKeys
) -> None:
    other = appeal_called("ua-99-26")
    with database.unit_of_work() as session:
        session.execute(
            Signature.metadata.tables["sealing_key"].insert(),
            {"slug": other.slug, "epoch": 1, "public_key": pair.public, "fingerprint": bytes(32), "day": DAY},
        )
    signing(people())
    signing(people(), on=other)
    first, second = _rows(database)
    assert not {first[name] for name in ("id", "blind_index", "mac", "sealed")} & set(second.values())


def test_twenty_five_addresses_times_forty_simultaneous_signers_are_twenty_five_rows(
    database: Database, signing: Signer, people: People
) -> None:
    start, errors = threading.Barrier(40), []

    def sign_them_all(worker: int) -> None:
        start.wait()
        for number in range(25):
            try:
                signing(people(f"signer{(number + worker) % 25}@example.org"))
            except Exception as error:  # noqa: BLE001 - the test reports whatever went wrong in the thread
                errors.append(error)

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(sign_them_all, range(40)))
    assert errors == []
    assert len(_rows(database)) == 25


def test_a_new_and_a_repeated_signature_are_the_same_work_and_the_same_silence(
    database: Database, signing: Signer, people: People, appeal: Appeal, keys: SigningKeys
) -> None:
    asked, answers = [], []
    for _ in range(2):
        with noted(database) as statements, database.unit_of_work() as session:
            answers.append(sign(session, keys, appeal, 1, NOON, people()))  # type: ignore[func-returns-value]
        asked.append([statement for statement, _rows in statements])
    assert answers == [None, None]
    assert asked[0] == asked[1]
    assert any("INSERT INTO signature" in statement for statement in asked[0])
    assert not any("count(" in statement.lower() or "update" in statement.lower() for statement in asked[0])


def test_an_appeal_that_keeps_no_country_has_it_only_under_the_seal(
    database: Database, signing: Signer, people: People, pair: KeyPair, appeal: Appeal
) -> None:
    signing(people(country="KZ"), on=replace(appeal, keep_country=False))
    (row,) = _rows(database)
    assert row["country"] == ""
    assert open_signature(pair.private, row).country == "KZ"


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_in_any_script_comes_back_from_the_seal_unchanged(
    database: Database, signing: Signer, people: People, pair: KeyPair, name: str
) -> None:
    signing(people(name=name))
    assert open_signature(pair.private, _rows(database)[0]).name == name


def test_sealed_bytes_swapped_between_two_rows_do_not_open(
    database: Database, signing: Signer, people: People, pair: KeyPair
) -> None:
    signing(people("one@example.org"))
    signing(people("two@example.org"))
    first, second = _rows(database)
    with pytest.raises(SealError):
        open_signature(pair.private, first | {"sealed": second["sealed"]})


def test_a_state_changed_in_the_database_is_noticed(
    database: Database, signing: Signer, people: People, keys: SigningKeys
) -> None:
    signing(people())
    with database.unit_of_work() as session:
        session.execute(update(Signature).values(state=State.CONFIRMED))
    assert not row_is_genuine(keys.row_key, _rows(database)[0])


def test_an_appeal_without_a_key_takes_no_signature(
    database: Database, keys: SigningKeys, appeal: Appeal, people: People
) -> None:
    with pytest.raises(UnavailableError), database.unit_of_work() as session:
        sign(session, keys, appeal, 1, NOON, people())


def test_what_is_not_an_address_cannot_sign(database: Database, signing: Signer, people: People) -> None:
    with pytest.raises(RefusedError):
        signing(people("not an address"))
    assert _rows(database) == []


def test_the_rows_of_a_day_say_nothing_about_the_order_of_arrival(
    database: Database, signing: Signer, people: People
) -> None:
    for number in range(30):
        signing(people(f"signer{number:02}@example.org"), day=date(2026, 11, 21))
    columns = set(Signature.__table__.columns.keys())
    assert columns == {
        "slug", "id", "edition", "key_epoch", "state", "day", "country", "blind_index", "sealed", "mac",
        "address_index", "flags", "own_consents", "changes",
    }  # fmt: skip
    assert len({row["id"] for row in _rows(database)}) == 30


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 31])
def test_short_secrets_are_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKeys(index_key=key, row_key=bytes(32), outbox_key=bytes(32))


def test_the_secrets_are_not_shown(keys: SigningKeys) -> None:
    assert "index" not in repr(keys)
