"""The table of jobs: what is done beside the requests, and how often."""

from campaign.appeals.editions import Shelf
from campaign.appeals.state import standing
from campaign.core.clock import Clock, today
from campaign.core.database import Database
from campaign.core.errors import UnavailableError
from campaign.jobs.periodic import Job
from campaign.letters import Renderer
from campaign.letters.blank import keep_blank, missing_blanks
from campaign.recipients.directory import MissionsDirectory
from campaign.signatures import count_new, recent_days, sweep_drafts

_COUNT_SECONDS = 3.0
_SWEEP_SECONDS = 60.0
_BLANK_SECONDS = 10.0


def all_jobs(
    database: Database,
    shelf: Shelf,
    clock: Clock,
    renderer: Renderer | None = None,
    directory: MissionsDirectory | None = None,
) -> list[Job]:
    """Return every periodic job of the program; blank letters are drawn where there is something to draw them with."""
    jobs = [
        Job("count", _COUNT_SECONDS, lambda: count(database, shelf, clock)),
        Job("sweep drafts", _SWEEP_SECONDS, lambda: sweep(database, clock)),
    ]
    if renderer is not None and directory is not None:
        draw = renderer, directory
        jobs.append(Job("blank letters", _BLANK_SECONDS, lambda: draw_blank(database, shelf, clock, *draw)))
    return jobs


def count(database: Database, shelf: Shelf, clock: Clock) -> None:
    """Bring the totals of every appeal up to date, so that no page ever counts signatures."""
    for book in shelf.all():
        with database.unit_of_work() as session:
            count_new(session, book.appeal.slug, recent_days(clock.now()))


def sweep(database: Database, clock: Clock) -> None:
    """Delete the drafts whose hour is over."""
    with database.unit_of_work() as session:
        sweep_drafts(session, clock.now())


def draw_blank(
    database: Database, shelf: Shelf, clock: Clock, renderer: Renderer, directory: MissionsDirectory
) -> None:
    """Draw one blank letter that a published edition lacks: one a round, so that no visitor waits behind all of them.

    Those to embassies, one for each country, are drawn when somebody asks for them.
    """
    for book in shelf.all():
        day = today(clock, book.appeal.time_zone)
        if not standing(book.appeal, clock).is_open:
            continue
        with database.reading() as session:
            missing = next(missing_blanks(session, book.appeal, book.edition, day, directory), None)
        if missing is None:
            continue
        key, letter = missing
        try:
            pdf = renderer.pdf([letter], key.paper)
        except UnavailableError:
            return  # the workers draw for visitors first; there is another round in a moment
        with database.unit_of_work() as session:
            keep_blank(session, key, letter, pdf)
        return
