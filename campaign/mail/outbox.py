"""Mail that waits: written in the same transaction as what it is about, deleted when a mail server has taken it.

The content is encrypted (AES-256-GCM) under a key outside the database, so a copy of the database names nobody; it is
padded, so that its length says little; and it is bound to its row and to the moment it expires.

Who sends a row claims it first: the claim moves ``due_at`` forward and is committed before the mail leaves. So two
workers never send the same row, and the row of a worker that was killed is due again when its claim is over.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CursorResult, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.inserting import Rows, insert_rows
from campaign.core.padding import pack, unpack
from campaign.core.tokens import new_row_id
from campaign.mail.tables import StoredMail

MAIL_LIFETIME = timedelta(hours=24)
GAVE_UP = "mail: gave up on %d messages that no mail server took within 24 hours"
"""What the log says, with their number, wherever messages are deleted because their day is over."""

_NO_SERVER = "no_server"
_AT_A_TIME = 500
_NONCE_BYTES = 12
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 30, 3600
_table = table_of(StoredMail)
_COLUMNS = (_table.c.id, _table.c.expires_at, _table.c.tries, _table.c.sealed)


class UnreadableMailError(Exception):
    """A row does not open under this key, or is no order this program knows; it says nothing of the content."""


@dataclass(frozen=True)
class SealedMail:
    """A message ready to be stored; ``repr`` shows nothing of it."""

    row: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class ClaimedMail:
    """A row that is ours to send for a while; ``tries`` is how often that had been so before."""

    id: bytes
    expires_at: int
    tries: int
    sealed: bytes = field(repr=False)


def seal_mail(key: bytes, content: Mapping[str, Any], now: datetime, *, for_server: bool = True) -> SealedMail:
    """Return a message, encrypted under the outbox key (32 bytes or more) and due at once; it waits a day at most.

    ``content`` holds plain JSON values: to whom, and what the mail is about. ``for_server=False``: it is left by a site
    that has no mail server, so :func:`find_serverless` finds it; every other one waits for a server.
    """
    content = dict(content) if for_server else {**content, _NO_SERVER: True}
    expires_at = int((now + MAIL_LIFETIME).timestamp())
    row_id = new_row_id(expires_at, 16)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = AESGCM(key[:32]).encrypt(nonce, pack(content), _bound_to(row_id, expires_at))
    return SealedMail(
        {
            "id": row_id,
            "due_at": int(now.timestamp()),
            "expires_at": expires_at,
            "tries": 0,
            "sealed": nonce + encrypted,
        }
    )


def open_mail(key: bytes, claimed: ClaimedMail) -> dict[str, Any]:
    """Return what a row says, or raise :class:`UnreadableMailError`."""
    nonce, encrypted = claimed.sealed[:_NONCE_BYTES], claimed.sealed[_NONCE_BYTES:]
    try:
        return unpack(AESGCM(key[:32]).decrypt(nonce, encrypted, _bound_to(claimed.id, claimed.expires_at)))
    except (InvalidTag, ValueError):
        raise UnreadableMailError("A mail in the outbox does not open.") from None


def store_mails(session: Session, mails: Sequence[SealedMail]) -> None:
    """Insert messages; they leave only if the transaction is committed."""
    insert_rows(session.connection(), mail_rows(mails))


def mail_rows(mails: Sequence[SealedMail]) -> Rows:
    """Return messages as rows, to be inserted with others."""
    return Rows(StoredMail, [mail.row for mail in mails])


def is_due(session: Session, now: datetime) -> bool:
    """Say whether a message may be tried now."""
    found = session.execute(select(_table.c.id).where(_table.c.due_at <= int(now.timestamp())).limit(1))
    return found.first() is not None


def count_waiting(session: Session) -> int:
    """Return how many messages no mail server has taken yet."""
    return session.execute(select(func.count()).select_from(_table)).scalar_one()


def find_serverless(session: Session, key: bytes, now: datetime) -> tuple[list[bytes], int]:
    """Return the ids of what is due and was left by a site without a mail server, and how many wait for a server.

    What does not open under ``key`` is among those that wait: it belongs to a process with other settings.
    """
    found, others = [], 0
    rows = session.execute(select(*_COLUMNS, _table.c.due_at).execution_options(yield_per=_AT_A_TIME))
    for *columns, due_at in rows:
        row = ClaimedMail(*columns)
        if _needs_server(key, row):
            others += 1
        elif due_at <= int(now.timestamp()):
            found.append(row.id)
    return found, others


def _needs_server(key: bytes, row: ClaimedMail) -> bool:
    try:
        return open_mail(key, row).get(_NO_SERVER) is not True
    except UnreadableMailError:
        return True


def claim(
    session: Session, now: datetime, most: int, lease: timedelta, among: Sequence[bytes] | None = None
) -> list[ClaimedMail]:
    """Take up to ``most`` messages that are due, those that wait longest first; they are ours until ``lease`` is over.

    Nobody else gets them once this transaction is committed; on PostgreSQL other workers pass over them even before.
    ``among`` are the ids to choose from, otherwise it is all of them.
    """
    due = select(*_COLUMNS).where(_table.c.due_at <= int(now.timestamp())).order_by(_table.c.due_at).limit(most)
    if among is not None:
        due = due.where(_table.c.id.in_(among))
    claimed = [ClaimedMail(*row) for row in session.execute(due.with_for_update(skip_locked=True))]
    reschedule(session, [(one.id, now + lease, one.tries + 1) for one in claimed])
    return claimed


def reschedule(session: Session, changes: Sequence[tuple[bytes, datetime, int]]) -> None:
    """Set when messages may be tried next, and how often they were: ``(id, due, tries)`` each."""
    if changes:
        statement = update(_table).where(_table.c.id == bindparam("mail"))
        statement = statement.values(due_at=bindparam("due"), tries=bindparam("tried"))
        rows = [{"mail": mail, "due": int(due.timestamp()), "tried": tries} for mail, due, tries in changes]
        session.connection().execute(statement, rows)


def delete_mails(session: Session, mails: Sequence[bytes]) -> None:
    """Delete messages that were handed over, or that nobody may get."""
    if mails:
        rows = [{"mail": mail} for mail in mails]
        session.connection().execute(delete(_table).where(_table.c.id == bindparam("mail")), rows)


def is_over(session: Session, now: datetime) -> bool:
    """Say whether the day of a message is over, due or not: rows lie in the order in which they expire."""
    first = select(_table.c.expires_at).order_by(_table.c.id).limit(1)
    expires_at = session.execute(first).scalar()
    return expires_at is not None and expires_at <= int(now.timestamp())


def delete_expired(session: Session, now: datetime) -> int:
    """Delete the messages whose day is over; return how many there were."""
    statement = delete(_table).where(_table.c.expires_at <= int(now.timestamp()))
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def back_off(tries: int) -> timedelta:
    """Return how long to wait after so many tries: half a minute, then twice as long each time, an hour at most.

    Up to a quarter more, by chance, so that messages refused together do not come back together.
    """
    seconds = min(_FIRST_PAUSE_SECONDS << min(tries, 10), _LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds + secrets.randbelow(seconds // 4))


def _bound_to(row_id: bytes, expires_at: int) -> bytes:
    """Return what is authenticated with a message, so that nobody can move it or prolong it in the database."""
    return row_id + expires_at.to_bytes(8, signed=True)
