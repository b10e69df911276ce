"""Key files: a private sealing key locked by one passphrase.

.. code-block:: json

    {"format": "campaign sealing key", "version": 1,
     "suite": "HPKE MLKEM768-X25519 HKDF-SHA256 AES-256-GCM",
     "public": "base64, 1,216 bytes: ML-KEM-768 key, then X25519 key",
     "fingerprint": "SHA-256 of public, hexadecimal",
     "kdf": "…", "cipher": "…",
     "locked": "base64: the private key (ML-KEM seed of 64 bytes, X25519 key of 32) encrypted, with a 16-byte tag"}

``suite`` may also be ``HPKE X25519 HKDF-SHA256 AES-256-GCM``, with keys of 32 bytes; :mod:`.sealing` explains both.
How it is locked, :mod:`.locked_file` explains.
"""

from typing import Any

from campaign.keys.locked_file import (
    DEFAULT_COST,
    Cost,
    KeyFileError,
    WrongPassphraseError,
    from_base64,
    in_base64,
    lock_secret,
    open_locked,
    read_locked,
)
from campaign.keys.pairs import KeyPair, fingerprint, key_pair_of
from campaign.keys.sealing import SealError, check_public_key, way_of_public

__all__ = ["DEFAULT_COST", "FORMAT", "Cost", "KeyFileError", "WrongPassphraseError", "lock", "unlock"]

FORMAT = "campaign sealing key"
VERSION = 1


def lock(pair: KeyPair, passphrase: str, cost: Cost = DEFAULT_COST) -> str:
    """Return the key file of a pair: its private key encrypted under the passphrase."""
    return lock_secret(public_head(FORMAT, pair.public), pair.private, passphrase, cost)


def unlock(key_file: str, passphrase: str) -> KeyPair:
    """Return the pair in a key file.

    Raises :class:`KeyFileError` when the file is damaged or asks for too much, and :class:`WrongPassphraseError`.
    """
    parts = read_locked(key_file)
    public = public_key_of(parts.header, FORMAT)
    return pair_with(open_locked(parts, passphrase), public)


def pair_with(private: bytes, public: bytes) -> KeyPair:
    """Return the pair of the two halves; :class:`KeyFileError` when they do not belong together."""
    try:
        pair = key_pair_of(private)
    except SealError as error:
        raise KeyFileError(str(error)) from None
    if pair.public != public:
        raise KeyFileError("The two halves of this key file do not belong together.")
    return pair


def public_head(name: str, public: bytes) -> dict[str, Any]:
    """Return how every file about a key begins: what it is, and the public key with its fingerprint."""
    return {
        "format": name,
        "version": VERSION,
        "suite": way_of_public(public).name,
        "public": in_base64(public),
        "fingerprint": fingerprint(public).hex(),
    }


def public_key_of(header: dict[str, Any], name: str) -> bytes:
    """Return the public key in the head of a file of the kind ``name``; :class:`KeyFileError` for another kind."""
    try:
        if (header["format"], header["version"]) != (name, VERSION):
            raise KeyFileError("This is not such a key file, or one of a version this program does not know.")
        public = from_base64(header["public"])
        if way_of_public(public).name != header["suite"]:
            raise KeyFileError("This key file was made in a way this program does not know.")
        check_public_key(public)
    except (KeyError, TypeError, ValueError, SealError):
        raise KeyFileError("This key file is damaged.") from None
    if header.get("fingerprint") != fingerprint(public).hex():
        raise KeyFileError("The fingerprint in this key file is not that of its key.")
    return public
