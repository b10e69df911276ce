"""Sealing: encrypting a record to the organisers' public key, so that this server cannot read it back.

HPKE (RFC 9180, base mode) with HKDF-SHA-256 and AES-256-GCM. Each record gets a sender key of its own that is thrown
away. There are two ways, and the first byte of what is sealed says which:

* 0x02, ``HYBRID``: the KEM of ML-KEM-768 (FIPS 203) and X25519, for the dump that is stolen today and opened in fifteen
  years; whichever half fails, the other still holds. Then come 1,120 bytes of encapsulated key.
* 0x01, ``CLASSICAL``: X25519 alone (RFC 7748), for machines whose OpenSSL has no ML-KEM; 32 bytes of encapsulated key.

Then come the padded JSON record and a 16-byte tag. Which way a record is sealed follows from the length of the public
key, so nobody can turn one into the other. ``info`` binds it to one appeal, one row, one key epoch and what it is.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
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
from campaign.core.padding import pack, unpack

_SEED_BYTES, _MLKEM_PUBLIC_BYTES, _X25519_BYTES = 64, 1184, 32
SIGNATURE = "signature"


class SealError(CampaignError):
    """A sealed record does not open with this key as this row, or a key is not one."""


@dataclass(frozen=True)
class Way:
    """One way of sealing: its version byte, its name in key files, and the lengths of its keys in bytes."""

    version: bytes
    name: str
    private_bytes: int
    public_bytes: int
    kem: KEM

    @property
    def suite(self) -> Suite:
        """Return the suite of RFC 9180 that does it."""
        return _suite(self.kem)


HYBRID = Way(
    b"\x02",
    "HPKE MLKEM768-X25519 HKDF-SHA256 AES-256-GCM",
    _SEED_BYTES + _X25519_BYTES,
    _MLKEM_PUBLIC_BYTES + _X25519_BYTES,
    KEM.MLKEM768_X25519,
)
CLASSICAL = Way(b"\x01", "HPKE X25519 HKDF-SHA256 AES-256-GCM", _X25519_BYTES, _X25519_BYTES, KEM.X25519)
WAYS = (HYBRID, CLASSICAL)


@cache
def _suite(kem: KEM) -> Suite:
    return Suite(kem, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@cache
def best_way() -> Way:
    """Return the way to make new keys for: ``HYBRID``, or ``CLASSICAL`` where the cryptography has no ML-KEM."""
    try:
        _mlkem(bytes(_SEED_BYTES))
    except SealError:
        return CLASSICAL
    return HYBRID


def generate(way: Way = HYBRID) -> bytes:
    """Return a new private key: ML-KEM seed of 64 bytes, unless it is a classical one, then X25519 key of 32."""
    classical = X25519PrivateKey.generate().private_bytes_raw()
    return classical if way is CLASSICAL else MLKEM768PrivateKey.generate().private_bytes_raw() + classical


def public_key(private: bytes) -> bytes:
    """Return the public key of a private key: ML-KEM key of 1,184 bytes, unless it is classical, then X25519 key."""
    way = way_of_private(private)
    classical = X25519PrivateKey.from_private_bytes(private[-_X25519_BYTES:]).public_key().public_bytes_raw()
    if way is CLASSICAL:
        return classical
    return _mlkem(private[:-_X25519_BYTES]).public_key().public_bytes_raw() + classical


def _mlkem(seed: bytes) -> MLKEM768PrivateKey:
    try:
        return MLKEM768PrivateKey.from_seed_bytes(seed)
    except UnsupportedAlgorithm:
        raise SealError("This machine has no ML-KEM: its cryptography is too old for this key.") from None


def way_of_private(private: bytes) -> Way:
    """Return the way a private key opens; :class:`SealError` when its length is that of none."""
    for way in WAYS:
        if len(private) == way.private_bytes:
            return way
    lengths = " or ".join(str(way.private_bytes) for way in WAYS)
    raise SealError(f"A private sealing key is {lengths} bytes long, this one {len(private)}.")


def way_of_public(public: bytes) -> Way:
    """Return the way a public key is sealed to; :class:`SealError` when its length is that of none."""
    for way in WAYS:
        if len(public) == way.public_bytes:
            return way
    lengths = " or ".join(str(way.public_bytes) for way in WAYS)
    raise SealError(f"A public sealing key is {lengths} bytes long, this one {len(public)}.")


def check_public_key(public: bytes) -> None:
    """Raise :class:`SealError` when these bytes are not a public key that can be sealed to."""
    seal(public, "", bytes(16), 0, {})


# Reading a key costs a quarter of a sealing, and a process sees only the few of its open appeals.
@lru_cache(maxsize=64)
def _read_public(public: bytes) -> MLKEM768X25519PublicKey | X25519PublicKey:
    way = way_of_public(public)
    try:
        classical = X25519PublicKey.from_public_bytes(public[-_X25519_BYTES:])
        if way is CLASSICAL:
            return classical
        return MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(public[:-_X25519_BYTES]), classical)
    except ValueError:
        raise SealError("These bytes are not a public sealing key.") from None
    except UnsupportedAlgorithm:
        raise SealError("This machine has no ML-KEM: its cryptography is too old for this key.") from None


@lru_cache(maxsize=4)
def _read_private(private: bytes) -> MLKEM768X25519PrivateKey | X25519PrivateKey:
    way = way_of_private(private)
    classical = X25519PrivateKey.from_private_bytes(private[-_X25519_BYTES:])
    if way is CLASSICAL:
        return classical
    return MLKEM768X25519PrivateKey(_mlkem(private[:-_X25519_BYTES]), classical)


def _info(slug: str, row_id: bytes, epoch: int, what: str) -> bytes:
    # Unambiguous from the right: digits, then 32 hexadecimal digits, and the rest is the slug; ``what`` has no bar.
    return f"campaign {what}|{slug}|{row_id.hex()}|{epoch}".encode()


def seal(
    public: bytes, slug: str, row_id: bytes, epoch: int, record: dict[str, Any], *, what: str = SIGNATURE
) -> bytes:
    """Return the record sealed to a public key, for this row of this appeal and no other.

    ``row_id`` is 16 bytes, ``what`` the kind of record (fixed words, never from outside): one kind does not open as
    another. Raises :class:`SealError` when ``public`` is not a key.
    """
    way, key = way_of_public(public), _read_public(public)
    try:
        return way.version + way.suite.encrypt(pack(record), key, info=_info(slug, row_id, epoch, what))
    except ValueError:  # an X25519 point of low order
        raise SealError("This public sealing key cannot be used.") from None


def unseal(
    private: bytes, slug: str, row_id: bytes, epoch: int, sealed: bytes, *, what: str = SIGNATURE
) -> dict[str, Any]:
    """Return the record that was sealed for exactly this row.

    Raises :class:`SealError` for another row, appeal, epoch, kind or key, for changed bytes and for an unknown version.
    """
    way = way_of_private(private)
    if sealed[:1] != way.version:
        raise SealError("This record was sealed in a way that this key, or this version, does not know.")
    key = _read_private(private)
    try:
        return unpack(way.suite.decrypt(sealed[1:], key, info=_info(slug, row_id, epoch, what)))
    except (InvalidTag, ValueError):
        raise SealError("This record was not sealed to this key for this row, or it was changed.") from None
