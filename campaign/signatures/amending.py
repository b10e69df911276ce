"""Consents that a supporter changes later: sealed like the signature, added beside it, kept again for their links.

The signature's row holds the number of the newest change, and its HMAC covers it. So whoever deletes a change from the
database, or puts an older one back, does not bring back what was agreed to before: the row does not check any more.
Somebody who puts back the whole row, or yesterday's database, is found out by the journal.
"""

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import RefusedError
from campaign.keys.keyring import CurrentKey, current_key
from campaign.keys.sealing import SealError, seal, unseal
from campaign.signatures.blind import row_is_genuine, row_mac
from campaign.signatures.consents import Consents
from campaign.signatures.journal import Change, note_changed
from campaign.signatures.own_consents import encrypt_consents
from campaign.signatures.tables import Amendment, Signature

TOO_MANY_CHANGES = "These choices have been changed too often. Write to the organisers."
NOT_AGREED = Consents("restored", count=True)
"""What holds for somebody whose newest choices a backup has undone: neither shown nor handed over."""

_MOST_CHANGES = 10_000
_signatures, _amendments = table_of(Signature), table_of(Amendment)


def change_consents(
    session: Session,
    row_key: bytes,
    key: CurrentKey,
    slug: str,
    signature_id: bytes,
    consents: Consents,
    own_key: bytes | None = None,
) -> bool:
    """Seal new consents of a signature in place of any older change; say whether the signature is there and genuine.

    Only the newest holds, so only the newest is kept; its number still counts on, and the journal notes it. With the
    signature's ``own_key`` all its links show them; without one, none shows any: better nothing than what does not hold
    any more. Raises :class:`RefusedError` when somebody has changed their mind ten thousand times.
    """
    row = _row(session, slug, signature_id)
    if row is None or not row_is_genuine(row_key, row):
        return False
    n = max(row["changes"], _newest(session, slug, signature_id)) + 1
    if n > _MOST_CHANGES:
        raise RefusedError(TOO_MANY_CHANGES)
    _put(session, row_key, key, row, n, consents, own_key)
    return True


def _put(
    session: Session,
    row_key: bytes,
    key: CurrentKey,
    row: Mapping[str, Any],
    n: int,
    consents: Consents,
    own_key: bytes | None,
) -> None:
    slug, signature_id = row["slug"], row["id"]
    session.execute(delete(_amendments).where(*_of(slug, signature_id)))
    session.execute(insert(_amendments).values(seal_amendment(row_key, key, slug, signature_id, n, consents)))
    shown = encrypt_consents(own_key, slug, signature_id, n, consents) if own_key else None
    _number(session, row_key, row, n, own_consents=shown)


def _row(session: Session, slug: str, signature_id: bytes) -> dict[str, Any] | None:
    """Return a signature's row, which is the queue in which two changes at the same moment stand."""
    this = select(_signatures).where(_signatures.c.slug == slug, _signatures.c.id == signature_id)
    found = session.execute(this.with_for_update()).first()
    return found._asdict() if found else None


def _of(slug: str, signature_id: bytes) -> tuple[Any, Any]:
    return _amendments.c.slug == slug, _amendments.c.signature_id == signature_id


def _newest(session: Session, slug: str, signature_id: bytes) -> int:
    return session.execute(select(func.max(_amendments.c.n)).where(*_of(slug, signature_id))).scalar() or 0


def _number(session: Session, row_key: bytes, row: Mapping[str, Any], n: int, **values: object) -> None:
    """Write the number of the newest change into a genuine row, with a new HMAC, and into the journal."""
    here = (_signatures.c.slug == row["slug"]) & (_signatures.c.id == row["id"])
    values |= {"changes": n, "mac": row_mac(row_key, {**row, "changes": n})}
    session.execute(update(_signatures).where(here).values(**values))
    note_changed(session, row["slug"], row["id"], n)


def undone_changes(session: Session, changes: Iterable[Change]) -> list[Change]:
    """Return the newest of these changes of each signature that the database knows no change as new of: a backup."""
    newest: dict[tuple[str, bytes], Change] = {}
    for one in changes:
        known = newest.setdefault((one.slug, one.signature_id), one)
        if one.n > known.n:
            newest[one.slug, one.signature_id] = one
    return [one for one in newest.values() if _is_undone(session, one)]


def _is_undone(session: Session, one: Change) -> bool:
    row = select(_signatures.c.changes).where(_signatures.c.slug == one.slug, _signatures.c.id == one.signature_id)
    changes = session.execute(row).scalar()
    return changes is not None and changes < one.n


def take_back_consents(session: Session, row_key: bytes, change: Change) -> bool:
    """Let nothing be shown or handed over of somebody whose change was undone, until they choose anew.

    What they had chosen cannot be known: it was sealed, and is gone. Say whether the signature is there and genuine.
    """
    row = _row(session, change.slug, change.signature_id)
    if row is None or not row_is_genuine(row_key, row):
        return False
    n = max(change.n, _newest(session, change.slug, change.signature_id)) + 1
    _put(session, row_key, current_key(session, change.slug), row, n, NOT_AGREED, None)
    return True


def adopt_changes(session: Session, row_key: bytes) -> int:
    """Write the numbers of changes into rows of an older version, which had none; return how many these were.

    Forged rows and changes stay as they are. A row that has its number in its HMAC, but not in its column, comes from
    a database that had gone back to that version.
    """
    newest = select(_amendments.c.slug, _amendments.c.signature_id, func.max(_amendments.c.n).label("n"))
    last = newest.group_by(_amendments.c.slug, _amendments.c.signature_id).subquery()
    same = (_signatures.c.slug == last.c.slug) & (_signatures.c.id == last.c.signature_id)
    query = select(last).join(_signatures, same).where(_signatures.c.changes < last.c.n)
    return sum(_adopted(session, row_key, *one) for one in session.execute(query).all())


def _adopted(session: Session, row_key: bytes, slug: str, signature_id: bytes, n: int) -> bool:
    row = _row(session, slug, signature_id)
    this = select(_amendments).where(*_of(slug, signature_id), _amendments.c.n == n)
    change = session.execute(this).first()
    if row is None or change is None or not amendment_is_genuine(row_key, change._asdict()):
        return False
    if not any(row_is_genuine(row_key, {**row, "changes": known}) for known in (row["changes"], n)):
        return False
    _number(session, row_key, row, n)
    return True


def seal_amendment(
    row_key: bytes, key: CurrentKey, slug: str, signature_id: bytes, n: int, consents: Consents
) -> dict[str, Any]:
    """Return the finished row of the ``n``-th change (counting from 1) of a signature's consents."""
    row: dict[str, Any] = {"slug": slug, "signature_id": signature_id, "n": n, "key_epoch": key.epoch}
    row["sealed"] = seal_consents(key, slug, signature_id, n, consents)
    row["mac"] = amendment_mac(row_key, row)
    return row


def seal_consents(key: CurrentKey, slug: str, signature_id: bytes, n: int, consents: Consents) -> bytes:
    """Return what is sealed in the ``n``-th change of a signature's consents."""
    return seal(key.public, slug, signature_id, key.epoch, {"consents": vars(consents)}, what=_what(n))


def open_amendment(private: bytes, slug: str, signature_id: bytes, amendment: Mapping[str, Any]) -> Consents:
    """Return the consents in an amendment's row; :class:`SealError` when it does not open or holds none.

    It opens as the ``n``-th change of this signature only, so an older one cannot be passed off as the newest.
    """
    what = _what(amendment["n"])
    found = unseal(private, slug, signature_id, amendment["key_epoch"], amendment["sealed"], what=what)
    try:
        return Consents(**found["consents"])
    except (KeyError, TypeError):
        raise SealError("This record opens, but it is not a change of consents.") from None


def amendment_mac(row_key: bytes, row: Mapping[str, Any]) -> bytes:
    """Return the 32-byte HMAC-SHA-256 over everything an amendment's row says but ``mac`` itself."""
    texts = (row["slug"], row["n"], row["key_epoch"])
    fields = (row["signature_id"], row["sealed"], *(str(text).encode() for text in texts))
    message = b"".join(len(field).to_bytes(4) + field for field in fields)
    return hmac.digest(row_key, b"campaign amendment row" + message, "sha256")


def amendment_is_genuine(row_key: bytes, row: Mapping[str, Any]) -> bool:
    """Say whether an amendment's row is as this server wrote it."""
    return hmac.compare_digest(amendment_mac(row_key, row), row["mac"])


def _what(n: int) -> str:
    return f"amendment {n}"
