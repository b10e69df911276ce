"""Writing the audit log and checking it: every line holds the hash of the one before, so a changed one shows.

Whoever can write to the database could also write the whole chain anew, or cut off its end. So look at the newest hash
now and then (``bin/campaign audit check`` prints it), keep it elsewhere, and ask later whether it is still there.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.audit.tables import AuditLine
from campaign.core.database import take_turn
from campaign.core.errors import CampaignError
from campaign.core.text import clean_line

_FIRST = bytes(32)
_LONGEST = {"actor": 40, "action": 40, "object": 400}
_LINES_AT_A_TIME = 500


class ChainError(CampaignError):
    """The audit log is not as it was written; the sentence says from which line on."""


class Actor(StrEnum):
    """Who does things, as far as the program can know without naming a person."""

    COMMAND = "command line"
    JOB = "periodic job"


class Action(StrEnum):
    """What is written down. Rooms may use words of their own for more."""

    PUBLISHED = "published"
    KEY_MADE = "key made here"
    KEY_ADDED = "key added"
    KEY_CONFIRMED = "key confirmed"
    EXPORTED = "exported"
    BUNDLED = "bundle made"
    ERASED = "erased"
    RESEALED = "resealed"
    PURGED = "purged"


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    n: int
    day: date
    actor: str
    action: str
    object: str
    previous: bytes
    hash: bytes


def record(session: Session, day: date, actor: str, action: str, object: str) -> None:  # noqa: A002  the table's word
    """Add a line to the log, in the transaction of what it tells about; never put personal data into it.

    What is longer than its column (40, 40 and 400 characters) is cut. Processes that write at once take turns.
    """
    take_turn(session, "audit")
    newest = session.execute(select(AuditLine.n, AuditLine.hash).order_by(AuditLine.n.desc()).limit(1)).first()
    n, previous = (1, _FIRST) if newest is None else (newest.n + 1, newest.hash)
    words = {"actor": str(actor), "action": str(action), "object": object}
    words = {name: clean_line(text)[: _LONGEST[name]] for name, text in words.items()}
    entry = Entry(n, day, **words, previous=previous, hash=b"")
    session.execute(insert(AuditLine).values(vars(entry) | {"hash": line_hash(entry)}))


def entries(session: Session) -> Iterator[Entry]:
    """Give the lines in the order they were written, a few hundred in memory at a time."""
    last = 0
    while True:
        query = select(*AuditLine.__table__.columns).where(AuditLine.n > last).order_by(AuditLine.n)
        lines = session.execute(query.limit(_LINES_AT_A_TIME)).all()
        if not lines:
            return
        yield from (Entry(**line._asdict()) for line in lines)
        last = lines[-1].n


def check(session: Session, known: bytes | None = None) -> Entry | None:
    """Walk the whole chain and return its newest line, or ``None`` when there is none.

    ``known`` is a hash that was written down earlier: it must still be in the chain. Raises :class:`ChainError`.
    """
    newest, seen = None, known is None
    expected, previous = 1, _FIRST
    for entry in entries(session):
        if entry.n != expected or entry.previous != previous or entry.hash != line_hash(entry):
            raise ChainError(
                f"The audit log was changed: line {expected} is not as it was written. Nothing from there on can be "
                "trusted. Compare with a backup, and treat it as a break-in."
            )
        newest, expected, previous = entry, entry.n + 1, entry.hash
        seen = seen or entry.hash == known
    if not seen:
        raise ChainError(
            "The hash you wrote down is not in the audit log any more: it was cut off or written anew. Compare with a "
            "backup, and treat it as a break-in."
        )
    return newest


def line_hash(entry: Entry) -> bytes:
    """Return the SHA-256 of a line: each part goes in with its length, so that no two lines make the same message."""
    words = (str(entry.n), entry.day.isoformat(), entry.actor, entry.action, entry.object)
    parts = (entry.previous, *(word.encode() for word in words))
    return hashlib.sha256(b"campaign audit" + b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
