"""The object graph, built once and the same for web, command line, jobs and tests."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

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
from campaign.signatures import SigningKeys, signed_total

_TOTAL_SECONDS = 1.0


@dataclass
class Runtime:
    """Everything a request, a command or a job needs to do its work."""

    settings: Settings
    clock: Clock
    database: Database
    shelf: Shelf
    directory: MissionsDirectory
    keys: SigningKeys
    _signed: dict[str, tuple[float, int]] = field(default_factory=dict)
    _renderers: list[Renderer] = field(default_factory=list)

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
    def saving(self) -> Iterator[Session]:
        """Give the request's one unit of work; a database that is away is an :class:`UnavailableError`."""
        with _answering(), self.database.unit_of_work() as session:
            yield session

    def published(self, slug: str) -> Published:
        """Return the current edition of an appeal, or raise :class:`NotFoundError`."""
        found = self.shelf.get(slug)
        if found is None:
            raise NotFoundError(f"There is no appeal called “{slug[:80]}” here.")
        return found

    def standing(self, appeal: Appeal) -> Standing:
        """Return whether people may sign and write now."""
        return standing(appeal, self.clock)

    def signed(self, slug: str) -> int:
        """Return the published total of an appeal; at most a second old, and never counted from the signatures."""
        known = self._signed.get(slug)
        now = time.monotonic()
        if known and now - known[0] < _TOTAL_SECONDS:
            return known[1]
        with self.reading() as session:
            total = signed_total(session, slug)
        self._signed[slug] = (now, total)
        return total

    def warm_up(self) -> None:
        """Start the render workers and read the appeals, so that the first visitor does not wait for either."""
        self.renderer  # noqa: B018  asking for it starts it
        self.shelf.all()

    def forget_totals(self) -> None:
        """Read the totals again at the next question."""
        self._signed.clear()

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
        keys=SigningKeys(index_key=settings.index_key.get_secret_value(), row_key=settings.row_key.get_secret_value()),
    )
