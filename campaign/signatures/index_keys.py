"""The keys of the index that recognises a second signature: a file for each appeal, so that each can be destroyed.

A new file is derived from the site's INDEX_KEY (HKDF, RFC 5869), so that machines which share that secret agree without
talking to each other, and so that appeals from before there were files keep the key they had. Destroying a file alone
would be a gesture: INDEX_KEY could make it again. So whoever destroys one also replaces INDEX_KEY; the other appeals
have their files by then and do not notice.
"""

import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, Any

from campaign.core.errors import CampaignError, UnavailableError
from campaign.signatures.blind import appeal_key

_KEY = re.compile(r"[0-9a-f]{64}")
_GONE = "destroyed"
_Stamp = tuple[int, int, int]
"""Number, size and time of change of a file."""


class IndexKeys:
    """The index keys of all appeals; ``repr`` shows none of them."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        """Keep the files in ``folder``; ``secret`` is the INDEX_KEY that new ones are derived from."""
        self._folder = folder
        self._secret = secret
        self._known: dict[str, tuple[_Stamp | None, bytes]] = {}

    def of(self, slug: str) -> bytes:
        """Return the 32-byte key of an appeal, and make its file if there is none.

        Where the folder cannot be written, the key is derived each time. Raises :class:`UnavailableError` when it was
        destroyed, and :class:`CampaignError` when the file is damaged. A key is remembered for as long as its file is
        the same, so one that another process has destroyed is used by none.
        """
        stamp = self._stamp(slug)  # before the file is read: what is put in its place meanwhile is noticed next time
        known = self._known.get(slug)
        if known is None or known[0] != stamp:
            self._forget(slug)
            known = self._known[slug] = (stamp, self._read(slug) or self._made(slug))
        return known[1]

    def is_destroyed(self, slug: str) -> bool:
        """Say whether the key of an appeal was destroyed."""
        known = self._known.get(slug)
        if known is not None and known[0] == self._stamp(slug):  # asked for every page and signature
            return False
        return self._note(slug).startswith(_GONE)

    def destroyed_on(self, slug: str) -> date | None:
        """Return the day on which the key of an appeal was destroyed, ``None`` while it was not."""
        found = re.match(rf"{_GONE} (\d{{4}}-\d\d-\d\d)", self._note(slug))
        return date.fromisoformat(found[1]) if found else None

    def _note(self, slug: str) -> str:
        with suppress(FileNotFoundError):
            return self._path(slug).read_text(encoding="ascii")
        return ""

    def keep(self, slugs: Iterable[str]) -> bool:
        """Make the files of these appeals that are not there yet; say whether all of them are there now."""
        for slug in slugs:
            if not self.is_destroyed(slug):
                self._forget(slug)
                self.of(slug)
        return all(self._path(slug).exists() for slug in slugs)

    def destroy(self, slug: str, day: date) -> None:
        """Overwrite the key of an appeal, and leave a note in its place so that it is never made again."""
        self._forget(slug)
        path, note = self._path(slug), f"{_GONE} {day.isoformat()}\n"
        # The note takes the place of the key byte by byte: without a file another process would make the key again.
        with suppress(FileNotFoundError):
            _overwrite(path, note.encode().ljust(path.stat().st_size, b"-"))
        _write(path, note)

    def _forget(self, slug: str) -> None:
        self._known.pop(slug, None)
        appeal_key.cache_clear()

    def _stamp(self, slug: str) -> _Stamp | None:
        """Return what changes with the file of an appeal, ``None`` while there is none."""
        try:
            found = os.stat(f"{self._folder}/{slug}.index")  # noqa: PTH116  for every signature: a Path takes thrice as long
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _path(self, slug: str) -> Path:
        return self._folder / f"{slug}.index"

    def _read(self, slug: str) -> bytes | None:
        try:
            with self._path(slug).open(encoding="ascii") as file:
                text = file.read().strip()
                if not (_KEY.fullmatch(text) or text.startswith(_GONE)):
                    # The note may be taking the place of the key just now, and some of each was read: wait for it.
                    _lock(file, fcntl.LOCK_SH)
                    file.seek(0)
                    text = file.read().strip()
        except FileNotFoundError:
            return None
        if text.startswith(_GONE):
            raise UnavailableError(
                f"{slug} is over: its keys were destroyed together with its signatures. Publish it under a new name."
            )
        if not _KEY.fullmatch(text):
            raise CampaignError(f"{self._path(slug)} is damaged: bring it back from a backup of the keys.")
        return bytes.fromhex(text)

    def _made(self, slug: str) -> bytes:
        key = appeal_key(self._secret, slug)
        with suppress(OSError):
            _write(self._path(slug), key.hex() + "\n", replace=False)
        return self._read(slug) or key  # another process may have been first

    def __repr__(self) -> str:
        return "IndexKeys(…)"


def replace_secret(path: Path) -> None:
    """Put a new INDEX_KEY in the place of the one in this file: the old one could make every destroyed key again."""
    shred(path, keep=True)
    _write(path, secrets.token_hex(32))


def shred(path: Path, *, keep: bool = False) -> None:
    """Overwrite a file with random bytes and remove it.

    On flash and on file systems that copy when they write, old blocks may stay until they are used again: encrypt the
    disk of a server.
    """
    try:
        _overwrite(path, secrets.token_bytes(path.stat().st_size))
        if not keep:
            path.unlink()
    except FileNotFoundError:
        return


def _overwrite(path: Path, content: bytes) -> None:
    """Put bytes in the place of those in a file, on the disk; who locks the file first finds all of them or none."""
    with path.open("r+b") as file:
        _lock(file, fcntl.LOCK_EX)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _lock(file: IO[Any], kind: int) -> None:
    """Wait for the lock of an open file; where the file system has none, go on without."""
    with suppress(OSError):
        fcntl.flock(file, kind)


def _write(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file for its owner alone, whole or not at all; without ``replace`` one that is there stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    whole = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            whole.replace(path)
        else:
            with suppress(FileExistsError):
                path.hardlink_to(whole)
    finally:
        whole.unlink(missing_ok=True)
