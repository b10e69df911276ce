"""Sealing: encrypting a record to the organisers' public key, so that this server cannot read it back.

HPKE (RFC 9180, base mode) with the hybrid KEM of ML-KEM-768 (FIPS 203) and X25519, HKDF-SHA-256 and AES-256-GCM. Each
record gets a sender key of its own that is thrown away. The hybrid is for the dump that is stolen today and opened in
fifteen years; whichever half fails, the other still holds.

A sealed record is the version byte 0x02, 1,120 bytes of encapsulated key, the padded JSON record and a 16-byte tag.
``info`` binds it to one appeal, one row and one key epoch: a sealed record moved to another row does not open.
"""

from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from campaign.core.errors import CampaignError
from campaign.signatures.padding import pack, unpack

VERSION = b"\x02"
PUBLIC_KEY_BYTES = 1184 + 32
PRIVATE_KEY_BYTES = 64 + 32

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealError(CampaignError):
    """A sealed record does not open with this key as this row, or a key is not one."""


def generate() -> bytes:
    """Return a new private key of 96 bytes: ML-KEM seed, then X25519 key."""
    return MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """Return the public key of 1,216 bytes that belongs to a private key: ML-KEM-768 key, then X25519 key."""
    seed, scalar = _private_halves(private)
    return seed.public_key().public_bytes_raw() + scalar.public_key().public_bytes_raw()


def check_public_key(public: bytes) -> None:
    """Raise :class:`SealError` when these bytes are not a public key that can be sealed to."""
    seal(public, "", bytes(16), 0, {})


def _private_halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE_KEY_BYTES:
        raise SealError(f"A private sealing key is {PRIVATE_KEY_BYTES} bytes long, this one {len(private)}.")
    return MLKEM768PrivateKey.from_seed_bytes(private[:64]), X25519PrivateKey.from_private_bytes(private[64:])


# Reading a key costs a quarter of a sealing, and a process sees only the few of its open appeals.
@lru_cache(maxsize=64)
def _read_public(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != PUBLIC_KEY_BYTES:
        raise SealError(f"A public sealing key is {PUBLIC_KEY_BYTES} bytes long, this one {len(public)}.")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:1184]), X25519PublicKey.from_public_bytes(public[1184:])
        )
    except ValueError:
        raise SealError("These bytes are not a public sealing key.") from None


@lru_cache(maxsize=4)
def _read_private(private: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(*_private_halves(private))


def _info(slug: str, row_id: bytes, epoch: int) -> bytes:
    # Unambiguous from the right: digits, then 32 hexadecimal digits, and the rest is the slug.
    return f"campaign signature|{slug}|{row_id.hex()}|{epoch}".encode()


def seal(public: bytes, slug: str, row_id: bytes, epoch: int, record: dict[str, Any]) -> bytes:
    """Return the record sealed to a public key, for this row of this appeal and no other.

    ``row_id`` is 16 bytes. Raises :class:`SealError` when ``public`` is not a key.
    """
    key = _read_public(public)
    try:
        return VERSION + _SUITE.encrypt(pack(record), key, info=_info(slug, row_id, epoch))
    except ValueError:  # an X25519 point of low order
        raise SealError("This public sealing key cannot be used.") from None


def unseal(private: bytes, slug: str, row_id: bytes, epoch: int, sealed: bytes) -> dict[str, Any]:
    """Return the record that was sealed for exactly this row.

    Raises :class:`SealError` for another row, appeal, epoch or key, for changed bytes and for an unknown version.
    """
    if sealed[:1] != VERSION:
        raise SealError("This record was sealed in a way this version does not know.")
    key = _read_private(private)
    try:
        return unpack(_SUITE.decrypt(sealed[1:], key, info=_info(slug, row_id, epoch)))
    except (InvalidTag, ValueError):
        raise SealError("This record was not sealed to this key for this row, or it was changed.") from None
