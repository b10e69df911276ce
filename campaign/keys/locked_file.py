"""A secret locked by a passphrase, as JSON text that can be copied and printed: what all files with keys share.

Argon2id (RFC 9106) makes an AES key from the passphrase; the secret is encrypted with it (AES-256-GCM). Everything else
in the file is authenticated with it, as JSON with sorted keys and no spaces, so a changed field is noticed on opening:

.. code-block:: json

    {"kdf": {"name": "argon2id", "memory_kib": 262144, "iterations": 3, "lanes": 1, "salt": "base64, 16 bytes"},
     "cipher": {"name": "AES-256-GCM", "nonce": "base64, 12 bytes"},
     "locked": "base64: the secret encrypted, with a 16-byte tag"}
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from campaign.core.errors import CampaignError, RefusedError, UnavailableError
from campaign.keys.passphrase import as_typed

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
class LockedFile:
    """A file that was read and is within the limits, not yet opened; ``header`` is all of it but what is locked."""

    header: dict[str, Any]
    cost: Cost
    salt: bytes
    nonce: bytes
    locked: bytes

    @property
    def id(self) -> str:
        """Return sixteen digits that tell this file from others, also of the same key; a copy of it has the same."""
        return hashlib.sha256(self.locked).hexdigest()[:16]


def lock_secret(head: dict[str, Any], secret: bytes, passphrase: str, cost: Cost) -> str:
    """Return a file that says ``head`` openly and holds ``secret`` under the passphrase."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    kdf = {
        "name": "argon2id",
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "salt": in_base64(salt),
    }
    header = head | {"kdf": kdf, "cipher": {"name": "AES-256-GCM", "nonce": in_base64(nonce)}}
    locked = AESGCM(_derive(passphrase, cost, salt)).encrypt(nonce, secret, _bytes_of(header))
    return json.dumps(header | {"locked": in_base64(locked)}, indent=2) + "\n"


def read_locked(text: str) -> LockedFile:
    """Return the parts of a file made by :func:`lock_secret`; :class:`KeyFileError` for anything else."""
    header = read_json(text)
    try:
        locked = from_base64(header.pop("locked"))
        kdf, cipher = header["kdf"], header["cipher"]
        if (kdf["name"], cipher["name"]) != ("argon2id", "AES-256-GCM"):
            raise KeyFileError("This key file is locked in a way this program does not know.")
        cost = Cost(kdf["memory_kib"], kdf["iterations"], kdf["lanes"])
        parts = LockedFile(header, cost, from_base64(kdf["salt"]), from_base64(cipher["nonce"]), locked)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise KeyFileError("This key file is damaged.") from None
    _check_limits(parts)
    return parts


def open_locked(parts: LockedFile, passphrase: str) -> bytes:
    """Return the secret in a file; raises :class:`WrongPassphraseError`."""
    key = AESGCM(_derive(passphrase, parts.cost, parts.salt))
    try:
        return key.decrypt(parts.nonce, parts.locked, _bytes_of(parts.header))
    except InvalidTag:
        raise WrongPassphraseError(
            "This passphrase does not open the key file. Check each word; if they are right, the file was changed."
        ) from None


def read_json(text: str) -> dict[str, Any]:
    """Return the object that a small file holds as JSON; :class:`KeyFileError` when it holds none."""
    if len(text) > MAX_CHARACTERS:
        raise KeyFileError("This is too long to be a key file.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise KeyFileError("This key file is damaged.") from None
    if not isinstance(content, dict):
        raise KeyFileError("This key file is damaged.")
    return content


def in_base64(raw: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(raw).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes of :func:`in_base64`; ``ValueError`` or ``TypeError`` for anything else."""
    return base64.b64decode(text, validate=True)


def _derive(passphrase: str, cost: Cost, salt: bytes) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    try:
        return kdf.derive(as_typed(passphrase))
    except MemoryError:
        size = cost.memory_kib // 1024
        raise UnavailableError(
            f"This key needs {size} MiB of free memory. Close other programs and try again."
        ) from None


def _check_limits(parts: LockedFile) -> None:
    cost = parts.cost
    asked = ((cost.memory_kib, 8, MAX_MEMORY_KIB), (cost.iterations, 1, MAX_ITERATIONS), (cost.lanes, 1, MAX_LANES))
    if any(type(value) is not int or not least <= value <= most for value, least, most in asked):
        raise KeyFileError("This key file asks for more memory or time than a key file should. It is not one of ours.")
    if cost.memory_kib < 8 * cost.lanes or not 8 <= len(parts.salt) <= 64 or len(parts.nonce) != 12:
        raise KeyFileError("This key file is damaged.")


def _bytes_of(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
