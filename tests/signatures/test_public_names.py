"""Names for the public list: asked for, looked at, let out in batches, taken out; on both databases."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert, select, text, update

from campaign.core.database import Database
from campaign.core.errors import NotFoundError
from campaign.signatures import Signature, State, erase_signature
from campaign.signatures.name_flags import name_flags
from campaign.signatures.public_names import (
    BATCH,
    MOST_SHOWN,
    NameState,
    any_shown,
    decide_names,
    forget_names_of_erased,
    keep_confirmed,
    listed_names,
    name_handle,
    names_of_day,
    own_name,
    put_name,
    release_names,
    take_out,
)
from campaign.signatures.public_tables import PublicName
from tests.names import DAY, confirmed

SLUG = "ua-61-21"
KEY = b"row-" * 8
Give = Callable[..., list[bytes]]


@pytest.fixture
def give(database: Database) -> Give:
    """Let people who have confirmed give a name; return the ids of their signatures."""

    def names(number: int, state: NameState = NameState.WAITING) -> list[bytes]:
        ids = confirmed(database, number, row_key=KEY)
        for place, row_id in enumerate(ids):
            with database.unit_of_work() as session:
                assert put_name(session, KEY, SLUG, row_id, f"Person {row_id.hex()[:6]} {place}")
        if state is not NameState.WAITING:
            with database.unit_of_work() as session:
                waiting = [one.id for one in listed_names(session, SLUG, NameState.WAITING)]
                decide_names(session, SLUG, waiting, state)
        return ids

    return names


def let_out(database: Database) -> int:
    with database.unit_of_work() as session:
        return release_names(session, SLUG)


def shown(database: Database) -> list[str]:
    with database.reading() as session:
        return list(names_of_day(session, SLUG, DAY))


@pytest.mark.parametrize("state", [state for state in State if state is not State.CONFIRMED])
def test_only_who_has_confirmed_can_give_a_name(database: Database, state: State) -> None:
    (row_id,) = confirmed(database, 1)
    with database.unit_of_work() as session:
        session.execute(update(Signature).values(state=state))
    with database.unit_of_work() as session:
        assert not put_name(session, KEY, SLUG, row_id, "Aygül")
        assert not put_name(session, KEY, SLUG, secrets.token_bytes(16), "Nobody")
        assert listed_names(session, SLUG) == []


def test_a_name_waits_and_is_shown_only_after_somebody_has_approved_it(database: Database, give: Give) -> None:
    give(BATCH + 5)
    assert let_out(database) == 0
    assert shown(database) == []
    with database.unit_of_work() as session:
        decide_names(session, SLUG, [one.id for one in listed_names(session, SLUG)], NameState.APPROVED)
        assert not any_shown(session, SLUG)
    assert let_out(database) == BATCH + 5
    assert len(shown(database)) == BATCH + 5


def test_fewer_than_twenty_wait_for_more(database: Database, give: Give) -> None:
    give(BATCH - 1, NameState.APPROVED)
    assert let_out(database) == 0
    assert shown(database) == []
    give(1, NameState.APPROVED)
    assert let_out(database) == BATCH
    give(BATCH - 1, NameState.APPROVED)
    assert let_out(database) == 0
    assert len(shown(database)) == BATCH


def test_the_order_is_another_one_every_day_and_the_same_for_a_whole_day(database: Database, give: Give) -> None:
    give(BATCH, NameState.APPROVED)
    let_out(database)
    with database.reading() as session:
        today, tomorrow = (names_of_day(session, SLUG, day) for day in (DAY, DAY + timedelta(days=1)))
    assert shown(database) == list(today)
    assert list(today) != list(tomorrow)
    assert sorted(today) == sorted(tomorrow)


def test_a_long_list_shows_some_of_its_names_and_others_the_next_day(database: Database) -> None:
    rows = [{"slug": SLUG, "id": secrets.token_bytes(16), "handle": secrets.token_bytes(32),
             "display_name": f"Person {number}", "state": "shown"} for number in range(MOST_SHOWN + 50)]  # fmt: skip
    with database.unit_of_work() as session:
        session.execute(insert(PublicName), rows)
    with database.reading() as session:
        today, tomorrow = (names_of_day(session, SLUG, day) for day in (DAY, DAY + timedelta(days=1)))
    assert len(set(today)) == len(set(tomorrow)) == MOST_SHOWN
    assert set(today) != set(tomorrow)


def test_a_new_name_takes_the_place_of_the_old_one_and_waits_again(database: Database, give: Give) -> None:
    row_id = give(BATCH, NameState.APPROVED)[0]
    let_out(database)
    with database.unit_of_work() as session:
        before = own_name(session, KEY, SLUG, row_id)
        put_name(session, KEY, SLUG, row_id, "Somebody else")
        after = own_name(session, KEY, SLUG, row_id)
        assert len(listed_names(session, SLUG)) == BATCH
    assert before
    assert after
    assert (before.state, after.state, after.name) == (NameState.SHOWN, NameState.WAITING, "Somebody else")
    assert before.id != after.id
    assert "Somebody else" not in shown(database)
    assert len(shown(database)) == BATCH - 1


def test_who_takes_a_name_out_is_not_in_the_list_any_more(database: Database, give: Give) -> None:
    ids = give(BATCH, NameState.APPROVED)
    let_out(database)
    with database.unit_of_work() as session:
        assert take_out(session, KEY, SLUG, ids[0])
        assert not take_out(session, KEY, SLUG, ids[0])
    assert len(shown(database)) == BATCH - 1
    with database.reading() as session:
        assert own_name(session, KEY, SLUG, ids[0]) is None


def test_a_refused_name_is_deleted_and_only_that_it_was_refused_is_kept(database: Database, give: Give) -> None:
    (row_id,) = give(1)
    with database.unit_of_work() as session:
        (listed,) = listed_names(session, SLUG)
        assert decide_names(session, SLUG, [listed.id], NameState.REFUSED) == 1
        with pytest.raises(NotFoundError):
            decide_names(session, SLUG, [listed.id], NameState.REFUSED)
        found = own_name(session, KEY, SLUG, row_id)
        assert found
        for state in (NameState.APPROVED, NameState.REFUSED):
            assert decide_names(session, SLUG, [found.id], state) == 0
    assert (found.name, found.state) == ("", NameState.REFUSED)


def test_an_unknown_id_is_said_and_nothing_is_decided(database: Database, give: Give) -> None:
    give(1)
    with database.unit_of_work() as session:
        (listed,) = listed_names(session, SLUG)
        with pytest.raises(NotFoundError, match="names list"):
            decide_names(session, SLUG, [listed.id, bytes(16)], NameState.APPROVED)
        assert listed_names(session, SLUG)[0].state is NameState.WAITING


def test_with_an_erased_signature_its_name_goes(database: Database, give: Give) -> None:
    database.before_commit(lambda session: forget_names_of_erased(session, KEY))
    ids = give(3)
    with database.unit_of_work() as session:
        erase_signature(session, SLUG, ids[1])
    with database.reading() as session:
        assert [own_name(session, KEY, SLUG, row_id) is None for row_id in ids] == [False, True, False]


def test_a_name_whose_signature_does_not_count_any_more_is_taken_out(database: Database, give: Give) -> None:
    ids = give(4)
    with database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.id == ids[0]).values(state=State.INVALIDATED))
        session.execute(delete(Signature).where(Signature.id == ids[1]))
    assert keep_confirmed(database, KEY, SLUG) == 2
    assert keep_confirmed(database, KEY, SLUG) == 0
    with database.reading() as session:
        assert [own_name(session, KEY, SLUG, row_id) is None for row_id in ids] == [True, True, False, False]


def test_another_appeals_names_are_left_alone(database: Database, give: Give) -> None:
    give(1)
    assert keep_confirmed(database, KEY, "another") == 0
    with database.reading() as session:
        assert listed_names(session, "another") == []
        assert len(listed_names(session, SLUG)) == 1


# SQLite keeps these rows in the order of their random ids; PostgreSQL in the order in which they were written.
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_batch_is_stored_anew_in_an_order_that_says_nothing(database: Database, give: Give) -> None:
    ids = give(BATCH * 2)
    with database.unit_of_work() as session:
        session.execute(update(PublicName).values(state=NameState.APPROVED))  # in the order in which they came
    came = [name_handle(KEY, SLUG, row_id) for row_id in ids]
    with database.unit_of_work() as session:
        session.execute(text("SET LOCAL enable_indexscan TO off"))  # or they are read in the order of their random ids
        session.execute(text("SET LOCAL enable_bitmapscan TO off"))
        assert release_names(session, SLUG) == BATCH * 2
    with database.reading() as session:
        stored = list(session.scalars(select(PublicName.handle)))  # in the order of the file
    assert sorted(stored) == sorted(came)
    assert stored != came
    neighbours = sum(b == came[came.index(a) + 1] for a, b in pairwise(stored) if a != came[-1])
    assert neighbours < BATCH  # of 39; in an order by lot one on average, and twenty in no lifetime


@pytest.mark.parametrize(
    ("name", "flags"),
    [("Aygül Qadir", []), ("ئايگۈل قادىر", []), ("محمد‌رضا", []), ("Ngũgĩ wa Thiong'o", []), ("A.-M. O’Neill", []),
     ("高橋みなみ", []), ("བསྟན་འཛིན", []), ("Аdmin", ["mixed-script"]), ("Pаul Еluard", ["mixed-script"]),
     ("agent007", ["signs"]), ("★ Free ★", ["signs"]), ("xi  jinping", ["addressee"]), ("TWIN", ["twice"])],
)  # fmt: skip
def test_what_is_unusual_about_a_name_is_said(name: str, flags: list[str]) -> None:
    others = [name, "Twin", "Somebody"]
    if name == "Aygül Qadir":
        others = [name, "Somebody"]
    assert name_flags(name, others, ["President Xi Jinping", "Zhongnanhai"]) == flags
