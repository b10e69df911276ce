"""Review: numbers without names, and decisions about many signatures that can be undone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, func, select, update

from campaign.core.errors import NotFoundError, RefusedError
from campaign.keys import current_key, store_public_key
from campaign.signatures import (
    INVALIDATE,
    Circumstances,
    Decision,
    Flag,
    State,
    Which,
    batches,
    count_new,
    decide,
    erase_signature,
    findings,
    preview,
    restore,
    row_is_genuine,
    seal_signature,
    shared_addresses,
    signed_total,
    store_signatures,
)
from campaign.signatures.blind import row_mac
from campaign.signatures.review import Restored
from campaign.signatures.review_tables import ReviewRow
from campaign.signatures.tables import Signature
from tests.conftest import NOW
from tests.links import state_of
from tests.signatures.conftest import DAY

SLUG = "ua-61-21"
NEXT = date(2026, 11, 22)
STRIKE = Decision(State.INVALIDATED, INVALIDATE, "flood")
ACCEPT = Decision(State.UNVERIFIED, (State.PENDING,), "accepted")


@pytest.fixture
def signed(database, keys, pair, appeal, people):
    """Let some people sign: 3 plain ones, 4 in a burst (one of them fast too), 2 that wait for a look."""
    with database.unit_of_work() as session:
        store_public_key(session, SLUG, pair.public, DAY)
        key = current_key(session, SLUG)
        signals = [Flag.NONE] * 3 + [Flag.BURST] * 3 + [Flag.BURST | Flag.FAST] + [Flag.HELD] * 2
        rows = []
        for number, flags in enumerate(signals):
            how = Circumstances(flags, held=Flag.HELD in flags)
            email = "" if how.held else f"somebody-{number}@example.org"
            who = people(email, country="VA" if number == 4 else "CA")
            rows.append(seal_signature(keys, key, appeal, 1, NOW, who, how))
        store_signatures(session, rows)
        count_new(session, SLUG)
    return keys.row_key


def states(database):
    with database.reading() as session:
        rows = session.execute(select(Signature.state, func.count()).group_by(Signature.state))
        return {state.value: n for state, n in rows}


def total(database):
    with database.reading() as session:
        return signed_total(session, SLUG)


def all_genuine(database, row_key):
    with database.reading() as session:
        rows = session.execute(select(*Signature.__table__.columns)).all()
    return all(row_is_genuine(row_key, row._asdict()) for row in rows)


def test_the_review_counts_days_states_and_signals_and_names_nobody(database, signed):
    with database.reading() as session:
        found = findings(session, SLUG)
    assert [(one.day, one.state, one.flags.names, one.n) for one in found] == [
        (DAY, State.PENDING, ["held"], 2),
        (DAY, State.UNVERIFIED, [], 3),
        (DAY, State.UNVERIFIED, ["burst"], 3),
        (DAY, State.UNVERIFIED, ["fast", "burst"], 1),
    ]


@pytest.mark.parametrize(
    ("which", "n"),
    [
        (Which(SLUG), 9),
        (Which(SLUG, flags=Flag.BURST), 4),
        (Which(SLUG, flags=Flag.BURST | Flag.FAST), 1),
        (Which(SLUG, country="VA"), 1),
        (Which(SLUG, day=NEXT), 0),
        (Which(SLUG, state=State.PENDING), 2),
        (Which(SLUG, flags=Flag.SHARED_ADDRESS), 0),
        (Which("another"), 0),
    ],
)
def test_a_decision_is_previewed_and_then_moves_just_those(database, signed, which, n):
    with database.reading() as session:
        assert preview(session, which, STRIKE) == n
    assert states(database) == {"pending": 2, "unverified": 7}
    assert decide(database, signed, which, STRIKE, NEXT)[1] == n
    assert states(database).get("invalidated", 0) == n


def test_striking_out_corrects_the_count_and_restoring_brings_it_back(database, signed):
    assert total(database).unverified == 7
    batch, _n = decide(database, signed, Which(SLUG, flags=Flag.BURST), STRIKE, NEXT)
    assert total(database).unverified == 3
    assert all_genuine(database, signed)
    assert restore(database, signed, batch, NEXT) == Restored(4, 0)
    assert total(database).unverified == 7
    assert states(database) == {"pending": 2, "unverified": 7}
    assert all_genuine(database, signed)
    with database.reading() as session:
        ((found, n),) = batches(session, SLUG)
    assert (found.reason, found.verdict, found.day, found.restored, n) == ("flood", "invalidated", NEXT, NEXT, 4)
    with pytest.raises(RefusedError):
        restore(database, signed, batch, NEXT)
    with pytest.raises(NotFoundError):
        restore(database, signed, "no-such", NEXT)


def test_what_waited_for_a_look_counts_once_it_is_accepted(database, signed):
    assert decide(database, signed, Which(SLUG, flags=Flag.HELD), ACCEPT, NEXT)[1] == 2
    assert total(database).unverified == 9
    assert states(database) == {"unverified": 9}


def test_a_forged_row_is_not_blessed_by_being_moved(database, signed):
    with database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.country == "VA").values(country="FR"))
    assert decide(database, signed, Which(SLUG, flags=Flag.BURST), STRIKE, NEXT)[1] == 3
    assert not all_genuine(database, signed)


def test_who_withdrew_meanwhile_does_not_come_back(database, signed):
    batch, _n = decide(database, signed, Which(SLUG, flags=Flag.BURST), STRIKE, NEXT)
    with database.unit_of_work() as session:
        gone = session.scalar(select(Signature.id).where(Signature.country == "VA"))
        erase_signature(session, SLUG, gone)
    assert restore(database, signed, batch, NEXT) == Restored(3, 0)
    decide(database, signed, Which(SLUG, flags=Flag.FAST), STRIKE, NEXT)
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(ReviewRow.signature_id == gone)) == 0


def test_more_than_two_with_one_address_are_found_in_review(database, keys, signed, appeal, people):
    with database.unit_of_work() as session:
        key = current_key(session, SLUG)
        how = Circumstances(shared_addresses=True)
        names = ["One", "Two", "Three"]
        who = [replace(people("family@example.org"), name=name) for name in names]
        store_signatures(session, [seal_signature(keys, key, appeal, 1, NOW, one, how) for one in who])
        assert shared_addresses(session, SLUG) == 3
    assert decide(database, signed, Which(SLUG, flags=Flag.SHARED_ADDRESS), STRIKE, NEXT)[1] == 3


def test_thousands_are_moved_in_pieces(database, signed, monkeypatch):
    monkeypatch.setattr("campaign.signatures.review._AT_A_TIME", 2)
    batch, n = decide(database, signed, Which(SLUG), STRIKE, NEXT)
    assert n == 9
    assert restore(database, signed, batch, NEXT) == Restored(9, 0)
    assert states(database) == {"pending": 2, "unverified": 7}


@pytest.fixture
def one_address(database, keys, signed, appeal, people):
    """Sign some more times with one address, under some names, as the flags say; return the ids."""

    def sign(*names, held=False):
        how = Circumstances(
            Flag.HELD if held else Flag.BURST, asked=True, shared_addresses=len(set(names)) > 1, held=held
        )
        with database.unit_of_work() as session:
            key = current_key(session, SLUG)
            who = [replace(people("family@example.org"), name=name) for name in names]
            rows = [seal_signature(keys, key, appeal, 1, NOW, one, how) for one in who]
            store_signatures(session, rows)
        return [one.row["id"] for one in rows]

    return sign


def confirmed(database, row_key, *ids):
    """Confirm signatures, as their owners do."""
    with database.unit_of_work() as session:
        for row_id in ids:
            row = session.execute(select(Signature.__table__).where(Signature.id == row_id)).mappings().one()
            mac = row_mac(row_key, {**row, "state": State.CONFIRMED})
            session.execute(update(Signature).where(Signature.id == row_id).values(state=State.CONFIRMED, mac=mac))


def test_what_is_accepted_counts_a_person_once(database, signed, one_address):
    one_address("One", "One", "One", held=True)
    assert decide(database, signed, Which(SLUG, flags=Flag.HELD), ACCEPT, NEXT)[1] == 3
    assert states(database) == {"unverified": 10, "pending": 2}


def test_what_was_struck_out_stays_out_when_its_address_has_been_confirmed_since(database, signed, one_address):
    (first,) = one_address("One")
    batch, n = decide(database, signed, Which(SLUG, flags=Flag.BURST), STRIKE, NEXT)
    confirmed(database, signed, *one_address("One"))
    assert restore(database, signed, batch, NEXT) == Restored(n, 0), "it waited, and waits again"
    assert state_of(database, first) is State.PENDING
    confirmed_before = one_address("One")[0]
    with database.unit_of_work() as session:
        session.execute(delete(Signature).where(Signature.state == State.CONFIRMED))
    confirmed(database, signed, confirmed_before)
    batch, n = decide(database, signed, Which(SLUG, state=State.CONFIRMED), STRIKE, NEXT)
    confirmed(database, signed, first)
    assert (n, restore(database, signed, batch, NEXT)) == (1, Restored(0, 1))
    assert state_of(database, confirmed_before) is State.INVALIDATED
    assert all_genuine(database, signed)


def test_two_people_of_an_address_come_back_and_a_third_does_not(database, signed, one_address):
    first, second, third = one_address("One", "Two", "Three")
    confirmed(database, signed, first, second)
    batch, _n = decide(database, signed, Which(SLUG, state=State.CONFIRMED), STRIKE, NEXT)
    confirmed(database, signed, third)
    assert restore(database, signed, batch, NEXT) == Restored(1, 1)
    assert states(database)["confirmed"] == 2


def test_one_person_who_signs_often_shares_an_address_with_nobody(database, signed, one_address):
    one_address("One", "Two", "One", "Two")
    with database.reading() as session:
        assert shared_addresses(session, SLUG) == 0
    one_address("One", "Three")
    with database.reading() as session:
        assert shared_addresses(session, SLUG) == 6
