"""Keyed hashes: one person signs once, and a row that someone changed shows it, without a readable address.

The keys are outside the database. Whoever has only the rows learns nothing from these columns; whoever also has the
index key can test guessed addresses, which is why it is kept and backed up apart.
"""

import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from email_validator import EmailNotValidError, validate_email

from campaign.core.errors import RefusedError

_WORD = "[A-Za-z0-9_-]+"
_PLAIN_ADDRESS = re.compile(
    # 254 characters at most, 64 before the @ (RFC 5321, 4.5.3.1), and 63 between two dots after it (RFC 1035, 2.3.4).
    rf"(?!.{{255}})(?![^@]{{65}})({_WORD}(?:[.+]{_WORD})*)@((?:[A-Za-z0-9]{{1,63}}\.)+(?:com|org|net|edu|ca|fr|de|uk))"
)
_DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})


def is_email(address: str) -> bool:
    """Say whether the text is an e-mail address by its shape; nothing is looked up."""
    try:
        canonical_email(address)
    except RefusedError:
        return False
    return True


def canonical_email(address: str) -> str:
    """Return the form in which two spellings of one mailbox are equal.

    Case is folded, the domain is in its ASCII form (IDNA 2008), ``+tag`` goes, and dots go where the provider ignores
    them. No DNS question is asked: it would tell the resolver who signs. Raises :class:`RefusedError` for what is not
    an address.
    """
    # Nearly every address is this plain and no longer than one may be: then the library would say the same.
    plain = _PLAIN_ADDRESS.fullmatch(address)
    local, domain = plain.groups() if plain else _parts(address)
    local, domain = local.casefold(), domain.casefold()
    local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _parts(address: str) -> tuple[str, str]:
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise RefusedError("This is not an e-mail address. Check it for typing errors.") from None
    return found.local_part, found.ascii_domain or found.domain


def blind_index(index_key: bytes, slug: str, email: str, name: str = "") -> bytes:
    """Return the 32-byte keyed hash of an address; the key differs per appeal, so appeals cannot be compared.

    With a ``name`` it is the hash of both, for sites where two people may sign with one address.
    """
    return index_of(index_key, slug, canonical_email(email), name)


def index_of(index_key: bytes, slug: str, address: str, name: str = "") -> bytes:
    """Return :func:`blind_index` of an address that is in its canonical form already."""
    return index_under(appeal_key(index_key, slug), address, name)


def index_under(key: bytes, address: str, name: str = "") -> bytes:
    """Return :func:`index_of` under the appeal's own key (32 bytes)."""
    message = address.encode()
    if name:
        message += b"\0" + " ".join(name.split()).casefold().encode()
    return hmac.digest(key, message, "sha256")


@lru_cache(maxsize=64)
def appeal_key(index_key: bytes, slug: str) -> bytes:
    """Return the 32-byte key of one appeal's index, made from the site's (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, None, b"campaign blind index|" + slug.encode()).derive(index_key)


def row_mac(row_key: bytes, row: Mapping[str, Any]) -> bytes:
    """Return the 32-byte HMAC-SHA-256 over a signature's row: all columns but ``mac`` itself and ``own_consents``.

    Sealing needs only the public key, so what is sealed is not yet genuine: this shows rows that were forged or changed
    by someone who could write to the database but not read the server's keys. A row that was never changed has the mark
    that it was signed with, with ``changes`` 0 or without such a column.
    """
    texts = (row["slug"], row["edition"], row["key_epoch"], row["state"], row["day"].isoformat(), row["country"])
    fields = (row["id"], row["blind_index"], row["sealed"], *(str(text).encode() for text in texts))
    if row["flags"] is not None:  # rows from before there were flags keep the mark they have
        fields = (*fields, row["address_index"], str(row["flags"]).encode())
    if row.get("changes"):  # one field more, so that it cannot stand for the two above
        fields = (*fields, str(row["changes"]).encode())
    # Each field goes in with its length, so that no two different rows make the same message.
    message = b"".join(len(field).to_bytes(4) + field for field in fields)
    return hmac.digest(row_key, b"campaign signature row" + message, "sha256")


def row_is_genuine(row_key: bytes, row: Mapping[str, Any]) -> bool:
    """Say whether a signature's row is as this server wrote it."""
    return hmac.compare_digest(row_mac(row_key, row), row["mac"])
