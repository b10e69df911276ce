"""Putting a name under an appeal: one insert, the same work and the same silence for a new and a repeated signature."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.core.database import insert_each_once
from campaign.signatures.blind import blind_index, row_mac
from campaign.signatures.keyring import CurrentKey, current_key
from campaign.signatures.sealing import SealError, seal, unseal
from campaign.signatures.tables import Signature, State

KEY_BYTES = 32


@dataclass(frozen=True)
class SigningKeys:
    """The two secret keys of signing, kept outside the database; ``repr`` does not show them."""

    index_key: bytes
    row_key: bytes

    def __post_init__(self) -> None:
        if min(len(self.index_key), len(self.row_key)) < KEY_BYTES:
            raise ValueError(f"The two keys of signing need at least {KEY_BYTES} bytes each.")

    def __repr__(self) -> str:
        return "SigningKeys(…)"


@dataclass(frozen=True)
class Consents:
    """What a supporter agreed to, and the ``version`` of the sentences they read.

    ``count``: count my signature; ``show``: show my name on the page; ``handover``: give my name to the addressees.
    """

    version: str
    count: bool = False
    show: bool = False
    handover: bool = False


@dataclass(frozen=True)
class SignatureRecord:
    """What is sealed of one supporter (already cleaned). No street address and no words: those are never stored."""

    name: str
    email: str
    country: str
    locale: str
    consents: Consents
    city: str = ""

    def content(self) -> dict[str, Any]:
        """Return the record as plain values, to be sealed."""
        return {**vars(self), "consents": vars(self.consents)}


@dataclass(frozen=True)
class SealedSignature:
    """One row ready to be stored; ``repr`` shows nothing of it."""

    row: dict[str, Any] = field(repr=False)


def seal_signature(
    keys: SigningKeys, key: CurrentKey, appeal: Appeal, edition: int, day: date, record: SignatureRecord
) -> SealedSignature:
    """Return the finished row: everything costly about signing, done before any lock is taken.

    The country stays readable for statistics only where the appeal keeps it. Raises :class:`RefusedError` when the
    address is not one.
    """
    row_id = secrets.token_bytes(16)
    row: dict[str, Any] = {
        "slug": appeal.slug,
        "id": row_id,
        "edition": edition,
        "key_epoch": key.epoch,
        "state": State.PENDING,
        "day": day,
        "country": record.country if appeal.keep_country else "",
        "blind_index": blind_index(keys.index_key, appeal.slug, record.email),
        "sealed": seal(key.public, appeal.slug, row_id, key.epoch, record.content()),
    }
    row["mac"] = row_mac(keys.row_key, row)
    return SealedSignature(row)


def store_signatures(session: Session, signatures: Sequence[SealedSignature]) -> None:
    """Insert the rows, except those whose mailbox has signed that appeal already; never say which."""
    insert_each_once(session, Signature, ("slug", "blind_index"), [one.row for one in signatures])


def sign(session: Session, keys: SigningKeys, appeal: Appeal, edition: int, day: date, record: SignatureRecord) -> None:
    """Seal and store in one go; raises :class:`UnavailableError` while the appeal has no sealing key."""
    key = current_key(session, appeal.slug)
    store_signatures(session, [seal_signature(keys, key, appeal, edition, day, record)])


def open_signature(private: bytes, row: Mapping[str, Any]) -> SignatureRecord:
    """Return what was sealed in a signature's row; :class:`SealError` when it does not open or is no such record."""
    found = unseal(private, row["slug"], row["id"], row["key_epoch"], row["sealed"])
    try:
        return SignatureRecord(**(found | {"consents": Consents(**found["consents"])}))
    except (KeyError, TypeError):
        raise SealError("This record opens, but it is not a signature.") from None
