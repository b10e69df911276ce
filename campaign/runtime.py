"""The object graph, built once and the same for web, command line, jobs and tests."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from sqlalchemy import exc
from sqlalchemy.orm import Session

from campaign.abuse import FREE, Ticket
from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published, Shelf
from campaign.appeals.state import Standing, standing
from campaign.core.clock import Clock, SystemClock
from campaign.core.database import Database
from campaign.core.errors import DATABASE_AWAY, NotFoundError, UnavailableError
from campaign.core.turns import Leadership
from campaign.jobs.bell import Bell
from campaign.jobs.periodic import Job
from campaign.jobs.queue import Queue
from campaign.jobs.tasks import SEND_MAIL, all_jobs, names_task, queue_tasks
from campaign.jobs.worker import Worker
from campaign.keys import CurrentKey, current_key, find_key, shown_fingerprint
from campaign.letters import Renderer
from campaign.mail.delivery import Delivery, transport_for
from campaign.mail.message import Sender
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import Settings
from campaign.signatures import (
    ErasureJournal,
    Guard,
    IndexKeys,
    Intake,
    MailWriter,
    Retention,
    SealedDraft,
    SealedSignature,
    Signed,
    SigningKeys,
    cases_given,
    signed_total,
)
from campaign.signatures.public_names import forget_names_of_erased
from campaign.signatures.showing import Shown, shown_numbers

_KNOWN_SECONDS = 1.0
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
_T = TypeVar("_T")


@dataclass
class Runtime:
    """Everything a request, a command or a job needs to do its work."""

    settings: Settings
    clock: Clock
    database: Database
    shelf: Shelf
    directory: MissionsDirectory
    keys: SigningKeys
    index_keys: IndexKeys
    journal: ErasureJournal
    _known: dict[tuple[str, str], tuple[float, Any]] = field(default_factory=dict, repr=False)
    _renderers: list[Renderer] = field(default_factory=list)

    @cached_property
    def intake(self) -> Intake:
        """The way from visitors' forms into the database."""
        return Intake(self.database, self.guard.gate)

    @cached_property
    def guard(self) -> Guard:
        """What stands between a flood and the signatures."""
        settings = self.settings
        secrets = settings.secret_key.get_secret_value(), settings.row_key.get_secret_value()
        return Guard(self.clock, self._lately, settings.run_files, secrets, settings.sign_limits, settings.switches)

    @cached_property
    def renderer(self) -> Renderer:
        """The render workers; started when first asked for, so that commands without letters pay nothing."""
        renderer = Renderer(
            workers=self.settings.render_workers,
            seconds=self.settings.render_seconds,
            folder=self.settings.instance / "fonts",
        )
        self._renderers.append(renderer)
        return renderer

    @cached_property
    def queue(self) -> Queue:
        """The queue that jobs are asked for through; nothing is opened before a bell is rung or heard."""
        return Queue(self.settings.queue_url, self.settings.instance)

    @cached_property
    def bell(self) -> Bell:
        """What to ring after a commit that left mail; heard where it was started, as the web processes do."""
        return Bell(lambda: self.queue.ring(SEND_MAIL))

    @cached_property
    def delivery(self) -> Delivery:
        """The way of mail from the outbox to the mail server, or to the terminal where there is none."""
        sender = Sender(self.settings.public_url, self.settings.mail_from)
        transport = transport_for(self.settings.smtp_url, sender, sys.stderr)
        writer = MailWriter(self.guard.lists.is_blocked, self.keys, salts=self.guard.salts)
        return Delivery(self.database, self.clock, self.keys.outbox_key, writer, sender, transport)

    @cached_property
    def retention(self) -> Retention:
        """What deletes signatures, mail and keys when their time is over."""
        home = self.settings.instance
        secret = None if os.environ.get("INDEX_KEY") else home / "secrets" / "index_key"  # else not ours to replace
        return Retention(self.database, self.clock, self.shelf.all, self.index_keys, home, secret, self.journal)

    def worker(self, *, beside_pages: bool) -> Worker:
        """Return what does all work beside the requests; ``beside_pages``: in the first web process of an instance."""
        drawing = (self.renderer, self.directory) if beside_pages else ()
        jobs = all_jobs(self.database, self.shelf, self.clock, *drawing)
        jobs.append(Job("sweep limits", 60.0, lambda: self.guard.sweep(self.database)))
        tasks = queue_tasks(self.delivery, self.retention)
        tasks.append(names_task(self.database, self.shelf, self.keys.row_key))
        leadership = Leadership(self.settings.instance / "jobs-turn") if beside_pages else None
        return Worker(jobs, self.queue, tasks, self.delivery.stop, leadership)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session to read with; a database that is away is an :class:`UnavailableError`."""
        with _answering(), self.database.reading() as session:
            yield session

    @contextmanager
    def saving(self, *, durable: bool = True) -> Iterator[Session]:
        """Give the request's one unit of work; a database that is away is an :class:`UnavailableError`."""
        with _answering(), self.database.unit_of_work(durable=durable) as session:
            yield session

    def take_in(
        self, draft: SealedDraft, signature: SealedSignature | None, old_token: str, ticket: Ticket = FREE
    ) -> None:
        """Store what a visitor sent; a database that is away is an :class:`UnavailableError`."""
        with _answering():
            self.intake.save(draft, signature, old_token, ticket)
        if signature is not None:
            self.bell.ring()

    def published(self, slug: str) -> Published:
        """Return the current edition of an appeal, or raise :class:`NotFoundError`."""
        found = self.shelf.get(slug)
        if found is None:
            raise NotFoundError(f"There is no appeal called “{slug[:80]}” here.")
        return found

    def standing(self, appeal: Appeal) -> Standing:
        """Return whether people may sign and write now; never again once its keys were destroyed at its end."""
        return standing(appeal, self.clock, ended=self.index_keys.is_destroyed(appeal.slug))

    def signed(self, slug: str) -> Signed:
        """Return the exact totals of an appeal, for organisers; at most a second old, and as last counted."""
        return self._lately("total", slug, signed_total)

    def shown(self, appeal: Appeal) -> Shown:
        """Return the numbers that pages may show; at most a second old."""
        return self._lately("shown", appeal.slug, lambda session, _slug: shown_numbers(session, appeal))

    def cases_given(self, slug: str) -> Mapping[str, int]:
        """Return how many writers were given each case of an appeal; at most a second old, and as last counted."""
        return self._lately("cases", slug, cases_given)

    def sealing_key(self, slug: str) -> CurrentKey:
        """Return the key signatures are sealed to; a new one is used a second after it was stored."""
        return self._lately("key", slug, current_key)

    def usable_key(self, slug: str) -> CurrentKey | None:
        """Return the key signatures are sealed to, or ``None`` while it has not been tried out and nobody can sign."""
        return self._lately("usable key", slug, find_key)

    def key_fingerprint(self, slug: str) -> str:
        """Return the fingerprint of the key in use, as people compare it, or "" while nobody can sign."""
        key = self.usable_key(slug)
        return shown_fingerprint(key.public) if key else ""

    def _lately(self, what: str, slug: str, read: Callable[[Session, str], _T]) -> _T:
        since, value = self._known.get((what, slug), (None, None))
        if since is None or time.monotonic() - since >= _KNOWN_SECONDS:
            try:
                with self.database.reading() as session:
                    value = read(session, slug)
            except _AWAY as error:  # what was known goes on: only on a page can a form come back with all of its text
                if since is None:
                    raise UnavailableError(DATABASE_AWAY) from error
            self._known[what, slug] = (time.monotonic(), value)
        return cast("_T", value)

    def warm_up(self) -> None:
        """Start the render workers and read the appeals, so that the first visitor does not wait for either."""
        self.renderer  # noqa: B018  asking for it starts it
        self.shelf.all()

    def forget(self) -> None:
        """Read totals and keys again at the next question."""
        self._known.clear()

    def close(self) -> None:
        """Stop the render workers and close the database."""
        for renderer in self._renderers:
            renderer.close()
        self.bell.stop()
        self.queue.close()
        self.database.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except _AWAY as error:
        raise UnavailableError(DATABASE_AWAY) from error


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Build the graph; nothing is read from the database before it is needed."""
    clock = clock or SystemClock()
    database = Database(settings.database)
    journal = ErasureJournal(settings.journal, clock)
    # In this order: the journal takes the list of what is erased away.
    database.before_commit(lambda session: forget_names_of_erased(session, settings.row_key.get_secret_value()))
    database.before_commit(journal.note)
    index_keys = IndexKeys(settings.instance / "keys", settings.index_key.get_secret_value())
    return Runtime(
        settings=settings,
        clock=clock,
        database=database,
        shelf=Shelf(database),
        directory=MissionsDirectory.load(settings.letters_dir / "directory"),
        keys=SigningKeys(
            index_key=settings.index_key.get_secret_value(),
            row_key=settings.row_key.get_secret_value(),
            outbox_key=settings.outbox_key.get_secret_value(),
            of_appeals=index_keys,
        ),
        index_keys=index_keys,
        journal=journal,
    )
