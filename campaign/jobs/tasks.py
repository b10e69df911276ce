"""The table of jobs: what is done beside the requests, and how often."""

from campaign.appeals.editions import Shelf
from campaign.core.clock import Clock
from campaign.core.database import Database
from campaign.jobs.periodic import Job
from campaign.signatures import count_new, recent_days, sweep_drafts

_COUNT_SECONDS = 3.0
_SWEEP_SECONDS = 60.0


def all_jobs(database: Database, shelf: Shelf, clock: Clock) -> list[Job]:
    """Return every periodic job of the program."""
    return [
        Job("count", _COUNT_SECONDS, lambda: count(database, shelf, clock)),
        Job("sweep drafts", _SWEEP_SECONDS, lambda: sweep(database, clock)),
    ]


def count(database: Database, shelf: Shelf, clock: Clock) -> None:
    """Bring the totals of every appeal up to date, so that no page ever counts signatures."""
    for book in shelf.all():
        with database.unit_of_work() as session:
            count_new(session, book.appeal.slug, recent_days(clock.now()))


def sweep(database: Database, clock: Clock) -> None:
    """Delete the drafts whose hour is over."""
    with database.unit_of_work() as session:
        sweep_drafts(session, clock.now())
