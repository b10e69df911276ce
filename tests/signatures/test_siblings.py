"""Signatures of one address: many wait, the mailbox decides which of them counts, and one of a person does at most."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.core.database import Database
from campaign.keys import KeyPair
from campaign.keys.keyring import CurrentKey
from campaign.signatures import (
    Answer,
    Circumstances,
    LinkPurpose,
    Signature,
    SigningKeys,
    State,
    confirm,
    count_new,
    row_is_genuine,
    seal_signature,
    signed_total,
    store_signatures,
    totals,
    waits_for_a_look,
    withdraw_person,
)
from campaign.signatures.blind import row_mac
from campaign.signatures.retention import due, rules
from campaign.signatures.review_tables import ReviewBatch, ReviewRow
from campaign.signatures.tables import Link
from tests.clock import FixedClock
from tests.links import DAY, SLUG, link_to, state_of
from tests.signatures.test_signing import People

CONFIRM = LinkPurpose.CONFIRM
Sign = Callable[..., bytes]
Press = Callable[[str], Answer]


@pytest.fixture
def sign(database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, people: People) -> Sign:
    """Sign with one address, under a name, so many days before today; return the id of the row."""

    def one(name: str = "One", *, shared: bool = False, asked: bool = True, days: int = 0) -> bytes:
        how = Circumstances(asked=asked, shared_addresses=shared)
        now = datetime.combine(DAY - timedelta(days=days), time(12), UTC)
        who = replace(people("family@example.org"), name=name)
        sealed = seal_signature(keys, CurrentKey(1, pair.public), appeal, 1, now, who, how)
        with database.unit_of_work() as session:
            store_signatures(session, [sealed])
        row_id: bytes = sealed.row["id"]
        return row_id

    return one


@pytest.fixture
def press(database: Database, keys: SigningKeys, clock: FixedClock, appeal: Appeal) -> Press:
    """Press the button behind a link."""

    def once(token: str) -> Answer:
        with database.unit_of_work() as session:
            return confirm(session, keys, lambda _slug: Published(appeal, 1, DAY), token, clock.now())

    return once


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        found = session.execute(select(Signature.state, func.count()).group_by(Signature.state))
        return {state.value: n for state, n in found}


def change_state(database: Database, keys: SigningKeys, row_id: bytes, state: State) -> None:
    with database.unit_of_work() as session:
        row = session.execute(select(Signature.__table__).where(Signature.id == row_id)).mappings().one()
        mac = row_mac(keys.row_key, {**row, "state": state})
        session.execute(update(Signature).where(Signature.id == row_id).values(state=state, mac=mac))


def test_the_one_whose_button_is_pressed_counts_and_the_others_are_gone_with_their_links(
    database: Database, keys: SigningKeys, sign: Sign, press: Press
) -> None:
    rows = [sign() for _ in range(3)]
    tokens = [link_to(database, row, CONFIRM) for row in rows]
    assert states(database) == {"pending": 3}
    assert press(tokens[1]) is Answer.DONE
    assert [state_of(database, row) for row in rows] == [None, State.CONFIRMED, None]
    assert [press(token) for token in tokens] == [Answer.UNKNOWN, Answer.DONE, Answer.UNKNOWN]
    with database.reading() as session:
        assert session.scalars(select(Link.signature_id)).all() == [rows[1]]
        row = session.execute(select(Signature.__table__)).mappings().one()
    assert row_is_genuine(keys.row_key, dict(row))


def test_two_buttons_at_the_same_moment_confirm_one_and_both_hear_that_it_counts(
    database: Database, sign: Sign, press: Press
) -> None:
    for turn in range(5):
        tokens = [link_to(database, sign(f"Somebody {turn}", shared=True), CONFIRM) for _ in range(6)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(press, tokens))
        expected = {Answer.DONE, Answer.BEFORE, Answer.UNKNOWN} if turn < 2 else {Answer.FULL}
        assert set(answers) <= expected
        assert answers.count(Answer.DONE) == (turn < 2)
    assert states(database) == {"confirmed": 2, "pending": 18}


def test_a_signature_from_a_time_without_mail_gives_way_to_the_one_that_is_confirmed(
    database: Database, sign: Sign, press: Press
) -> None:
    unasked = sign(asked=False, days=40)
    with database.unit_of_work() as session:
        count_new(session, SLUG)
        assert signed_total(session, SLUG).unverified == 1
    own = sign()
    assert states(database) == {"unverified": 1, "pending": 1}
    assert press(link_to(database, own, CONFIRM)) is Answer.DONE
    assert (state_of(database, unasked), state_of(database, own)) == (None, State.CONFIRMED)
    with database.unit_of_work() as session:
        assert totals(session, SLUG).states.get(State.UNVERIFIED, 0) == 0, "that day is not looked at again by itself"
        count_new(session, SLUG)
        assert (signed_total(session, SLUG).confirmed, signed_total(session, SLUG).total) == (1, 1)


def test_what_is_confirmed_after_another_of_the_same_person_is_gone(
    database: Database, keys: SigningKeys, sign: Sign, press: Press
) -> None:
    first, second = sign(), sign()
    change_state(database, keys, first, State.CONFIRMED)
    token = link_to(database, second, CONFIRM)
    assert [press(token), press(token)] == [Answer.BEFORE, Answer.UNKNOWN]
    assert states(database) == {"confirmed": 1}


def test_a_forged_signature_keeps_nobody_from_confirming(database: Database, sign: Sign, press: Press) -> None:
    forged, own = sign(), sign()
    with database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.id == forged).values(state=State.CONFIRMED))
    assert press(link_to(database, own, CONFIRM)) is Answer.DONE
    assert (state_of(database, forged), state_of(database, own)) == (None, State.CONFIRMED)


def test_two_people_confirm_with_one_address_and_the_third_waits(database: Database, sign: Sign, press: Press) -> None:
    rows = [sign(name, shared=True) for name in ("One", "Two", "Three")]
    tokens = [link_to(database, row, CONFIRM) for row in rows]
    assert [press(token) for token in tokens] == [Answer.DONE, Answer.DONE, Answer.FULL]
    with database.reading() as session:
        assert [waits_for_a_look(session, SLUG, row) for row in rows] == [False, False, True]
    assert state_of(database, rows[2]) is State.PENDING
    with database.unit_of_work() as session:
        assert withdraw_person(session, bytes(32), SLUG, rows[0])
    assert press(tokens[2]) is Answer.DONE


def test_what_was_struck_out_holds_no_address(database: Database, keys: SigningKeys, sign: Sign, press: Press) -> None:
    first, second = sign(), sign()
    change_state(database, keys, first, State.INVALIDATED)
    assert press(link_to(database, second, CONFIRM)) is Answer.DONE
    assert states(database) == {"invalidated": 1, "confirmed": 1}


@pytest.mark.parametrize("state", [State.CONFIRMED, State.UNVERIFIED])
def test_the_database_itself_lets_one_of_a_person_count(database: Database, sign: Sign, state: State) -> None:
    first, second = sign(), sign()
    with database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.id == first).values(state=State.CONFIRMED))
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.id == second).values(state=state))


def test_who_withdraws_takes_everything_of_theirs_along_and_nothing_of_others(
    database: Database, keys: SigningKeys, sign: Sign
) -> None:
    struck, own, waiting = sign(shared=True), sign(shared=True), sign(shared=True)
    other = sign("Two", shared=True)
    change_state(database, keys, struck, State.INVALIDATED)
    change_state(database, keys, own, State.CONFIRMED)
    with database.unit_of_work() as session:
        assert withdraw_person(session, keys.outbox_key, SLUG, own)
    assert [state_of(database, row) for row in (struck, own, waiting, other)] == [None, None, None, State.PENDING]


def test_who_withdraws_what_still_waits_leaves_the_others_waiting(
    database: Database, keys: SigningKeys, sign: Sign
) -> None:
    strange, own = sign(), sign()
    with database.unit_of_work() as session:
        assert withdraw_person(session, keys.outbox_key, SLUG, strange)
        assert not withdraw_person(session, keys.outbox_key, SLUG, strange)
    assert (state_of(database, strange), state_of(database, own)) == (None, State.PENDING)


@pytest.mark.parametrize(
    ("before", "goes"), [("pending", 1), ("pending pending", 1), ("confirmed", 0), ("pending confirmed", 0)]
)
def test_what_was_struck_out_while_it_waited_goes_after_seven_days_and_what_counted_stays(
    database: Database, clock: FixedClock, sign: Sign, before: str, goes: int
) -> None:
    row_id = sign()
    with database.unit_of_work() as session:
        session.execute(update(Signature).values(state=State.INVALIDATED))
        for place, state in enumerate(before.split()):
            batch = {"id": f"b{place}", "slug": SLUG, "day": DAY, "verdict": "invalidated", "reason": "flood"}
            session.execute(insert(ReviewBatch).values(batch))
            session.add(ReviewRow(batch_id=batch["id"], signature_id=row_id, state_before=state))
    for days, n in ((7, 0), (8, goes)):
        with database.reading() as session:
            found = due(session, rules([SLUG], [], clock.now() + timedelta(days=days)))
        assert found["signatures that nobody confirmed within 7 days"] == n
        assert found["review notes of signatures that are gone"] == n * len(before.split())
