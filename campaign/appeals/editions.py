"""Publishing: a pack becomes an immutable edition in the database, and every node reads it from there."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.appeals.pack import PackFiles, from_zip, load_pack, to_zip
from campaign.appeals.tables import Edition
from campaign.core.database import Database
from campaign.core.errors import DATABASE_AWAY, UnavailableError


@dataclass(frozen=True)
class Published:
    """An appeal together with the edition it was read from."""

    appeal: Appeal
    edition: int
    day: date


def publish(session: Session, slug: str, files: PackFiles, day: date) -> tuple[Published, bool]:
    """Store the pack as the next edition unless it equals the current one; say whether it was new.

    Raises :class:`campaign.appeals.pack.PackError` when the pack has errors.
    """
    appeal = load_pack(slug, files)
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

    An edition never changes, so only the highest number per appeal has to be asked for; a pack is parsed once.
    """

    def __init__(self, database: Database, seconds: float = 2.0, now: Callable[[], float] = time.monotonic) -> None:
        """Read editions from ``database``, at most once in ``seconds``."""
        self._database = database
        self._seconds = seconds
        self._now = now
        self._looked_at = float("-inf")
        self._books: dict[str, Published] = {}

    def all(self) -> list[Published]:
        """Return the current edition of every appeal, by slug."""
        self._refresh()
        return [self._books[slug] for slug in sorted(self._books)]

    def get(self, slug: str) -> Published | None:
        """Return the current edition of one appeal, or ``None``."""
        self._refresh()
        return self._books.get(slug)

    def forget(self) -> None:
        """Look again at the next question (after publishing in this process)."""
        self._looked_at = float("-inf")

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

    def _look(self) -> dict[str, Published]:
        with self._database.reading() as session:
            numbers: dict[str, int] = dict(
                session.execute(select(Edition.slug, func.max(Edition.number)).group_by(Edition.slug)).all()
            )
            books = dict(self._books)
            for slug, number in numbers.items():
                if slug not in books or books[slug].edition != number:
                    books[slug] = _read(session.get_one(Edition, (slug, number)))
        return books
