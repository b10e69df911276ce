"""Confirming: whoever reads the mailbox presses a button; a link does one thing, and nothing by being opened."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.core.database import Database
from campaign.keys import KeyPair
from campaign.signatures import (
    Answer,
    LinkPurpose,
    Signature,
    SigningKeys,
    State,
    adopt_unasked,
    confirm,
    count_new,
    open_link,
    row_is_genuine,
    signed_total,
)
from campaign.signatures.blind import row_mac
from campaign.signatures.tables import Link
from tests.clock import FixedClock
from tests.links import DAY, SLUG, link_to, sign_and_wait, state_of
from tests.signatures.test_signing import People

CONFIRM, MANAGE = LinkPurpose.CONFIRM, LinkPurpose.MANAGE
Confirm = Callable[..., Answer]


@pytest.fixture
def press(database: Database, keys: SigningKeys, clock: FixedClock, appeal: Appeal) -> Confirm:
    """Press the button behind a link."""

    def once(token: str, on: Appeal = appeal) -> Answer:
        with database.unit_of_work() as session:
            return confirm(session, keys, lambda _slug: Published(on, 1, DAY), token, clock.now())

    return once


@pytest.fixture
def waiting(database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, people: People) -> bytes:
    """A signature that waits to be confirmed."""
    return sign_and_wait(database, keys, pair, appeal, people())


def genuine(database: Database, keys: SigningKeys) -> list[bool]:
    with database.reading() as session:
        rows = session.execute(select(Signature.__table__)).mappings().all()
    return [row_is_genuine(keys.row_key, dict(row)) for row in rows]


def test_the_button_confirms_and_pressing_it_again_changes_nothing(
    database: Database, keys: SigningKeys, waiting: bytes, press: Confirm
) -> None:
    token = link_to(database, waiting, CONFIRM)
    assert state_of(database, waiting) is State.PENDING
    assert [press(token), press(token)] == [Answer.DONE, Answer.DONE]
    assert state_of(database, waiting) is State.CONFIRMED
    assert genuine(database, keys) == [True]


def test_looking_at_a_link_changes_nothing(database: Database, clock: FixedClock, waiting: bytes) -> None:
    token = link_to(database, waiting, CONFIRM)
    with database.unit_of_work() as session:
        own = open_link(session, token, CONFIRM, clock.now())
    assert own is not None
    assert (own.slug, own.id, own.state, own.day, own.changes) == (SLUG, waiting, State.PENDING, DAY, 0)
    assert state_of(database, waiting) is State.PENDING


def test_a_link_does_what_it_was_made_for_and_nothing_else(
    database: Database, clock: FixedClock, waiting: bytes, press: Confirm
) -> None:
    confirming, managing = link_to(database, waiting, CONFIRM), link_to(database, waiting, MANAGE)
    assert press(managing) is Answer.UNKNOWN
    with database.reading() as session:
        assert open_link(session, confirming, MANAGE, clock.now()) is None
        assert open_link(session, managing, MANAGE, clock.now()) is not None
    assert state_of(database, waiting) is State.PENDING


SPOILT: list[Callable[[str], str]] = [
    lambda token: token[:-1],
    lambda token: token + "A",
    lambda token: token.swapcase(),
    lambda _token: "",
    lambda _token: "\ud800",
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_token_that_is_not_whole_opens_nothing(
    database: Database, waiting: bytes, press: Confirm, spoil: Callable[[str], str]
) -> None:
    assert press(spoil(link_to(database, waiting, CONFIRM))) is Answer.UNKNOWN
    assert state_of(database, waiting) is State.PENDING


def test_a_link_to_confirm_works_for_seven_days_and_an_older_mail_beside_a_newer_one(
    database: Database, clock: FixedClock, waiting: bytes, press: Confirm
) -> None:
    old, new = link_to(database, waiting, CONFIRM), link_to(database, waiting, CONFIRM, DAY + timedelta(days=3))
    clock.advance(timedelta(days=7))
    with database.reading() as session:
        assert open_link(session, old, CONFIRM, clock.now()) is not None
        assert open_link(session, old, CONFIRM, clock.now() + timedelta(days=1)) is None
    clock.advance(timedelta(days=3))
    assert press(old) is Answer.UNKNOWN
    assert press(new) is Answer.DONE


def test_the_own_link_works_as_long_as_the_signature_exists(
    database: Database, clock: FixedClock, waiting: bytes
) -> None:
    token = link_to(database, waiting, MANAGE)
    clock.advance(timedelta(days=700))
    with database.reading() as session:
        assert open_link(session, token, MANAGE, clock.now()) is not None


@pytest.mark.parametrize(("hours", "answer"), [(0, Answer.DONE), (35, Answer.DONE), (37, Answer.TOO_LATE)])
def test_who_signed_at_the_last_moment_has_24_hours_to_confirm(
    database: Database, clock: FixedClock, appeal: Appeal, waiting: bytes, press: Confirm, hours: int, answer: Answer
) -> None:
    token = link_to(database, waiting, CONFIRM)
    clock.advance(timedelta(hours=hours))  # from noon of the last day: it closes at midnight
    assert press(token, replace(appeal, deadline=DAY)) is answer
    assert state_of(database, waiting) is (State.CONFIRMED if answer is Answer.DONE else State.PENDING)


def test_a_forged_row_is_not_blessed_by_confirming_it(
    database: Database, keys: SigningKeys, waiting: bytes, press: Confirm
) -> None:
    token = link_to(database, waiting, CONFIRM)
    with database.unit_of_work() as session:
        session.execute(update(Signature).values(country="FR"))
    assert press(token) is Answer.UNKNOWN
    assert state_of(database, waiting) is State.PENDING
    assert genuine(database, keys) == [False]


def test_what_was_set_aside_stays_set_aside(
    database: Database, keys: SigningKeys, waiting: bytes, press: Confirm
) -> None:
    token = link_to(database, waiting, CONFIRM)
    with database.unit_of_work() as session:
        row = session.execute(select(Signature.__table__)).mappings().one()
        mac = row_mac(keys.row_key, {**row, "state": State.INVALIDATED})
        session.execute(update(Signature).values(state=State.INVALIDATED, mac=mac))
    assert press(token) is Answer.DONE
    assert state_of(database, waiting) is State.INVALIDATED


def test_confirming_days_later_corrects_the_totals_at_once(
    database: Database, clock: FixedClock, waiting: bytes, press: Confirm
) -> None:
    token = link_to(database, waiting, CONFIRM, DAY + timedelta(days=2))
    with database.unit_of_work() as session:
        count_new(session, SLUG)
    clock.advance(timedelta(days=5))
    assert press(token) is Answer.DONE
    with database.reading() as session:
        assert signed_total(session, SLUG).confirmed == 1


def test_many_clicks_at_the_same_moment_confirm_once(
    database: Database, keys: SigningKeys, waiting: bytes, press: Confirm
) -> None:
    token = link_to(database, waiting, CONFIRM)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: press(token), range(16))) == {Answer.DONE}
    assert genuine(database, keys) == [True]


def test_signatures_nobody_was_asked_about_are_called_unverified(
    database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, people: People
) -> None:
    ids = [sign_and_wait(database, keys, pair, appeal, people(f"{n}@example.org")) for n in range(4)]
    with database.unit_of_work() as session:
        for place, row_id in enumerate(ids[:3]):  # as a version without flags has stored them
            row = session.execute(select(Signature.__table__).where(Signature.id == row_id)).mappings().one()
            mac = row_mac(keys.row_key, {**row, "flags": None})
            values = {"flags": None, "mac": mac if place else bytes(32)}
            session.execute(update(Signature).where(Signature.id == row_id).values(values))
    with database.unit_of_work() as session:
        assert adopt_unasked(session, keys.row_key) == 2
        assert adopt_unasked(session, keys.row_key) == 0
    found = [state_of(database, row_id) for row_id in ids]
    assert found == [State.PENDING, State.UNVERIFIED, State.UNVERIFIED, State.PENDING], "the first row was forged"
    assert sorted(genuine(database, keys)) == [False, True, True, True]
    with database.reading() as session:
        assert signed_total(session, SLUG).unverified == 2


def test_only_hashes_of_tokens_are_stored(database: Database, waiting: bytes) -> None:
    token = link_to(database, waiting, MANAGE)
    with database.reading() as session:
        stored = session.execute(select(Link.__table__)).all()
    assert len(token) >= 43, "256 bits"
    assert token not in str(stored)


def test_the_day_is_the_only_time_there_is(database: Database, waiting: bytes) -> None:
    link_to(database, waiting, MANAGE)
    with database.reading() as session:
        values = [value for row in session.execute(select(Link.__table__)) for value in row]
    assert not [value for value in values if isinstance(value, datetime | time)]
    assert [value for value in values if isinstance(value, date)] == [datetime(2026, 11, 21, tzinfo=UTC).date()]
