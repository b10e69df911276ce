"""Signatures that came while nothing counted are in the totals after the first round."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event, select

from campaign.appeals.editions import Shelf, publish
from campaign.core.database import Database
from campaign.jobs.tasks import all_jobs
from campaign.signatures import Signature, State, count_new, signed_total
from campaign.signatures.tables import Total
from tests.clock import FixedClock
from tests.signatures.conftest import DAY
from tests.site import FILES

SLUG = "ua-61-21"


@pytest.fixture
def process(database: Database, clock: FixedClock):
    """Start a process that counts; it gives the job."""
    with database.unit_of_work() as session:
        publish(session, SLUG, FILES, clock.now().date())

    def start():
        return {job.name: job for job in all_jobs(database, Shelf(database, seconds=0), clock)}["count"].run

    return start


def signed(database: Database) -> int:
    with database.reading() as session:
        return signed_total(session, SLUG).total


def counted_days(database: Database, run) -> set[date] | None:
    """Return the days that a round has read signatures of, or ``None`` when it read those of all days."""
    found: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, *_more):
        if "FROM signature" in statement:
            found.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    run()
    event.remove(database.engine, "before_cursor_execute", note)
    assert found
    if any("signature.day IN" not in statement for statement, _ in found):
        return None
    values = [value for _, given in found for value in (given.values() if isinstance(given, dict) else given)]
    return {date.fromisoformat(str(value)) for value in values if str(value) != SLUG}


def test_what_came_while_no_worker_ran_is_counted_when_one_starts(database, signing, people, clock, process):
    process()()
    for days, name in enumerate(("friday", "saturday", "sunday")):
        signing(people(f"{name}@example.org"), day=DAY + timedelta(days=days))
    clock.advance(timedelta(days=9))
    process()()
    assert signed(database) == 3


def test_what_came_while_the_worker_slept_is_counted_when_it_goes_on(database, signing, people, clock, process):
    run = process()
    run()
    signing(people(), day=DAY)
    clock.advance(timedelta(days=4))  # a machine that was suspended, or a database that was away
    run()
    assert signed(database) == 1


def test_a_normal_round_reads_three_days_and_no_more(database, signing, people, clock, process):
    run = process()
    assert counted_days(database, run) is None
    signing(people())
    clock.advance(timedelta(seconds=3))
    window = {DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)}
    for _ in range(3):
        assert counted_days(database, run) == window
    clock.advance(timedelta(days=4))
    assert counted_days(database, run) is None
    clock.advance(timedelta(seconds=3))
    assert counted_days(database, run) == {day + timedelta(days=4) for day in window}


def test_an_appeal_that_is_published_later_is_looked_through_once_too(database, signing, people, clock, process):
    run = process()
    run()
    with database.unit_of_work() as session:
        publish(session, "another", FILES, clock.now().date())
    clock.advance(timedelta(seconds=30))
    assert counted_days(database, run) is None


def test_a_round_that_failed_is_made_up_for(database, signing, people, clock, process, monkeypatch):
    signing(people(), day=DAY - timedelta(days=5))
    run = process()
    with monkeypatch.context() as patch:
        patch.setattr(database, "unit_of_work", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run()
    run()
    assert signed(database) == 1


def test_the_totals_of_an_appeal_that_has_ended_are_not_counted_away(database, signing, people, clock, process):
    """Its signatures are deleted; when its texts are mended later, it is not over any more, and has none to count."""
    signing(people())
    process()()
    with database.unit_of_work() as session:
        session.execute(delete(Signature))
    clock.advance(timedelta(days=100))
    process()()
    assert signed(database) == 1


def test_a_day_whose_states_have_changed_is_counted_anew(database, signing, people, clock, process):
    signing(people())
    signing(people("second@example.org"))
    with database.unit_of_work() as session:
        count_new(session, SLUG)
        session.scalars(select(Signature).limit(1)).one().state = State.INVALIDATED
    clock.advance(timedelta(days=30))
    process()()
    with database.reading() as session:
        assert dict(session.execute(select(Total.state, Total.n)).all()) == {State.UNVERIFIED: 1, State.INVALIDATED: 1}
