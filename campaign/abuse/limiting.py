"""Counting in the database, so that every process and every restart counts on.

Windows are the minutes and hours of the clock: a row holds the end of its window and so does not tell when anybody
came. None reaches beyond midnight (UTC), when the secret that rows are named with is another one. Counting many things
at once is one statement (:func:`count`), which a transaction that writes anyway can take along. :class:`SqlStorage` is
the same for the strategies of the library ``limits``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from limits import RateLimitItem, parse_many
from limits.storage import Storage
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from campaign.abuse.salts import Salts
from campaign.abuse.tables import Rate
from campaign.core.cursors import driver_cursor

_A_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Hit:
    """One thing to count: under which hash, until when, and how many there may be by then."""

    key_hash: bytes
    expires_at: int
    most: int


@dataclass(frozen=True)
class Limit:
    """``most`` things of one kind within ``seconds``."""

    name: bytes
    most: int
    seconds: int

    def hit(self, salts: Salts, who: bytes, now: datetime) -> Hit:
        """Return what is to be counted for ``who``, whom only the day's secret can name."""
        # The limits of one name lie side by side, so that counting them all changes one page of the database.
        key_hash = salts.hash(now.date(), self.name, who)[:28] + self.seconds.to_bytes(4)
        return Hit(key_hash, window_end(now, self.seconds), self.most)


def read_limits(name: str, text: str) -> tuple[Limit, ...]:
    """Read limits like ``5/minute;50/hour``, none from an empty text; raises :class:`ValueError` for anything else.

    A window that a day does not hold a whole number of is refused: it would begin anew at midnight, before it is over.
    """
    items: Sequence[RateLimitItem] = parse_many(text) if text.strip() else ()
    if any(_A_DAY_SECONDS % item.get_expiry() for item in items):
        raise ValueError(
            "counting begins anew at midnight (UTC), so a day must hold a whole number of windows: second, minute, "
            "10 minute, 30 minute, hour, 2 hour, 3 hour, 4 hour, 6 hour, 8 hour, 12 hour and day are possible"
        )
    return tuple(Limit(name.encode(), item.amount, item.get_expiry()) for item in items)


def window_end(now: datetime, seconds: int) -> int:
    """Return when the present window of the clock is over, in seconds since 1970."""
    return (int(now.timestamp()) // seconds + 1) * seconds


@lru_cache(maxsize=256)
def _counting(dialect: str, rows: int) -> str:
    """Return the statement that counts so many different things; a window that is over begins anew."""
    row = "(?, ?, ?)" if dialect == "sqlite" else "(%s, %s, %s)"
    values = ", ".join([row] * rows)
    return (
        f"INSERT INTO rate (key_hash, n, expires_at) VALUES {values} "  # noqa: S608  placeholders alone
        "ON CONFLICT (key_hash) DO UPDATE SET expires_at = excluded.expires_at, "
        "n = excluded.n + CASE WHEN rate.expires_at = excluded.expires_at THEN rate.n ELSE 0 END "
        "RETURNING key_hash, n"
    )


def count(connection: Connection, hits: Sequence[Hit]) -> dict[bytes, int]:
    """Count every hit (the same one as often as it is given) and return how many there are now, by hash.

    The rows are locked in the order of their hashes, so that two transactions which count the same things cannot wait
    for each other in a circle. One that is over its limit should not be counted further: then no row is ever touched
    more often than its limit says, and nobody waits for it. The transaction of ``connection`` has begun.
    """
    if not hits:
        return {}
    sums: dict[bytes, tuple[int, int]] = {}
    for hit in hits:
        sums[hit.key_hash] = (sums.get(hit.key_hash, (0, 0))[0] + 1, hit.expires_at)
    parameters = tuple(value for key, (n, end) in sorted(sums.items()) for value in (key, n, end))
    with driver_cursor(connection) as cursor:
        cursor.execute(_counting(connection.dialect.name, len(sums)), parameters)
        return {bytes(key): n for key, n in cursor.fetchall()}


def sweep_counts(session: Session, now: datetime) -> None:
    """Delete the counts of windows that are over."""
    session.execute(delete(Rate).where(Rate.expires_at <= int(now.timestamp())))


class SqlStorage(Storage):
    """The storage of the library ``limits`` in our database: ``FixedWindowRateLimiter(SqlStorage(…)).hit(…)``.

    It counts in a transaction that somebody else has begun and commits, so that what is counted and what it is counted
    for are stored together.
    """

    STORAGE_SCHEME = ["campaign-sql"]  # noqa: RUF012  the library reads it as it is

    def __init__(self, session: Session, salts: Salts, now: datetime) -> None:
        """Count in the transaction of ``session`` at ``now``, under hashes that ``salts`` make."""
        super().__init__()
        self._session, self._salts, self._now = session, salts, now

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors of the database."""
        return SQLAlchemyError

    def _hash(self, key: str) -> bytes:
        return self._salts.hash(self._now.date(), b"limits", key.encode())

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count ``amount`` more under ``key``, in the present window of ``expiry`` seconds; return how many now."""
        hit = Hit(self._hash(key), window_end(self._now, expiry), 0)
        return count(self._session.connection(), [hit] * amount)[hit.key_hash]

    def get(self, key: str) -> int:
        """Return how many there are in the present window."""
        found = self._row(key)
        return found[0] if found else 0

    def get_expiry(self, key: str) -> float:
        """Return when the present window is over, in seconds since 1970."""
        found = self._row(key)
        return float(found[1]) if found else self._now.timestamp()

    def _row(self, key: str) -> tuple[int, int] | None:
        current = Rate.expires_at > int(self._now.timestamp())
        query = select(Rate.n, Rate.expires_at).where(Rate.key_hash == self._hash(key), current)
        row = self._session.execute(query).first()
        return (row.n, row.expires_at) if row else None

    def check(self) -> bool:
        """Say whether the database answers."""
        try:
            self._row("check")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int:
        """Forget every count; return how many there were."""
        return len(self._session.execute(delete(Rate).returning(Rate.key_hash)).all())

    def clear(self, key: str) -> None:
        """Forget what was counted under ``key``."""
        self._session.execute(delete(Rate).where(Rate.key_hash == self._hash(key)))
