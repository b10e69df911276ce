"""The object graph, built once and the same for web, command line, jobs and tests."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published, Shelf
from campaign.appeals.state import Standing, standing
from campaign.core.clock import Clock, SystemClock
from campaign.core.database import Database
from campaign.core.errors import NotFoundError, UnavailableError
from campaign.letters import Renderer
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import Settings
from campaign.signatures import (
    CurrentKey,
    Intake,
    SealedDraft,
    SealedSignature,
    Signed,
    SigningKeys,
    cases_given,
    current_key,
    signed_total,
)

_KNOWN_SECONDS = 1.0
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
    _known: dict[tuple[str, str], tuple[float, Any]] = field(default_factory=dict, repr=False)
    _renderers: list[Renderer] = field(default_factory=list)

    @cached_property
    def intake(self) -> Intake:
        """The way from visitors' forms into the database."""
        return Intake(self.database)

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

    def take_in(self, draft: SealedDraft, signature: SealedSignature | None, old_token: str) -> None:
        """Store what a visitor sent; a database that is away is an :class:`UnavailableError`."""
        with _answering():
            self.intake.save(draft, signature, old_token)

    def published(self, slug: str) -> Published:
        """Return the current edition of an appeal, or raise :class:`NotFoundError`."""
        found = self.shelf.get(slug)
        if found is None:
            raise NotFoundError(f"There is no appeal called “{slug[:80]}” here.")
        return found

    def standing(self, appeal: Appeal) -> Standing:
        """Return whether people may sign and write now."""
        return standing(appeal, self.clock)

    def signed(self, slug: str) -> Signed:
        """Return the published totals of an appeal; at most a second old, and never counted from the signatures."""
        return self._lately("total", slug, signed_total)

    def cases_given(self, slug: str) -> Mapping[str, int]:
        """Return how many writers were given each case of an appeal; at most a second old, and as last counted."""
        return self._lately("cases", slug, cases_given)

    def sealing_key(self, slug: str) -> CurrentKey:
        """Return the key signatures are sealed to; a new one is used a second after it was stored."""
        return self._lately("key", slug, current_key)

    def _lately(self, what: str, slug: str, read: Callable[[Session, str], _T]) -> _T:
        known = self._known.get((what, slug))
        now = time.monotonic()
        if known and now - known[0] < _KNOWN_SECONDS:
            value: _T = known[1]
            return value
        with self.reading() as session:
            value = read(session, slug)
        self._known[what, slug] = (now, value)
        return value

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
        self.database.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise UnavailableError("The database does not answer just now. Please try again in a minute.") from error


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Build the graph; nothing is read from the database before it is needed."""
    database = Database(settings.database)
    return Runtime(
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        shelf=Shelf(database),
        directory=MissionsDirectory.load(settings.letters_dir / "directory"),
        keys=SigningKeys(
            index_key=settings.index_key.get_secret_value(),
            row_key=settings.row_key.get_secret_value(),
            outbox_key=settings.outbox_key.get_secret_value(),
        ),
    )
