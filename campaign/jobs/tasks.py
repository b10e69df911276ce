"""The table of jobs: what is done beside the requests, and how often.

There are two kinds. :func:`all_jobs` are those of the seconds: each process that runs jobs does them in a thread, and
doing them twice does no harm. :func:`queue_tasks` and :func:`names_task` are those that somebody outside waits for, or
that come round by the hour: they are asked for through the queue, and one worker, wherever it runs, does each.

:meth:`campaign.runtime.Runtime.worker` puts them together, and adds one of the seconds that only it can do: to forget
the limits and the secrets of the day that are over (:meth:`campaign.signatures.Guard.sweep`).
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from campaign import audit
from campaign.appeals.closing import is_over
from campaign.appeals.editions import Shelf
from campaign.appeals.state import standing
from campaign.core.clock import Clock, today
from campaign.core.database import Database
from campaign.core.errors import UnavailableError
from campaign.jobs.periodic import Job
from campaign.jobs.queue import EVERY_MINUTE, HOURLY, QueueTask
from campaign.letters import Letter, Renderer, UndrawableError
from campaign.letters.blank import BlankKey, digest_of, keep_blank, missing_blanks
from campaign.mail.delivery import Delivery
from campaign.recipients.directory import MissionsDirectory
from campaign.signatures import Certificate, Retention, count_new, sweep_drafts
from campaign.signatures.public_names import keep_confirmed
from campaign.signatures.showing import show_numbers
from campaign.signatures.totals import Rounds

SEND_MAIL = "send mail"
"""The task whose bell is rung when mail was committed; the sweep every minute finds what no bell was heard for."""

_COUNT_SECONDS = 3.0
_SWEEP_SECONDS = 60.0
_SHOW_SECONDS = 60.0
_BLANK_SECONDS = 10.0
_MOST_ROUNDS_BETWEEN = 360
_TIMES_UNTIL_TOLD = 3
_log = logging.getLogger(__name__)


def all_jobs(
    database: Database,
    shelf: Shelf,
    clock: Clock,
    renderer: Renderer | None = None,
    directory: MissionsDirectory | None = None,
) -> list[Job]:
    """Return every periodic job of the program; blank letters are drawn where there is something to draw them with."""
    rounds = Rounds()
    jobs = [
        Job("count", _COUNT_SECONDS, lambda: count(database, shelf, clock, rounds)),
        Job("sweep drafts", _SWEEP_SECONDS, lambda: sweep(database, clock)),
        Job("show numbers", _SHOW_SECONDS, lambda: show(database, shelf, clock)),
    ]
    if renderer is not None and directory is not None:
        draw = renderer, directory, BlankFailures()
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


def count(database: Database, shelf: Shelf, clock: Clock, rounds: Rounds | None = None) -> None:
    """Bring the totals of every appeal up to date, so that no page ever counts signatures.

    Those of an appeal that is over stay as they are: its signatures are deleted, and counted again it would have none.
    Without ``rounds`` this is the first round.
    """
    rounds = rounds or Rounds()
    for book in shelf.all():
        slug, now = book.appeal.slug, clock.now()
        with database.reading() as session:  # nobody who signs waits while all days are looked through
            days = rounds.days(session, slug, now)
        with database.unit_of_work() as session:
            if not is_over(session, book.appeal, now):
                count_new(session, slug, days)
        rounds.done(slug, now)


def sweep(database: Database, clock: Clock) -> None:
    """Delete the drafts whose hour is over, and let SQLite's log forget these and whatever else was erased."""
    with database.unit_of_work() as session:
        sweep_drafts(session, clock.now())
    database.forget_deleted()


@dataclass(frozen=True)
class _Failure:
    digest: bytes
    times: int
    again: float
    """The round from which on it is worth another try."""


class BlankFailures:
    """Which blank letters could not be drawn, so that none keeps the others waiting or is tried for ever.

    Known to this process alone: the program that starts next may have the font. Who asks for such a letter on its page
    does not wait for any round.
    """

    def __init__(self) -> None:
        """Know of none yet."""
        self._round = 0
        self._failures: dict[BlankKey, _Failure] = {}

    def next_of(self, missing: Iterable[tuple[BlankKey, Letter]]) -> tuple[BlankKey, Letter] | None:
        """Return the first letter that is worth trying in this round."""
        return next((one for one in missing if self._is_due(*one)), None)

    def begin_round(self) -> None:
        """Count the rounds: what has failed is tried again after some of them."""
        self._round += 1

    def note(self, key: BlankKey, letter: Letter, error: UndrawableError | UnavailableError) -> None:
        """Remember a letter that failed, and say once which one; its text is the pack's own, and so is the sentence.

        Without a font for it it will not come out another time. Else its workers may be busy, or it may be too much for
        them: it is tried again after 2, 4, 8 rounds, and so on up to an hour.
        """
        digest, known = digest_of(letter), self._failures.get(key)
        times = known.times + 1 if known and known.digest == digest else 1
        for_good = isinstance(error, UndrawableError)
        pause = float("inf") if for_good else min(2**times, _MOST_ROUNDS_BETWEEN)
        self._failures[key] = _Failure(digest, times, self._round + pause)
        if times == (1 if for_good else _TIMES_UNTIL_TOLD):
            which = key.slug, key.recipient, key.locale, key.paper
            _log.error("the blank letter of %s to %s (%s, %s) cannot be drawn: %s", *which, error)

    def _is_due(self, key: BlankKey, letter: Letter) -> bool:
        known = self._failures.get(key)
        return known is None or known.again <= self._round or known.digest != digest_of(letter)


def draw_blank(
    database: Database,
    shelf: Shelf,
    clock: Clock,
    renderer: Renderer,
    directory: MissionsDirectory,
    failures: BlankFailures | None = None,
) -> None:
    """Draw one blank letter that a published edition lacks: one a round, so that no visitor waits behind all of them.

    Those to embassies, one for each country, are drawn when somebody asks for them. ``failures`` are those of the
    rounds before.
    """
    failures = failures or BlankFailures()
    failures.begin_round()
    for book in shelf.all():
        day = today(clock, book.appeal.time_zone)
        if not standing(book.appeal, clock).is_open:
            continue
        with database.reading() as session:
            missing = failures.next_of(missing_blanks(session, book.appeal, book.edition, day, directory))
        if missing is None:
            continue
        key, letter = missing
        try:
            pdf = renderer.pdf([letter], key.paper)
        except (UndrawableError, UnavailableError) as error:  # visitors come first; the next letter has the next round
            failures.note(key, letter, error)
            return
        with database.unit_of_work() as session:
            keep_blank(session, key, letter, pdf)
        return
