"""Erasing a signature: whoever withdraws is gone, and stays gone when yesterday's database is copied back.

What was erased is noted in :mod:`campaign.signatures.journal`, before it is committed.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.mail.outbox import ClaimedMail, UnreadableMailError, delete_mails, open_mail
from campaign.mail.tables import StoredMail
from campaign.signatures.journal import Erasure, note_erased
from campaign.signatures.public_tables import PublicName
from campaign.signatures.review_tables import ReviewRow
from campaign.signatures.tables import Amendment, Link, Signature
from campaign.signatures.totals import count_new, wait_to_count


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
    return withdraw_together(session, outbox_key, slug, [signature_id]) == [signature_id]


def withdraw_together(session: Session, outbox_key: bytes, slug: str, ids: Sequence[bytes]) -> list[bytes]:
    """Erase some signatures because their owner wants it, and the mail that waits for them; return which were there.

    Mails first and signatures in the order of their ids, as everybody does it, so that nobody waits in a circle.
    """
    delete_mails(session, _waiting_for(session, outbox_key, ids))
    return [one for one in sorted(ids) if erase_signature(session, slug, one)]


def _waiting_for(session: Session, outbox_key: bytes, ids: Sequence[bytes]) -> list[bytes]:
    """Return the messages about some signatures; the outbox holds those of a few seconds, or of a day at worst."""
    found, about = [], {one.hex() for one in ids}
    query = select(StoredMail.id, StoredMail.expires_at, StoredMail.tries, StoredMail.sealed)
    for row in session.execute(query):
        with suppress(UnreadableMailError):
            if open_mail(outbox_key, ClaimedMail(*row)).get("id") in about:
                found.append(row.id)
    return found
