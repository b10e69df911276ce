"""Key files: a private sealing key locked by a passphrase, as JSON text that can be copied and printed.

.. code-block:: json

    {"format": "campaign sealing key", "version": 1,
     "suite": "HPKE MLKEM768-X25519 HKDF-SHA256 AES-256-GCM",
     "public": "base64, 1,216 bytes: ML-KEM-768 key, then X25519 key",
     "fingerprint": "SHA-256 of public, hexadecimal",
     "kdf": {"name": "argon2id", "memory_kib": 262144, "iterations": 3, "lanes": 1, "salt": "base64, 16 bytes"},
     "cipher": {"name": "AES-256-GCM", "nonce": "base64, 12 bytes"},
     "locked": "base64: the private key (ML-KEM seed of 64 bytes, X25519 key of 32) encrypted, with a 16-byte tag"}

Argon2id (RFC 9106) makes the AES key from the passphrase. Everything but ``locked`` is authenticated with it, as JSON
with sorted keys and no spaces, so a changed field is noticed when the file is opened.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from campaign.core.errors import CampaignError, RefusedError, UnavailableError
from campaign.signatures.keys import KeyPair, fingerprint, key_pair_of
from campaign.signatures.passphrase import as_typed
from campaign.signatures.sealing import SealError, check_public_key

FORMAT = "campaign sealing key"
VERSION = 1
SUITE = "HPKE MLKEM768-X25519 HKDF-SHA256 AES-256-GCM"
# A file from elsewhere must not be able to exhaust the machine that opens it.
MAX_CHARACTERS = 64 * 1024
MAX_MEMORY_KIB = 1024 * 1024
MAX_ITERATIONS = 10
MAX_LANES = 8


class KeyFileError(CampaignError):
    """The key file is damaged, of an unknown version, or asks for more than a machine should give."""


class WrongPassphraseError(RefusedError):
    """The passphrase does not open this key file."""


@dataclass(frozen=True)
class Cost:
    """What one guess of a passphrase costs: memory in KiB, passes over it, and lanes (RFC 9106, section 3.1)."""

    memory_kib: int = 256 * 1024
    iterations: int = 3
    lanes: int = 1


DEFAULT_COST = Cost()


@dataclass(frozen=True)
class _KeyFile:
    """The parts of a key file, read and within the limits, not yet opened."""

    header: bytes
    public: bytes
    cost: Cost
    salt: bytes
    nonce: bytes
    locked: bytes


def lock(pair: KeyPair, passphrase: str, cost: Cost = DEFAULT_COST) -> str:
    """Return the key file of a pair: its private key encrypted under the passphrase."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    kdf = {
        "name": "argon2id",
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "salt": _base64(salt),
    }
    header = {
        "format": FORMAT,
        "version": VERSION,
        "suite": SUITE,
        "public": _base64(pair.public),
        "fingerprint": fingerprint(pair.public).hex(),
        "kdf": kdf,
        "cipher": {"name": "AES-256-GCM", "nonce": _base64(nonce)},
    }
    locked = AESGCM(_derive(passphrase, cost, salt)).encrypt(nonce, pair.private, _bytes_of(header))
    return json.dumps(header | {"locked": _base64(locked)}, indent=2) + "\n"


def unlock(key_file: str, passphrase: str) -> KeyPair:
    """Return the pair in a key file.

    Raises :class:`KeyFileError` when the file is damaged or asks for too much, and :class:`WrongPassphraseError`.
    """
    parts = _read(key_file)
    try:
        private = AESGCM(_derive(passphrase, parts.cost, parts.salt)).decrypt(parts.nonce, parts.locked, parts.header)
    except InvalidTag:
        raise WrongPassphraseError(
            "This passphrase does not open the key file. Check each word; if they are right, the file was changed."
        ) from None
    pair = key_pair_of(private)
    if pair.public != parts.public:
        raise KeyFileError("The two halves of this key file do not belong together.")
    return pair


def public_key_in(key_file: str) -> bytes:
    """Return the public key that a key file shows without a passphrase; :class:`KeyFileError` when it is damaged."""
    return _read(key_file).public


def _derive(passphrase: str, cost: Cost, salt: bytes) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    try:
        return kdf.derive(as_typed(passphrase))
    except MemoryError:
        size = cost.memory_kib // 1024
        raise UnavailableError(
            f"This key needs {size} MiB of free memory. Close other programs and try again."
        ) from None


def _read(key_file: str) -> _KeyFile:
    if len(key_file) > MAX_CHARACTERS:
        raise KeyFileError("This is too long to be a key file.")
    try:
        header = json.loads(key_file)
        if (header["format"], header["version"], header["suite"]) != (FORMAT, VERSION, SUITE):
            raise KeyFileError("This is not a key file, or one of a version this program does not know.")
        locked = _raw(header.pop("locked"))
        kdf, cipher = header["kdf"], header["cipher"]
        if (kdf["name"], cipher["name"]) != ("argon2id", "AES-256-GCM"):
            raise KeyFileError("This key file is locked in a way this program does not know.")
        cost = Cost(kdf["memory_kib"], kdf["iterations"], kdf["lanes"])
        parts = _KeyFile(
            _bytes_of(header), _raw(header["public"]), cost, _raw(kdf["salt"]), _raw(cipher["nonce"]), locked
        )
        check_public_key(parts.public)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, SealError):
        raise KeyFileError("This key file is damaged.") from None
    _check_limits(parts)
    return parts


def _check_limits(parts: _KeyFile) -> None:
    cost = parts.cost
    asked = ((cost.memory_kib, 8, MAX_MEMORY_KIB), (cost.iterations, 1, MAX_ITERATIONS), (cost.lanes, 1, MAX_LANES))
    if any(type(value) is not int or not least <= value <= most for value, least, most in asked):
        raise KeyFileError("This key file asks for more memory or time than a key file should. It is not one of ours.")
    if cost.memory_kib < 8 * cost.lanes or not 8 <= len(parts.salt) <= 64 or len(parts.nonce) != 12:
        raise KeyFileError("This key file is damaged.")


def _bytes_of(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
