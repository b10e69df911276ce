"""Files only their owner can read: keys, passphrases, lists of names."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from campaign.core.errors import CampaignError

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_private(path: Path, text: str) -> None:
    """Write a new file of the instance, which only its owner can read; its folder is made where it is not there yet.

    Raises :class:`CampaignError` as :func:`write_new` does, which is for files that somebody has named.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from None
    write_new(path, text)


def write_new(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, whole or not at all.

    Raises :class:`CampaignError` when the name is taken, or when it cannot be written. A folder is never made: the
    one that was meant may be on a stick that is not mounted, and a private key would lie on this disk instead.
    """
    try:
        with private_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise _cannot_write(path, error) from None


def check_new(path: Path) -> None:
    """Raise :class:`CampaignError` where no new file can get this name, before anybody types a passphrase for it.

    Something has it already, or there is no such folder.
    """
    try:
        os.stat(os.path.join(path.parent, "."))  # noqa: PTH116, PTH118 - a Path drops the dot, which asks for a folder
    except OSError as error:
        raise _cannot_write(path, error) from None
    if os.path.lexists(path):
        raise _taken(path)


@contextmanager
def private_file(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Open a new file for its owner alone, which gets its name when it is whole.

    It lies hidden in the same folder until then, never in ``/tmp``: that may be shared, or another disk. What broke off
    half-way is removed, so that nobody trusts it. Raises :class:`CampaignError` when there is no room for it or no such
    folder, and when the name is taken: an export may be the only copy, and the name next to it a key. What can be made
    again at any time takes the place of a file that was there (``overwrite``).
    """
    if not overwrite:
        check_new(path)
    elif path.exists() and not path.is_file():
        raise CampaignError(f"{path} is no file that can be written.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            part.replace(path)
        else:
            _give_name(part, path)
    except OSError as error:
        if error.errno not in FULL_DISK:  # it may be about something else, such as what is read meanwhile
            raise
        raise _cannot_write(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def _give_name(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)  # unlike renaming, this never takes the place of a file
    except FileExistsError:
        raise _taken(path) from None
    except OSError:  # the file systems of most sticks know no hard links
        check_new(path)
        part.rename(path)


def _taken(path: Path) -> CampaignError:
    return CampaignError(f"{path} exists already, and is not overwritten: choose another name.")


def _cannot_write(path: Path, error: OSError) -> CampaignError:
    why = f"there is no room left in {path.parent}" if error.errno in FULL_DISK else error.strerror
    return CampaignError(f"{path} cannot be written: {why}.")


def read_small(path: Path) -> str:
    """Return the text of a key file or a test; :class:`CampaignError` when it is no text or cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CampaignError(f"{path} cannot be read, or is not such a file.") from None


def read_words(file: IO[str]) -> str:
    """Return what somebody typed into a file or the input; :class:`CampaignError` when that is not UTF-8."""
    try:
        return file.read()
    except UnicodeDecodeError:
        name = "The input" if file.name in {"-", "<stdin>"} else file.name
        raise CampaignError(f"{name} is not UTF-8: save it as UTF-8.") from None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
