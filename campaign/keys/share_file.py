"""Share files: a private sealing key that opens only when two people give their halves.

For every two holders the private key is encrypted (AES-256-GCM) under ``k1 xor k2``; each of them has one of the two
random halves, locked by a passphrase of their own. A half alone is 32 random bytes and opens nothing. With three
holders there are three such pairs, so any two of the three suffice, and one of them may be lost.

.. code-block:: json

    {"format": "campaign sealing key, one of two shares", "version": 1, "suite": "…", "public": "…", "fingerprint": "…",
     "holder": 1,
     "pairs": [{"with": 2, "nonce": "base64, 12 bytes", "key": "base64: the private key under both halves"}],
     "kdf": "…", "cipher": "…",
     "locked": "base64: this holder's halves, 32 bytes for each pair, encrypted, with a 16-byte tag"}
"""

import secrets
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign.core.errors import RefusedError
from campaign.keys.key_file import pair_with, public_head, public_key_of
from campaign.keys.locked_file import (
    DEFAULT_COST,
    Cost,
    KeyFileError,
    LockedFile,
    from_base64,
    in_base64,
    lock_secret,
    open_locked,
    read_locked,
)
from campaign.keys.pairs import KeyPair, fingerprint

FORMAT = "campaign sealing key, one of two shares"
MOST_HOLDERS = 9
_HALF_BYTES = 32


@dataclass(frozen=True)
class PairPart:
    """What a holder has for opening together with another one; ``half`` is secret."""

    partner: int
    nonce: bytes
    key: bytes
    half: bytes = field(repr=False)


@dataclass(frozen=True)
class Share:
    """One holder's part of a key, opened; alone it is worth nothing."""

    public: bytes = field(repr=False)
    holder: int
    parts: tuple[PairPart, ...]


def split(pair: KeyPair, holders: int) -> list[Share]:
    """Return one share for each holder (two to nine), numbered from 1; any two of them open the key."""
    if not 2 <= holders <= MOST_HOLDERS:
        raise RefusedError(f"A key can be shared among two to {MOST_HOLDERS} people.")
    parts: dict[int, list[PairPart]] = {holder: [] for holder in range(1, holders + 1)}
    for first, second in combinations(parts, 2):
        halves = secrets.token_bytes(_HALF_BYTES), secrets.token_bytes(_HALF_BYTES)
        nonce = secrets.token_bytes(12)
        key = AESGCM(_xor(*halves)).encrypt(nonce, pair.private, _bound_to(pair.public, first, second))
        parts[first].append(PairPart(second, nonce, key, halves[0]))
        parts[second].append(PairPart(first, nonce, key, halves[1]))
    return [Share(pair.public, holder, tuple(own)) for holder, own in parts.items()]


def join(first: Share, second: Share) -> KeyPair:
    """Return the pair that two people's shares open; :class:`RefusedError` when these two do not."""
    if first.public != second.public:
        raise RefusedError("These two files are shares of different keys.")
    mine = next((part for part in first.parts if part.partner == second.holder), None)
    theirs = next((part for part in second.parts if part.partner == first.holder), None)
    if mine is None or theirs is None:
        raise RefusedError("These two files belong to the same person. It takes those of two people.")
    lower, higher = sorted((first.holder, second.holder))
    try:
        private = AESGCM(_xor(mine.half, theirs.half)).decrypt(
            mine.nonce, mine.key, _bound_to(first.public, lower, higher)
        )
    except InvalidTag:
        raise RefusedError("These two files do not open the key together: they are not of the same making.") from None
    return pair_with(private, first.public)


def lock_share(share: Share, passphrase: str, cost: Cost = DEFAULT_COST) -> str:
    """Return the file of a share, its halves encrypted under the holder's passphrase."""
    pairs = [{"with": part.partner, "nonce": in_base64(part.nonce), "key": in_base64(part.key)} for part in share.parts]
    head = public_head(FORMAT, share.public) | {"holder": share.holder, "pairs": pairs}
    return lock_secret(head, b"".join(part.half for part in share.parts), passphrase, cost)


def unlock_share(share_file: str, passphrase: str) -> Share:
    """Return the share in a file; raises as :func:`campaign.keys.key_file.unlock` does."""
    parts = read_locked(share_file)
    share = share_in(parts)
    halves = open_locked(parts, passphrase)
    if len(halves) != _HALF_BYTES * len(share.parts):
        raise KeyFileError("This key file is damaged.")
    own = tuple(
        PairPart(part.partner, part.nonce, part.key, halves[place * _HALF_BYTES :][:_HALF_BYTES])
        for place, part in enumerate(share.parts)
    )
    return Share(share.public, share.holder, own)


def share_in(parts: LockedFile) -> Share:
    """Return what a share file says without a passphrase, with empty halves; :class:`KeyFileError` when damaged."""
    public = public_key_of(parts.header, FORMAT)
    try:
        own = tuple(_part_of(pair) for pair in parts.header["pairs"])
        holder = parts.header["holder"]
    except (KeyError, TypeError, ValueError):
        raise KeyFileError("This key file is damaged.") from None
    numbers = [holder, *(part.partner for part in own)]
    if not own or len(set(numbers)) < len(numbers) or not all(_is_holder(number) for number in numbers):
        raise KeyFileError("This key file is damaged.")
    return Share(public, holder, own)


def _part_of(pair: dict[str, Any]) -> PairPart:
    nonce = from_base64(pair["nonce"])
    if len(nonce) != 12:
        raise ValueError("A nonce of AES-GCM has twelve bytes here.")
    return PairPart(pair["with"], nonce, from_base64(pair["key"]), b"")


def _is_holder(number: object) -> bool:
    return type(number) is int and 1 <= number <= MOST_HOLDERS


def _bound_to(public: bytes, first: int, second: int) -> bytes:
    return b"campaign shared key|%b|%d|%d" % (fingerprint(public), first, second)


def _xor(first: bytes, second: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(first, second, strict=True))
