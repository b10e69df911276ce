"""Consents as their owner's link shows them: encrypted once more, and nobody else here can open that either.

A signature is sealed to the organisers' key, and this server cannot read it back. So its consents are kept a second
time, under an own key of that signature: an HMAC of its address and id under the appeal's index key. Whoever knows
the address can make that key, and the server knows it twice: while somebody signs, and while it writes them a mail. In
between the key lies nowhere but in their links, each locked with its own token, of which only a hash is kept.

So a copy of the database opens none of it. With the server's keys too, an address must be guessed, and whoever guesses
right learns that it has signed, as they could before, and now also what it agreed to. That ends with the index key.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign.signatures.consents import Consents

LONGEST_VERSION = 31
"""How many bytes the version of the sentences may have, so that all consents are equally long."""

KEY_BYTES = 32
_FORMAT = b"\x01"
_NONCE_BYTES = 12
_COUNT, _SHOW, _HANDOVER = 1, 2, 4


def own_key(index_key: bytes, address: str, row_id: bytes) -> bytes:
    """Return the 32-byte own key of a signature: of its appeal's index key, its canonical address and its id.

    No message of the blind index begins with a zero byte, so neither of the two can stand for the other.
    """
    return hmac.digest(index_key, b"\0own consents" + row_id + address.encode(), "sha256")


def new_own_key() -> bytes:
    """Return an own key for a signature without an address: nobody gets a link to it, so nobody need find it again."""
    return secrets.token_bytes(KEY_BYTES)


def encrypt_consents(key: bytes, slug: str, row_id: bytes, n: int, consents: Consents) -> bytes:
    """Return the consents encrypted as those after the ``n``-th change (0: as signed) of one signature.

    All have the same length. Raises ``ValueError`` for a version of more than :data:`LONGEST_VERSION` bytes.
    """
    version = consents.version.encode()
    if len(version) > LONGEST_VERSION:
        raise ValueError("This version of the sentences has too long a name.")
    choices = _COUNT * consents.count + _SHOW * consents.show + _HANDOVER * consents.handover
    content = bytes([choices]) + version.ljust(LONGEST_VERSION, b"\0")
    return _encrypted(key, content, _consents_of(slug, row_id, n))


def decrypt_consents(key: bytes, slug: str, row_id: bytes, n: int, encrypted: bytes) -> Consents | None:
    """Return the consents, or ``None`` for what is damaged, or belongs to another signature, key or change.

    An older value that somebody put back does not open, for the number of the newest change belongs to it.
    """
    content = _decrypted(key, encrypted, _consents_of(slug, row_id, n))
    if content is None:
        return None
    choices, version = content[0], content[1:].rstrip(b"\0").decode()
    return Consents(version, bool(choices & _COUNT), bool(choices & _SHOW), bool(choices & _HANDOVER))


def lock_key(token: str, slug: str, row_id: bytes, key: bytes) -> bytes:
    """Return a signature's own key as it lies beside the hash of a link's token: locked with the token itself."""
    return _encrypted(_key_of(token), key, _key_for(slug, row_id))


def unlock_key(token: str, slug: str, row_id: bytes, locked: bytes) -> bytes | None:
    """Return the own key that a link's token opens, or ``None`` for what is damaged or not of this link."""
    return _decrypted(_key_of(token), locked, _key_for(slug, row_id))


def _key_of(token: str) -> bytes:
    """Return the encryption key of a token (HKDF, RFC 5869), which its hash in the database does not give away."""
    return HKDF(SHA256(), KEY_BYTES, None, b"campaign own link").derive(token.encode("utf-8", "surrogatepass"))


def _consents_of(slug: str, row_id: bytes, n: int) -> bytes:
    return _FORMAT + b"own consents" + n.to_bytes(4) + row_id + slug.encode()


def _key_for(slug: str, row_id: bytes) -> bytes:
    return _FORMAT + b"own key" + row_id + slug.encode()


def _encrypted(key: bytes, content: bytes, bound_to: bytes) -> bytes:
    """Encrypt with AES-256-GCM (NIST SP 800-38D): format, nonce, content, tag. ``bound_to`` is authenticated too."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, content, bound_to)


def _decrypted(key: bytes, encrypted: bytes, bound_to: bytes) -> bytes | None:
    start = len(_FORMAT) + _NONCE_BYTES
    if encrypted[: len(_FORMAT)] != _FORMAT or len(encrypted) < start:
        return None
    try:
        return AESGCM(key).decrypt(encrypted[len(_FORMAT) : start], encrypted[start:], bound_to)
    except InvalidTag:
        return None
