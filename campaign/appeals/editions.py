"""Publishing: a pack becomes an immutable edition in the database, and every node reads it from there."""

import hashlib
import logging
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.appeals.pack import PackFiles, from_zip, load_pack, to_zip
from campaign.appeals.printed import Undrawable
from campaign.appeals.tables import Edition
from campaign.core.database import Database
from campaign.core.errors import DATABASE_AWAY, CampaignError, UnavailableError

# What reading a stored pack can end in: refused by today's parser, no zip, or something that nobody thought of. Never
# the database's own failures, nor a lack of memory: those pass, and the edition would stay away until the next start.
_UNREADABLE = (
    CampaignError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published:
    """An appeal together with the edition it was read from."""

    appeal: Appeal
    edition: int
    day: date


@dataclass(frozen=True)
class Unreadable:
    """A current edition that this version of the program cannot read; ``error`` is the kind of failure."""

    slug: str
    edition: int
    day: date
    error: str


def publish(
    session: Session, slug: str, files: PackFiles, day: date, *, undrawable: Undrawable | None = None
) -> tuple[Published, bool]:
    """Store the pack as the next edition unless it equals the current one; say whether it was new.

    Raises :class:`campaign.appeals.pack.PackError` when the pack has errors, with what is ``undrawable`` among them.
    """
    appeal = load_pack(slug, files, undrawable=undrawable)
    content = to_zip(files)
    digest = hashlib.sha256(content).digest()
    current = session.scalars(
        select(Edition).where(Edition.slug == slug).order_by(Edition.number.desc()).limit(1)
    ).one_or_none()
    if current is not None and current.digest == digest:
        return Published(appeal, current.number, current.day), False
    number = 1 if current is None else current.number + 1
    session.add(Edition(slug=slug, number=number, digest=digest, day=day, files=content))
    session.flush()  # a second node publishing at the same moment fails here, on the primary key
    return Published(appeal, number, day), True


def published(session: Session) -> list[Published]:
    """Return the current edition of every appeal, by slug."""
    latest = select(Edition.slug, func.max(Edition.number).label("number")).group_by(Edition.slug).subquery()
    rows = session.scalars(
        select(Edition).join(latest, (Edition.slug == latest.c.slug) & (Edition.number == latest.c.number))
    ).all()
    return [_read(row) for row in sorted(rows, key=lambda row: row.slug)]


def _read(row: Edition) -> Published:
    return Published(load_pack(row.slug, from_zip(row.files)), row.number, row.day)


class Shelf:
    """The current editions, kept in memory and looked at again every few seconds.

    An edition never changes, so only the highest number per appeal has to be asked for; a pack is parsed once. One that
    cannot be read is told in the log and left out, and so is what was published before it: that may be open where the
    newer one is closed.
    """

    def __init__(self, database: Database, seconds: float = 2.0, now: Callable[[], float] = time.monotonic) -> None:
        """Read editions from ``database``, at most once in ``seconds``."""
        self._database = database
        self._seconds = seconds
        self._now = now
        self._looked_at = float("-inf")
        self._books: dict[str, Published | Unreadable] = {}

    def all(self) -> list[Published]:
        """Return the current edition of every appeal, by slug."""
        return [book for book in self._by_slug() if isinstance(book, Published)]

    def get(self, slug: str) -> Published | None:
        """Return the current edition of one appeal, or ``None``."""
        self._refresh()
        book = self._books.get(slug)
        return book if isinstance(book, Published) else None

    def unreadable(self) -> list[Unreadable]:
        """Return the current editions that cannot be read, by slug: their appeals have no pages until mended."""
        return [book for book in self._by_slug() if isinstance(book, Unreadable)]

    def forget(self) -> None:
        """Look again at the next question (after publishing in this process)."""
        self._looked_at = float("-inf")

    def _by_slug(self) -> list[Published | Unreadable]:
        self._refresh()
        books = self._books
        return [books[slug] for slug in sorted(books)]

    def _refresh(self) -> None:
        if self._now() - self._looked_at < self._seconds:
            return
        try:
            self._books = self._look()
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            # An edition read once is still true: pages go on while the database is away.
            if not self._books:
                raise UnavailableError(DATABASE_AWAY) from error
        self._looked_at = self._now()

    def _look(self) -> dict[str, Published | Unreadable]:
        with self._database.reading() as session:
            numbers: dict[str, int] = dict(
                session.execute(select(Edition.slug, func.max(Edition.number)).group_by(Edition.slug)).all()
            )
            books = dict(self._books)
            for slug, number in numbers.items():
                if slug not in books or books[slug].edition != number:
                    books[slug] = _read_if_possible(session.get_one(Edition, (slug, number)))
        return books


def _read_if_possible(row: Edition) -> Published | Unreadable:
    """Read an edition; what fails is logged by its kind alone, for its message may quote the pack."""
    slug, number, day = row.slug, row.number, row.day  # outside: what the database says of itself is not the pack's
    try:
        return _read(row)
    except _UNREADABLE as error:
        kind = type(error).__name__
    _log.error("edition %d of %s cannot be read (%s), so its pages are away", number, slug, kind)
    return Unreadable(slug, number, day, kind)
