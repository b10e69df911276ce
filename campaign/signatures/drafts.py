"""Drafts: what one visitor typed for their letters, for an hour, readable only with the token in their cookie.

The token is never stored. HKDF (RFC 5869) makes two values of it: an AES key, and one whose hash names the row. Neither
can be found again from the row, so the database shows nothing, and a forged token finds nothing.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.tokens import new_token
from campaign.letters.letter import LetterValues
from campaign.signatures.padding import pack, unpack
from campaign.signatures.tables import StoredDraft

DRAFT_LIFETIME = timedelta(hours=1)
_NONCE_BYTES = 12
_table = table_of(StoredDraft)
_is_this_draft = _table.c.id_hash == bindparam("name")
_insert = insert(_table)
_select = select(_table.c.expires_at, _table.c.sealed).where(_is_this_draft)
_delete = delete(_table).where(_is_this_draft)


@dataclass(frozen=True)
class Draft:
    """A visitor's letter values for one appeal, and whether they signed its petition."""

    slug: str
    values: LetterValues
    signed: bool
    expires_at: datetime

    def minutes_left(self, now: datetime) -> int:
        """Return the full minutes until the draft is gone."""
        return max(0, int((self.expires_at - now).total_seconds() // 60))


def save_draft(session: Session, slug: str, values: LetterValues, now: datetime, *, signed: bool = False) -> str:
    """Store a new draft for an hour and return its token, which exists nowhere else."""
    token = new_token()
    _store(session, token, slug, values, now, signed=signed)
    return token


def replace_draft(
    session: Session, token: str, slug: str, values: LetterValues, now: datetime, *, signed: bool = False
) -> bool:
    """Put new values in place of a draft, for another hour; say whether there was one to replace."""
    if open_draft(session, token, now) is None:
        return False
    delete_draft(session, token)
    _store(session, token, slug, values, now, signed=signed)
    return True


def open_draft(session: Session, token: str, now: datetime) -> Draft | None:
    """Return the draft of a token, or ``None`` when it is over, cleared, or was never there."""
    key, id_hash = _secrets_of(token)
    row = session.connection().execute(_select, {"name": id_hash}).first()
    if row is None or row.expires_at <= int(now.timestamp()):
        return None
    nonce, encrypted = row.sealed[:_NONCE_BYTES], row.sealed[_NONCE_BYTES:]
    try:
        content = unpack(AESGCM(key).decrypt(nonce, encrypted, _bound_to(row.expires_at)))
        return Draft(
            slug=content["slug"],
            values=_values(content["values"]),
            signed=content["signed"],
            expires_at=datetime.fromtimestamp(row.expires_at, UTC),
        )
    except (InvalidTag, KeyError, TypeError, ValueError):  # changed in the database, or of an older version
        return None


def delete_draft(session: Session, token: str) -> None:
    """Delete the draft of a token, if there is one."""
    session.connection().execute(_delete, {"name": _secrets_of(token)[1]})


def sweep_drafts(session: Session, now: datetime) -> int:
    """Delete every draft whose hour is over and return how many there were."""
    result = session.execute(delete(StoredDraft).where(StoredDraft.expires_at <= int(now.timestamp())))
    return int(getattr(result, "rowcount", 0))


def _store(session: Session, token: str, slug: str, values: LetterValues, now: datetime, *, signed: bool) -> None:
    key, id_hash = _secrets_of(token)
    expires_at = int((now + DRAFT_LIFETIME).timestamp())
    nonce = secrets.token_bytes(_NONCE_BYTES)
    content = pack({"slug": slug, "signed": signed, "values": asdict(values)})
    sealed = nonce + AESGCM(key).encrypt(nonce, content, _bound_to(expires_at))
    row = {"id_hash": id_hash, "expires_at": expires_at, "sealed": sealed}
    session.connection().execute(_insert, row)


def _secrets_of(token: str) -> tuple[bytes, bytes]:
    """Return the encryption key and the name of the row, 32 bytes each."""
    both = HKDF(SHA256(), 64, None, b"campaign draft").derive(token.encode("utf-8", "surrogatepass"))
    return both[:32], hashlib.sha256(both[32:]).digest()


def _bound_to(expires_at: int) -> bytes:
    """Return what is authenticated with the draft, so that nobody can prolong it by changing its row."""
    return expires_at.to_bytes(8, signed=True)


def _values(found: dict[str, Any]) -> LetterValues:
    return LetterValues(**(found | {"demands": tuple(found["demands"])}))
