"""Public key files: what an organiser brings to the server, and all that the server needs of a key.

.. code-block:: json

    {"format": "campaign public sealing key", "version": 1, "suite": "…", "public": "…", "fingerprint": "…",
     "files": [{"id": "sixteen digits of a locked file", "holder": 0}]}

``files`` lists every file that the private key was locked into: ``holder`` is 0 where the file opens alone, otherwise
the number of the person whose share it is. It holds nothing secret.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from campaign.core.errors import RefusedError
from campaign.keys.key_file import FORMAT as KEY_FORMAT
from campaign.keys.key_file import public_head, public_key_of
from campaign.keys.locked_file import KeyFileError, LockedFile, read_json, read_locked
from campaign.keys.share_file import FORMAT as SHARE_FORMAT
from campaign.keys.share_file import share_in

FORMAT = "campaign public sealing key"
MOST_FILES = 32
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class LockedCopy:
    """One file that a private key was locked into; ``holder`` is whose share it is, or 0 where it opens alone."""

    id: str
    holder: int = 0


@dataclass(frozen=True)
class PublicKeyFile:
    """A public key and the files its private half was locked into."""

    public: bytes
    copies: tuple[LockedCopy, ...]


def copy_in(text: str) -> tuple[bytes, LockedCopy]:
    """Return the public key that a locked file shows without a passphrase, and which copy it is.

    Takes key files and share files; raises :class:`KeyFileError`.
    """
    parts = read_locked(text)
    if parts.header.get("format") == SHARE_FORMAT:
        share = share_in(parts)
        return share.public, LockedCopy(parts.id, share.holder)
    return _public_of(parts), LockedCopy(parts.id)


def _public_of(parts: LockedFile) -> bytes:
    return public_key_of(parts.header, KEY_FORMAT)


def write_public_file(locked_files: Sequence[str]) -> str:
    """Return the public key file for a private key that was locked into these files.

    Raises :class:`RefusedError` when the files are of different keys, or when losing one of them would lose the names.
    """
    found = [copy_in(text) for text in locked_files]
    copies = tuple(copy for _, copy in found)
    if len({public for public, _ in found}) != 1:
        raise RefusedError("These files are not of one key.")
    check_copies(copies)
    listed = [{"id": copy.id, "holder": copy.holder} for copy in copies]
    return json.dumps(public_head(FORMAT, found[0][0]) | {"files": listed}, indent=2) + "\n"


def read_public_file(text: str) -> PublicKeyFile:
    """Return what a public key file says.

    Raises :class:`KeyFileError` when it is none, and :class:`RefusedError` when one lost file would lose the names.
    """
    header = read_json(text)
    if header.get("format") in {KEY_FORMAT, SHARE_FORMAT}:
        raise KeyFileError(
            "This is the private half of a key. It opens the names, and belongs on no server: take the file that ends "
            "in “.pub” instead."
        )
    public = public_key_of(header, FORMAT)
    try:
        copies = tuple(LockedCopy(entry["id"], entry["holder"]) for entry in header["files"])
        valid = all(_ID.fullmatch(copy.id) and _is_holder(copy.holder) for copy in copies)
    except (KeyError, TypeError):
        valid, copies = False, ()
    if not valid or len(copies) > MOST_FILES:
        raise KeyFileError("This key file is damaged.")
    check_copies(copies)
    return PublicKeyFile(public, copies)


def check_copies(copies: Collection[LockedCopy]) -> None:
    """Raise :class:`RefusedError` unless the key still opens when any one of its files is lost."""
    if len({copy.id for copy in copies}) < len(copies) or not all(
        _opens([other for other in copies if other != lost]) for lost in copies
    ):
        raise RefusedError(
            "This key is locked into too few files: whichever one is lost, the others must still open it. "
            "Make the key with “bin/campaign keys new”, which sees to that."
        )
    if not copies:
        raise RefusedError("This key file names no file that the private key is in.")


def _opens(copies: Collection[LockedCopy]) -> bool:
    holders = {copy.holder for copy in copies}
    return 0 in holders or len(holders) >= 2


def _is_holder(number: object) -> bool:
    return type(number) is int and 0 <= number <= 9
