"""The numbers of the pages follow the totals in steps and on their days, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, select

from campaign.appeals.definition import Appeal, Recipient, Role
from campaign.core.database import Database
from campaign.signatures import State
from campaign.signatures.public_tables import ShownNumber
from campaign.signatures.showing import APART, FIRST_STEP, Shown, is_due, show_numbers, shown_numbers, step_below
from campaign.signatures.tables import Channel, LetterTotal, Total
from tests.clock import FixedClock
from tests.signatures.conftest import DAY

Look = Callable[..., Shown]


@pytest.fixture
def appeal(appeal: Appeal) -> Appeal:
    """The appeal with one recipient."""
    return replace(appeal, recipients=(Recipient("president", Role.TARGET, {"en": "President"}),))


@pytest.fixture
def look(database: Database, appeal: Appeal, clock: FixedClock) -> Look:
    """Set the totals, run the job, and return what pages show."""

    def at(states: dict[State, int], countries: dict[str, int] | None = None, after: timedelta = timedelta()) -> Shown:
        clock.advance(after)
        rows = [_total(appeal.slug, "", state, n) for state, n in states.items()]
        rows += [_total(appeal.slug, country, State.CONFIRMED, n) for country, n in (countries or {}).items()]
        with database.unit_of_work() as session:
            session.execute(delete(Total))
            if rows:
                session.execute(insert(Total), rows)
        show_numbers(database, appeal, clock.now())
        with database.reading() as session:
            return shown_numbers(session, appeal)

    return at


def _total(slug: str, country: str, state: State, n: int) -> dict[str, object]:
    return {"slug": slug, "day": DAY, "country": country, "state": state, "n": n}


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (9, 0), (10, 10), (19, 10), (99, 90), (100, 100), (999, 990), (1000, 1000), (1999, 1900), (9999, 9900),
     (12_345, 12_000), (320_999, 320_000), (1_987_654, 1_900_000)],
)  # fmt: skip
def test_a_number_is_rounded_down_to_two_digits_and_to_tens_at_the_finest(count: int, shown: int) -> None:
    assert step_below(count) == shown


def test_confirmed_and_unverified_are_shown_apart_and_what_waits_or_was_struck_out_is_not(look: Look) -> None:
    shown = look({State.CONFIRMED: 107, State.UNVERIFIED: 28, State.PENDING: 500, State.INVALIDATED: 500})
    assert (shown.confirmed, shown.unverified) == (100, 20)


def test_within_a_day_nothing_moves_whatever_happens(look: Look) -> None:
    first = look({State.CONFIRMED: 107})
    for n in (0, 200, 990, 107):
        assert look({State.CONFIRMED: n}, after=timedelta(hours=1)) == first
    assert look({State.CONFIRMED: 207}, after=timedelta(days=1)).confirmed == 200


def test_from_a_thousand_on_it_moves_every_hour(look: Look) -> None:
    assert look({State.CONFIRMED: 1_500}).confirmed == 1_400
    assert look({State.CONFIRMED: 9_500}, after=timedelta(minutes=59)).confirmed == 1_400
    assert look({State.CONFIRMED: 9_500}, after=timedelta(minutes=1)).confirmed == 9_400


@pytest.mark.parametrize(
    ("hours", "count", "due"), [(1, 999, False), (1, 1000, True), (12, 999, True), (11, 999, False), (0, 1000, False)]
)
def test_a_look_is_due_when_another_day_or_for_many_another_hour_has_begun(
    clock: FixedClock, hours: int, count: int, due: bool
) -> None:
    looked_at = int(clock.now().timestamp())  # noon
    assert is_due(looked_at, count, clock.now() + timedelta(hours=hours)) is due


def test_a_job_that_finds_nothing_due_writes_nothing(
    look: Look, database: Database, appeal: Appeal, clock: FixedClock
) -> None:
    look({State.CONFIRMED: 50})
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    show_numbers(database, appeal, clock.now() + timedelta(hours=11))
    assert statements
    assert not [one for one in statements if not one.startswith(("SELECT", "BEGIN DEFERRED"))]


def test_countries_are_shown_in_steps_too_and_small_ones_not_at_all(look: Look) -> None:
    shown = look({}, {"CA": 48, "FR": FIRST_STEP + APART, "KZ": FIRST_STEP - 1, "KG": 1, "": 70})
    assert shown.countries == {"CA": 40, "FR": 10}


def test_only_confirmed_signatures_count_for_a_country(look: Look, database: Database, appeal: Appeal) -> None:
    with database.unit_of_work() as session:
        session.execute(insert(Total), [_total(appeal.slug, "CA", State.UNVERIFIED, 500)])
    assert look({State.UNVERIFIED: 500}).countries == {}


def test_a_country_whose_signatures_are_gone_is_not_shown_any_more(look: Look) -> None:
    assert look({}, {"CA": 30}).countries == {"CA": 20}
    assert look({}, {"CA": 3}, after=timedelta(days=1)).countries == {}


def test_an_appeal_that_keeps_no_country_shows_none(database: Database, look: Look, appeal: Appeal) -> None:
    look({}, {"CA": 500})
    with database.reading() as session:
        assert shown_numbers(session, replace(appeal, keep_country=False)).countries == {}


def test_letters_have_a_number_for_each_recipient_and_kind(database: Database, look: Look, appeal: Appeal) -> None:
    made = {Channel.PDF: 30, Channel.TEXT: 30, Channel.COPY: 14, Channel.REPORTED_POST: 15}
    rows = [
        {"slug": appeal.slug, "day": DAY, "recipient": "president", "channel": kind, "n": n} for kind, n in made.items()
    ]
    with database.unit_of_work() as session:
        session.execute(insert(LetterTotal), rows)
    assert look({}).letters == {("president", "generated"): 50, ("president", "reported"): 10}


def test_two_processes_agree_on_one_number(database: Database, look: Look, appeal: Appeal, clock: FixedClock) -> None:
    look({State.CONFIRMED: 50})
    for _ in range(3):
        show_numbers(database, appeal, clock.now() + timedelta(days=1))
    with database.reading() as session:
        rows = session.scalars(select(ShownNumber).where(ShownNumber.what == "confirmed")).all()
    assert len(rows) == 1
