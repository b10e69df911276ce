"""The table of jobs: what is done beside the requests, and how often.

There are two kinds. :func:`all_jobs` are those of the seconds: each process that runs jobs does them in a thread, and
doing them twice does no harm. :func:`queue_tasks` and :func:`names_task` are those that somebody outside waits for, or
that come round by the hour: they are asked for through the queue, and one worker, wherever it runs, does each.

:meth:`campaign.runtime.Runtime.worker` puts them together, and adds one of the seconds that only it can do: to forget
the limits and the secrets of the day that are over (:meth:`campaign.signatures.Guard.sweep`).
"""

from campaign import audit
from campaign.appeals.closing import is_over
from campaign.appeals.editions import Shelf
from campaign.appeals.state import standing
from campaign.core.clock import Clock, today
from campaign.core.database import Database
from campaign.core.errors import UnavailableError
from campaign.jobs.periodic import Job
from campaign.jobs.queue import EVERY_MINUTE, HOURLY, QueueTask
from campaign.letters import Renderer
from campaign.letters.blank import keep_blank, missing_blanks
from campaign.mail.delivery import Delivery
from campaign.recipients.directory import MissionsDirectory
from campaign.signatures import Certificate, Retention, count_new, recent_days, sweep_drafts
from campaign.signatures.public_names import keep_confirmed
from campaign.signatures.showing import show_numbers

SEND_MAIL = "send mail"
"""The task whose bell is rung when mail was committed; the sweep every minute finds what no bell was heard for."""

_COUNT_SECONDS = 3.0
_SWEEP_SECONDS = 60.0
_SHOW_SECONDS = 60.0
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
        Job("show numbers", _SHOW_SECONDS, lambda: show(database, shelf, clock)),
    ]
    if renderer is not None and directory is not None:
        draw = renderer, directory
        jobs.append(Job("blank letters", _BLANK_SECONDS, lambda: draw_blank(database, shelf, clock, *draw)))
    return jobs


def queue_tasks(delivery: Delivery, retention: Retention) -> list[QueueTask]:
    """Return every task of the queue; each looks at the rows for what is due, and does nothing when nothing is."""
    return [
        QueueTask(SEND_MAIL, delivery.run, EVERY_MINUTE),
        QueueTask("purge", lambda: purge(retention), HOURLY),
    ]


def purge(retention: Retention, actor: audit.Actor = audit.Actor.JOB) -> Certificate:
    """Delete what has been kept as long as was promised, and write down that an appeal's end has come."""
    certificate = retention.purge()
    if certificate.over:
        with retention.database.unit_of_work() as session:
            ended = ", ".join(certificate.over)
            audit.record(session, certificate.day, actor, audit.Action.PURGED, ended)
    return certificate


def names_task(database: Database, shelf: Shelf, row_key: bytes) -> QueueTask:
    """Return the task that takes names off the public lists whose signatures do not count any more."""

    def tidy() -> None:
        for book in shelf.all():
            keep_confirmed(database, row_key, book.appeal.slug)

    return QueueTask("names", tidy, HOURLY)


def show(database: Database, shelf: Shelf, clock: Clock) -> None:
    """Let the numbers on the pages follow the totals, in their steps and on their days."""
    for book in shelf.all():
        show_numbers(database, book.appeal, clock.now())


def count(database: Database, shelf: Shelf, clock: Clock) -> None:
    """Bring the totals of every appeal up to date, so that no page ever counts signatures.

    Those of an appeal that is over stay as they are: its signatures are deleted, and counted again it would have none.
    """
    for book in shelf.all():
        with database.unit_of_work() as session:
            if not is_over(session, book.appeal, clock.now()):
                count_new(session, book.appeal.slug, recent_days(clock.now()))


def sweep(database: Database, clock: Clock) -> None:
    """Delete the drafts whose hour is over, and let SQLite's log forget these and whatever else was erased."""
    with database.unit_of_work() as session:
        sweep_drafts(session, clock.now())
    database.forget_deleted()


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
