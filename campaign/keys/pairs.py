"""Sealing key pairs and the fingerprints by which people recognise them."""

import hashlib
from dataclasses import dataclass, field

from campaign.keys.sealing import Way, best_way, generate, public_key


@dataclass(frozen=True)
class KeyPair:
    """A sealing key pair; the private half is for the organisers only and never shown by ``repr``."""

    private: bytes = field(repr=False)
    public: bytes

    def __repr__(self) -> str:
        return f"KeyPair({shown_fingerprint(self.public)})"


def new_key_pair(way: Way | None = None) -> KeyPair:
    """Return a new random key pair for one way of sealing: the best this machine has, unless another is asked for."""
    private = generate(way or best_way())
    return KeyPair(private, public_key(private))


def key_pair_of(private: bytes) -> KeyPair:
    """Return the pair of a private key; :class:`campaign.keys.sealing.SealError` if it is not one."""
    return KeyPair(private, public_key(private))


def fingerprint(public: bytes) -> bytes:
    """Return the SHA-256 of a public key."""
    return hashlib.sha256(public).digest()


def shown_fingerprint(public: bytes) -> str:
    """Return the fingerprint for people to compare: sixteen groups of four hexadecimal digits."""
    return in_groups(fingerprint(public))


def in_groups(digest: bytes) -> str:
    """Return a fingerprint in groups of four hexadecimal digits."""
    digits = digest.hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
