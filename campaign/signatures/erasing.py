"""Erasing a signature: whoever withdraws is gone, and stays gone when yesterday's database is copied back.

The journal is a file outside the database, and every erasure stands in it, on the disk, before it is committed. A
restored backup brings withdrawn people back; reading the journal again takes them out (``bin/campaign restore-check``).
It says of each no more than a day, an appeal and a random number that means nothing once the row is gone.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from campaign.core.clock import Clock
from campaign.core.database import table_of
from campaign.core.errors import UnavailableError
from campaign.mail.outbox import ClaimedMail, UnreadableMailError, delete_mails, open_mail
from campaign.mail.tables import StoredMail
from campaign.signatures.public_tables import PublicName
from campaign.signatures.review_tables import ReviewRow
from campaign.signatures.tables import Amendment, Link, Signature
from campaign.signatures.totals import count_new, wait_to_count

CANNOT_ERASE = "Nothing can be erased just now: the list of what was erased cannot be written. Please try again later."
_NOTED = "erased"
# Found from the right: a line that a power cut left unfinished may stand in front of the next one.
_LINE = re.compile(r"(\d{4}-\d\d-\d\d) (\S+) ([0-9a-f]{32})$", re.MULTILINE)


@dataclass(frozen=True)
class Erasure:
    """One signature that was erased, and the day."""

    day: date
    slug: str
    signature_id: bytes


class ErasureJournal:
    """The list of erased signatures in a file outside the database."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Keep the list in ``path``; the file is made at the first erasure."""
        self.path = path
        self._clock = clock

    def note(self, session: Session) -> None:
        """Write down what a transaction erases, before it commits; see :meth:`Database.before_commit`."""
        day = self._clock.now().date()
        erasures = [Erasure(day, slug, row_id) for slug, row_id in session.info.pop(_NOTED, ())]
        if erasures:
            self.write(erasures)

    def write(self, erasures: Iterable[Erasure]) -> None:
        """Append erasures and wait until they are on the disk; :class:`UnavailableError` when they cannot be."""
        text = "".join(f"{one.day.isoformat()} {quote(one.slug)} {one.signature_id.hex()}\n" for one in erasures)
        try:
            # One write to the end of the file: several processes may do it at once.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, text.encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            _keep_name(self.path)
        except OSError as error:
            raise UnavailableError(CANNOT_ERASE) from error

    def read(self) -> list[Erasure]:
        """Return every erasure in the list; unfinished lines are left out."""
        try:
            text = self.path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return []
        return list(_erasures(text))


def _erasures(text: str) -> Iterator[Erasure]:
    for day, slug, digits in _LINE.findall(text):
        try:
            yield Erasure(date.fromisoformat(day), unquote(slug), bytes.fromhex(digits))
        except ValueError:  # no such day: not a line of ours
            continue


def _keep_name(path: Path) -> None:
    """Make sure that a file made just now is found again after a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def erase_signature(session: Session, slug: str, signature_id: bytes) -> bool:
    """Delete a signature with everything that belongs to it, and correct the totals; say whether it was there.

    Gone are the sealed record, the keyed hashes of the address, the links and the changed consents. Mail that waits for
    it is not sent: the worker looks for the signature first. The journal of the database's owner notes the erasure
    before the commit (:meth:`ErasureJournal.note`). Call :meth:`Database.forget_deleted` afterwards.
    """
    wait_to_count(session, slug)
    day = session.execute(
        delete(Signature).where(Signature.slug == slug, Signature.id == signature_id).returning(Signature.day)
    ).scalar()
    for table in (Link, Amendment):
        session.execute(delete(table).where(table.slug == slug, table.signature_id == signature_id))
    session.execute(delete(ReviewRow).where(ReviewRow.signature_id == signature_id))
    # A name of the public list that was taken out by itself stands in the journal under its own id.
    session.execute(delete(PublicName).where(PublicName.slug == slug, PublicName.id == signature_id))
    if day is None:
        return False
    note_erased(session, slug, [signature_id])
    count_new(session, slug, [day])
    return True


def note_erased(session: Session, slug: str, ids: Iterable[bytes]) -> None:
    """Let the journal note rows that this transaction erases: signatures, and names of the public list."""
    session.info.setdefault(_NOTED, []).extend((slug, row_id) for row_id in ids)


def erased_in(session: Session) -> list[tuple[str, bytes]]:
    """Return the appeals and ids of what this transaction has erased so far."""
    return list(session.info.get(_NOTED, ()))


def still_there(session: Session, erasures: Iterable[Erasure]) -> list[Erasure]:
    """Return the erasures whose signature, or a link or change of it, or name, is in the database all the same."""
    once = {(one.slug, one.signature_id): one for one in erasures}.values()
    return [one for one in once if any(_has(session, kind, one) for kind in (Signature, Link, Amendment, PublicName))]


def _has(session: Session, kind: type[Signature | Link | Amendment | PublicName], one: Erasure) -> bool:
    table = table_of(kind)
    row_id = table.c.signature_id if "signature_id" in table.c else table.c.id
    found = session.execute(select(exists().where(table.c.slug == one.slug, row_id == one.signature_id))).scalar()
    return bool(found)


def withdraw(session: Session, outbox_key: bytes, slug: str, signature_id: bytes) -> bool:
    """Erase a signature because its owner wants it, and the mail that waits for it; say whether it was there."""
    delete_mails(session, _waiting_for(session, outbox_key, signature_id))
    return erase_signature(session, slug, signature_id)


def _waiting_for(session: Session, outbox_key: bytes, signature_id: bytes) -> list[bytes]:
    """Return the messages that are about a signature; the outbox holds those of a few seconds, or of a day at worst."""
    found = []
    query = select(StoredMail.id, StoredMail.expires_at, StoredMail.tries, StoredMail.sealed)
    for row in session.execute(query):
        with suppress(UnreadableMailError):
            if open_mail(outbox_key, ClaimedMail(*row)).get("id") == signature_id.hex():
                found.append(row.id)
    return found
