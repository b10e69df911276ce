"""Mail that waits: written in the same transaction as what it is about, deleted when a mail server has taken it.

The content is encrypted (AES-256-GCM) under a key outside the database, so a copy of the database names nobody; it is
padded, so that its length says little; and it is bound to its row and to the moment it expires.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.padding import pack
from campaign.mail.tables import StoredMail

MAIL_LIFETIME = timedelta(hours=24)
_NONCE_BYTES = 12
_insert = insert(table_of(StoredMail))


@dataclass(frozen=True)
class SealedMail:
    """A message ready to be stored; ``repr`` shows nothing of it."""

    row: dict[str, Any] = field(repr=False)


def seal_mail(key: bytes, content: Mapping[str, Any], now: datetime) -> SealedMail:
    """Return a message, encrypted under the outbox key (32 bytes or more) and due at once; it waits a day at most.

    ``content`` holds plain JSON values: to whom, and what the mail is about.
    """
    row_id = secrets.token_bytes(16)
    expires_at = int((now + MAIL_LIFETIME).timestamp())
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = AESGCM(key[:32]).encrypt(nonce, pack(dict(content)), _bound_to(row_id, expires_at))
    return SealedMail(
        {
            "id": row_id,
            "due_at": int(now.timestamp()),
            "expires_at": expires_at,
            "tries": 0,
            "sealed": nonce + encrypted,
        }
    )


def store_mails(session: Session, mails: Sequence[SealedMail]) -> None:
    """Insert messages; they leave only if the transaction is committed."""
    if mails:
        session.connection().execute(_insert, [mail.row for mail in mails])


def _bound_to(row_id: bytes, expires_at: int) -> bytes:
    """Return what is authenticated with a message, so that nobody can move it or prolong it in the database."""
    return row_id + expires_at.to_bytes(8, signed=True)
