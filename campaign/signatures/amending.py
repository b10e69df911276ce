"""Consents that a supporter changes later: sealed like the signature, added beside it, kept again for their links."""

import hmac
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import RefusedError
from campaign.signatures.consents import Consents
from campaign.signatures.keyring import CurrentKey
from campaign.signatures.own_consents import encrypt_consents
from campaign.signatures.sealing import SealError, seal, unseal
from campaign.signatures.tables import Amendment, Signature

TOO_MANY_CHANGES = "These choices have been changed too often. Write to the organisers."
_MOST_CHANGES = 10_000
_signatures = table_of(Signature)


def change_consents(
    session: Session,
    row_key: bytes,
    key: CurrentKey,
    slug: str,
    signature_id: bytes,
    consents: Consents,
    own_key: bytes | None = None,
) -> bool:
    """Seal new consents of a signature in place of any older change; say whether the signature is there.

    Only the newest holds, so only the newest is kept; its number still counts on. With the signature's ``own_key`` all
    its links show them; without one, none shows any: better nothing than what does not hold any more. Raises
    :class:`RefusedError` when somebody has changed their mind ten thousand times.
    """
    # The signature's own row is the queue in which two changes at the same moment stand.
    this = select(Signature.id).where(Signature.slug == slug, Signature.id == signature_id)
    if session.execute(this.with_for_update()).first() is None:
        return False
    own = (Amendment.slug == slug) & (Amendment.signature_id == signature_id)
    n = (session.execute(select(func.max(Amendment.n)).where(own)).scalar() or 0) + 1
    if n > _MOST_CHANGES:
        raise RefusedError(TOO_MANY_CHANGES)
    session.execute(delete(Amendment).where(own))
    session.execute(insert(Amendment).values(seal_amendment(row_key, key, slug, signature_id, n, consents)))
    shown = encrypt_consents(own_key, slug, signature_id, n, consents) if own_key else None
    here = (_signatures.c.slug == slug) & (_signatures.c.id == signature_id)
    session.execute(update(_signatures).where(here).values(own_consents=shown))
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
