"""Files only their owner can read: keys, passphrases, lists of names."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from campaign.core.errors import CampaignError


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read; an existing file is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def check_new(path: Path) -> None:
    """Raise :class:`CampaignError` when something has this name already, before anybody types a passphrase for it."""
    if os.path.lexists(path):
        raise _taken(path)


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file for its owner alone, which gets its name when it is whole.

    What broke off half-way is removed, so that nobody trusts it. Raises :class:`CampaignError` when the name is taken:
    an export may be the only copy, and the name next to it a key.
    """
    check_new(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _give_name(part, path)
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
