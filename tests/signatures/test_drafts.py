"""A draft is readable with its token only, for one hour only, and leaves nothing readable in the database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaign.core.database import Database
from campaign.letters.letter import LetterValues
from campaign.signatures import DRAFT_LIFETIME, Draft, delete_draft, open_draft, sweep_drafts
from campaign.signatures.tables import StoredDraft
from tests.clock import FixedClock
from tests.drafts import save_draft

VALUES = LetterValues(
    country="CA",
    locale="fr",
    name="ئايگۈل قادىر",
    city="Ottawa",
    address="515 St. Patrick Street\nOttawa",
    demands=("release", "disclose"),
    words="My own words, with ((name)) and <b>.",
)


@pytest.fixture
def token(database: Database, clock: FixedClock) -> str:
    with database.unit_of_work() as session:
        return save_draft(session, "ua-61-21", VALUES, clock.now(), signed=True)


def _open(database: Database, token: str, now: datetime) -> Draft | None:
    with database.reading() as session:
        return open_draft(session, token, now)


def _drafts(database: Database) -> list[StoredDraft]:
    with database.reading() as session:
        return list(session.scalars(select(StoredDraft)))


def test_a_draft_comes_back_as_it_was_saved(database: Database, clock: FixedClock, token: str) -> None:
    draft = _open(database, token, clock.now())
    assert draft == Draft("ua-61-21", VALUES, signed=True, expires_at=clock.now() + DRAFT_LIFETIME)
    assert draft.minutes_left(clock.now()) == 60


def test_a_draft_is_gone_after_an_hour(database: Database, clock: FixedClock, token: str) -> None:
    clock.advance(timedelta(minutes=59, seconds=59))
    draft = _open(database, token, clock.now())
    assert draft is not None
    assert draft.minutes_left(clock.now()) == 0
    clock.advance(timedelta(seconds=1))
    assert _open(database, token, clock.now()) is None


def test_sweeping_deletes_the_drafts_whose_hour_is_over_and_no_others(
    database: Database, clock: FixedClock, token: str
) -> None:
    clock.advance(timedelta(minutes=30))
    with database.unit_of_work() as session:
        younger = save_draft(session, "ua-61-21", VALUES, clock.now())
        assert sweep_drafts(session, clock.now()) == 0
    clock.advance(timedelta(minutes=30))
    with database.unit_of_work() as session:
        assert sweep_drafts(session, clock.now()) == 1
    assert len(_drafts(database)) == 1
    assert _open(database, younger, clock.now()) is not None


def test_a_cleared_draft_is_gone_at_once(database: Database, clock: FixedClock, token: str) -> None:
    with database.unit_of_work() as session:
        delete_draft(session, token)
    assert _open(database, token, clock.now()) is None
    assert _drafts(database) == []


def test_clearing_what_is_not_there_is_no_error(database: Database, clock: FixedClock, token: str) -> None:
    with database.unit_of_work() as session:
        for other in ("", "forged", "\ud800"):
            delete_draft(session, other)
    assert _open(database, token, clock.now()) is not None


@pytest.mark.parametrize("forged", ["", "A" * 43, "../../etc/passwd", "' OR 1=1 --", "\x00", "\ud800", "x" * 10_000])
def test_a_forged_token_opens_nothing(database: Database, clock: FixedClock, token: str, forged: str) -> None:
    assert _open(database, forged, clock.now()) is None


def test_a_token_with_one_letter_changed_opens_nothing(database: Database, clock: FixedClock, token: str) -> None:
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert _open(database, changed, clock.now()) is None


def test_a_draft_is_unreadable_without_its_token(database: Database, clock: FixedClock, token: str) -> None:
    (stored,) = _drafts(database)
    row = stored.id_hash + stored.sealed
    for part in (VALUES.name, VALUES.address, VALUES.words, VALUES.city, token, "ua-61-21"):
        assert part.encode() not in row


def test_the_name_of_a_row_opens_nothing(database: Database, clock: FixedClock, token: str) -> None:
    (stored,) = _drafts(database)
    assert _open(database, stored.id_hash.hex(), clock.now()) is None
    with pytest.raises(InvalidTag):
        AESGCM(stored.id_hash).decrypt(stored.sealed[:12], stored.sealed[12:], stored.expires_at.to_bytes(8))


@pytest.mark.parametrize(
    "changed", [{"expires_at": 1_795_269_601}, {"expires_at": 2**40}, {"sealed": b""}, {"sealed": bytes(300)}], ids=str
)
def test_a_draft_changed_in_the_database_does_not_open(
    database: Database, clock: FixedClock, token: str, changed: dict[str, Any]
) -> None:
    with database.unit_of_work() as session:
        session.execute(update(StoredDraft).values(**changed))
    assert _open(database, token, clock.now()) is None


def test_a_draft_moved_to_another_row_does_not_open(database: Database, clock: FixedClock, token: str) -> None:
    with database.unit_of_work() as session:
        other = save_draft(session, "ua-61-21", VALUES, clock.now())
        first, second = session.scalars(select(StoredDraft)).all()
        first.sealed, second.sealed = second.sealed, first.sealed
    assert _open(database, token, clock.now()) is None
    assert _open(database, other, clock.now()) is None


def test_equal_drafts_look_different_and_short_and_long_ones_alike(
    database: Database, clock: FixedClock, token: str
) -> None:
    with database.unit_of_work() as session:
        for words in (VALUES.words, "", "a little longer"):
            values = LetterValues(country="CA", locale="fr", words=words)
            save_draft(session, "ua-61-21", values, clock.now())
            save_draft(session, "ua-61-21", values, clock.now())
    sealed = [draft.sealed for draft in _drafts(database)]
    assert len(set(sealed)) == len(sealed) == 7
    assert {(len(one) - 28) % 256 for one in sealed} == {0}


_text = st.text(st.characters(codec="utf-8"), max_size=40)
_values = st.builds(
    LetterValues,
    country=_text,
    locale=_text,
    name=_text,
    without_name=st.booleans(),
    city=_text,
    address=_text,
    demands=st.lists(_text, max_size=4).map(tuple),
    words=_text,
)


@given(_values)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_all_values_come_back_as_they_were(database: Database, clock: FixedClock, values: LetterValues) -> None:
    with database.unit_of_work() as session:
        token = save_draft(session, "ua-61-21", values, clock.now())
        draft = open_draft(session, token, clock.now())
    assert draft is not None
    assert draft.values == values


def test_a_stored_draft_has_no_column_that_says_for_which_appeal_or_whom() -> None:
    assert set(StoredDraft.__table__.columns.keys()) == {"id_hash", "expires_at", "sealed"}
