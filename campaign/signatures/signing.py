"""Putting a name under an appeal: one insert, the same work and the same silence for a new and a repeated signature."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.core.inserting import Rows, insert_rows
from campaign.keys.keyring import CurrentKey, current_key
from campaign.keys.sealing import SealError, seal, unseal
from campaign.mail.outbox import SealedMail, mail_rows, seal_mail
from campaign.signatures.blind import appeal_key, canonical_email, index_under, row_mac
from campaign.signatures.consents import Consents
from campaign.signatures.flags import Flag
from campaign.signatures.index_keys import IndexKeys
from campaign.signatures.own_consents import encrypt_consents, new_own_key, own_key
from campaign.signatures.tables import HOLDER, Signature, State

KEY_BYTES = 32


@dataclass(frozen=True)
class SigningKeys:
    """The secret keys of signing, kept outside the database; ``repr`` does not show them."""

    index_key: bytes
    row_key: bytes
    outbox_key: bytes
    of_appeals: IndexKeys | None = None
    """Where the index key of each appeal lies; without it they are derived from ``index_key`` each time."""

    def index_key_of(self, slug: str) -> bytes:
        """Return the 32-byte key of an appeal's index; what :meth:`IndexKeys.of` raises when it was destroyed."""
        return self.of_appeals.of(slug) if self.of_appeals else appeal_key(self.index_key, slug)

    def own_key_of(self, slug: str, email: str, row_id: bytes) -> bytes:
        """Return the 32-byte own key of a signature; raises also :class:`RefusedError` when ``email`` is no address."""
        return own_key(self.index_key_of(slug), canonical_email(email), row_id)

    def __post_init__(self) -> None:
        if min(len(self.index_key), len(self.row_key), len(self.outbox_key)) < KEY_BYTES:
            raise ValueError(f"The keys of signing need at least {KEY_BYTES} bytes each.")

    def __repr__(self) -> str:
        return "SigningKeys(…)"


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
class Circumstances:
    """How a signature came in: what was noticed, whether a mail can ask for its confirmation, and who shares addresses.

    ``asked``: the site has a mail server, so a signature with an address waits until its owner confirms it.
    ``shared_addresses``: two people may sign with one address, told apart by their names.
    ``held``: it waits too, until the organisers have looked (:mod:`campaign.signatures.arrivals`).
    ``mail_locale``: the language of the mail about it, "" for that of the letters.
    """

    flags: Flag = Flag.NONE
    asked: bool = False
    shared_addresses: bool = False
    held: bool = False
    mail_locale: str = ""


@dataclass(frozen=True)
class SealedSignature:
    """One row ready to be stored, and the mail that goes with it; ``repr`` shows nothing of either."""

    row: dict[str, Any] = field(repr=False)
    mail: SealedMail | None = field(default=None, repr=False)


def seal_signature(
    keys: SigningKeys,
    key: CurrentKey,
    appeal: Appeal,
    edition: int,
    now: datetime,
    record: SignatureRecord,
    circumstances: Circumstances = Circumstances(),
) -> SealedSignature:
    """Return the finished row and its mail: everything costly about signing, done before any lock is taken.

    The country stays readable for statistics only where the appeal keeps it. A signature without an address gets an
    index of its own and no mail. Raises :class:`RefusedError` when the address is not one.
    """
    row_id = secrets.token_bytes(16)
    row: dict[str, Any] = {
        "slug": appeal.slug,
        "id": row_id,
        "edition": edition,
        "key_epoch": key.epoch,
        "state": State.PENDING if circumstances.held or (record.email and circumstances.asked) else State.UNVERIFIED,
        "day": now.date(),
        "country": record.country if appeal.keep_country else "",
        "flags": int(circumstances.flags),
        "sealed": seal(key.public, appeal.slug, row_id, key.epoch, record.content()),
        **_keyed(keys, appeal.slug, row_id, record, circumstances),
    }
    row["mac"] = row_mac(keys.row_key, row)
    return SealedSignature(row, _mail(keys, row, record, now, circumstances) if record.email else None)


def _keyed(
    keys: SigningKeys, slug: str, row_id: bytes, record: SignatureRecord, circumstances: Circumstances
) -> dict[str, bytes]:
    """Return what recognises the same person again, and their consents for their own links.

    Without an address nothing does either, and the row looks the same: what fills it opens with a key nobody has.
    """
    if record.email:
        address = canonical_email(record.email)
        key = keys.index_key_of(slug)
        index = index_under(key, address)
        whose = index_under(key, address, record.name) if circumstances.shared_addresses else index
        own = own_key(key, address, row_id)
    else:
        index = whose = secrets.token_bytes(32)
        own = new_own_key()
    consents = encrypt_consents(own, slug, row_id, 0, record.consents)
    return {"blind_index": whose, "address_index": index, "own_consents": consents}


def _mail(
    keys: SigningKeys, row: Mapping[str, Any], record: SignatureRecord, now: datetime, circumstances: Circumstances
) -> SealedMail:
    """Return the order to write to the address: which mail it will be is found out when it is sent.

    So signing does the same for everybody, and takes as long, whether somebody has signed before or not.
    """
    content = {
        "kind": "signed",
        "to": record.email,
        "locale": circumstances.mail_locale or record.locale,
        "slug": row["slug"],
        "id": row["id"].hex(),
        "index": row["blind_index"].hex(),
    }
    return seal_mail(keys.outbox_key, content, now, for_server=circumstances.asked)


def store_signatures(session: Session, signatures: Sequence[SealedSignature]) -> None:
    """Insert the rows, except those that would count a person twice, and all mails; never say which.

    What waits for its mailbox to answer is not among the exceptions, whatever else waits or counts: anybody can type an
    address, and only its owner decides what holds (:mod:`campaign.signatures.siblings`).
    """
    insert_rows(session.connection(), *signature_rows(signatures))


def signature_rows(signatures: Sequence[SealedSignature]) -> list[Rows]:
    """Return signatures and their mails as rows, to be inserted with others."""
    # In one order everywhere: two processes with the same repeated signatures must not wait for each other in a circle.
    rows = sorted((one.row for one in signatures), key=itemgetter("slug", "blind_index"))
    return [Rows(Signature, rows, HOLDER), mail_rows([one.mail for one in signatures if one.mail])]


def sign(
    session: Session, keys: SigningKeys, appeal: Appeal, edition: int, now: datetime, record: SignatureRecord
) -> None:
    """Seal and store in one go; raises :class:`UnavailableError` while the appeal has no sealing key."""
    key = current_key(session, appeal.slug)
    store_signatures(session, [seal_signature(keys, key, appeal, edition, now, record)])


def open_signature(private: bytes, row: Mapping[str, Any]) -> SignatureRecord:
    """Return what was sealed in a signature's row; :class:`SealError` when it does not open or is no such record."""
    found = unseal(private, row["slug"], row["id"], row["key_epoch"], row["sealed"])
    try:
        return SignatureRecord(**(found | {"consents": Consents(**found["consents"])}))
    except (KeyError, TypeError):
        raise SealError("This record opens, but it is not a signature.") from None
