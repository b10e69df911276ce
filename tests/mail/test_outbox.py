"""The outbox: what waits is locked, is one worker's at a time, and is gone after a day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.mail import outbox
from campaign.mail.outbox import UnreadableMailError, back_off, claim, open_mail, seal_mail, store_mails

KEY = b"k" * 32
LEASE = timedelta(minutes=10)
CONTENT = {"kind": "signed", "to": "aygul@example.org"}


def put(database, clock, n=1):
    with database.unit_of_work() as session:
        store_mails(session, [seal_mail(KEY, {**CONTENT, "n": one}, clock.now()) for one in range(n)])


def take(database, clock, most=20):
    with database.unit_of_work() as session:
        return claim(session, clock.now(), most, LEASE)


def test_what_was_sealed_opens_and_only_under_its_key(database, clock):
    put(database, clock)
    (one,) = take(database, clock)
    assert open_mail(KEY, one)["to"] == "aygul@example.org"
    with pytest.raises(UnreadableMailError):
        open_mail(b"x" * 32, one)


def test_a_mail_cannot_be_moved_to_another_row_or_made_to_last_longer(database, clock):
    put(database, clock, 2)
    one, other = take(database, clock)
    for forged in (replace(one, id=other.id), replace(one, expires_at=one.expires_at + 1), replace(one, sealed=b"")):
        with pytest.raises(UnreadableMailError):
            open_mail(KEY, forged)


def test_mails_to_short_and_long_addresses_have_the_same_length(clock):
    sealed = [seal_mail(KEY, {**CONTENT, "to": "a" * n + "@example.org"}, clock.now()) for n in (1, 60)]
    assert len({len(one.row["sealed"]) for one in sealed}) == 1


def test_a_claimed_mail_is_nobody_elses_until_the_claim_is_over(database, clock):
    put(database, clock, 3)
    assert len(take(database, clock, 2)) == 2
    assert len(take(database, clock)) == 1
    assert take(database, clock) == []
    clock.advance(LEASE)
    again = take(database, clock)
    assert [one.tries for one in again] == [1, 1, 1]


def test_a_claim_that_is_not_committed_claims_nothing(database, clock):
    put(database, clock)
    with database.reading() as session:
        assert len(claim(session, clock.now(), 20, LEASE)) == 1
    assert len(take(database, clock)) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_on_postgresql_two_workers_claim_at_the_same_moment_and_get_different_mails(database, clock):
    put(database, clock, 4)
    with database.unit_of_work() as one, database.unit_of_work() as other:
        mine, theirs = (claim(session, clock.now(), 2, LEASE) for session in (one, other))
    assert len({row.id for row in (*mine, *theirs)}) == 4


def test_after_a_day_a_mail_is_deleted(database, clock):
    put(database, clock, 2)
    clock.advance(timedelta(hours=23, minutes=59))
    with database.unit_of_work() as session:
        assert outbox.delete_expired(session, clock.now()) == 0
        clock.advance(timedelta(minutes=1))
        assert outbox.delete_expired(session, clock.now()) == 2
        assert outbox.count_waiting(session) == 0


def test_pauses_between_tries_grow_to_an_hour_and_differ():
    pauses = [back_off(tries).total_seconds() for tries in range(60)]
    assert 30 <= pauses[0] < 38
    assert 60 <= pauses[1] < 75
    assert all(3600 <= pause < 4500 for pause in pauses[7:])
    assert len(set(pauses[7:])) > 10


def test_a_stolen_database_shows_no_more_of_a_mail_than_that_it_waits(database, clock):
    put(database, clock)
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM outbox")).mappings().one()
    assert set(row) == {"id", "due_at", "expires_at", "tries", "sealed"}
    assert b"aygul" not in b"".join(str(value).encode() for value in row.values()) + bytes(row["sealed"])
