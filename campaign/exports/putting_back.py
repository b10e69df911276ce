"""Taking a resealed bundle back into the database, so that the old key opens nothing that lies there any more."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import RefusedError
from campaign.exports.bundle_format import BundleHead
from campaign.exports.rows import SealedRow
from campaign.keys import fingerprint, keys_of
from campaign.signatures import Amendment, Signature, row_is_genuine
from campaign.signatures.amending import amendment_mac
from campaign.signatures.blind import row_mac

_signatures, _amendments = table_of(Signature), table_of(Amendment)


@dataclass
class PutBack:
    """What became of resealed rows: how many took the place of older ones, were there already, or were not taken.

    Not taken are rows that were erased or changed by the supporter since the bundle was made, or are not genuine in the
    database; what is there of them stays sealed to the old key.
    """

    replaced: int = 0
    unchanged: int = 0
    not_taken: int = 0


def check_origin(session: Session, head: BundleHead) -> None:
    """Raise :class:`RefusedError` unless every key a bundle is sealed to is a key its appeal has here."""
    known = {key.epoch: fingerprint(key.public).hex() for key in keys_of(session, head.slug)}
    if not known or any(known.get(epoch) != digits for epoch, digits in head.fingerprints.items()):
        raise RefusedError(f"This bundle was not made here: it is sealed to keys that {head.slug} does not have.")


def put_back(session: Session, rows: Iterable[SealedRow], row_key: bytes, done: PutBack) -> None:
    """Let resealed rows take the place of what is sealed in the same signatures, and count in ``done`` what became.

    Only what is sealed, its key epoch and the HMAC change. The server cannot see whether a new seal holds what the old
    one held: who puts a bundle back vouches for it. Doing it twice changes nothing.
    """
    for row in rows:
        this = (_signatures.c.slug == row.slug) & (_signatures.c.id == row.id)
        found = session.execute(select(_signatures).where(this).with_for_update()).first()
        kept: dict[str, Any] | None = found._asdict() if found else None
        if kept is None or not row_is_genuine(row_key, kept) or not _is_newest(session, row, kept["changes"]):
            done.not_taken += 1
        elif kept["key_epoch"] == row.key_epoch:
            done.unchanged += 1
        else:
            new = {"key_epoch": row.key_epoch, "sealed": row.sealed}
            session.execute(update(_signatures).where(this).values(**new, mac=row_mac(row_key, kept | new)))
            _replace_amendments(session, row, row_key)
            done.replaced += 1


def _is_newest(session: Session, row: SealedRow, changes: int) -> bool:
    """Say whether a row of a bundle has the newest consents; ``changes`` is the number that the signature knows."""
    those = (_amendments.c.slug == row.slug) & (_amendments.c.signature_id == row.id)
    newest = session.execute(select(func.max(_amendments.c.n)).where(those)).scalar() or 0
    return newest == (row.amendment.n if row.amendment else 0) and newest >= changes


def _replace_amendments(session: Session, row: SealedRow, row_key: bytes) -> None:
    """Replace the newest change of consents; older ones say nothing any more and go."""
    newest = row.amendment
    if newest is None:
        return
    those = (_amendments.c.slug == row.slug) & (_amendments.c.signature_id == row.id)
    session.execute(delete(_amendments).where(those, _amendments.c.n < newest.n))
    new = {"slug": row.slug, "signature_id": row.id, **vars(newest)}
    values = {"key_epoch": newest.key_epoch, "sealed": newest.sealed, "mac": amendment_mac(row_key, new)}
    session.execute(update(_amendments).where(those, _amendments.c.n == newest.n).values(**values))
