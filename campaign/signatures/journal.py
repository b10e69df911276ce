"""What yesterday's database does not know: which signatures were erased since, and whose consents were changed.

The journal is a file outside the database, and everything in it stood there, on the disk, before it was committed. A
restored backup brings withdrawn people back, and consents that were taken back; reading the journal again undoes both
(``bin/campaign restore-check``). It says of each no more than a day, an appeal, a random number that means nothing once
the row is gone, and the number of the change:

    2026-11-21 ua-61-21 00112233445566778899aabbccddeeff
    2026-11-21 changed 2 ua-61-21 00112233445566778899aabbccddeeff

Neither can be taken for the other, by this version or the one before, also where a power cut has left half a line. A
month after the end of an appeal its lines are struck out (:mod:`campaign.signatures.certificate`).
"""

import errno
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy.orm import Session

from campaign.core.clock import Clock
from campaign.core.errors import UnavailableError

CANNOT_ERASE = "Nothing can be erased just now: the list of what was erased cannot be written. Please try again later."
CANNOT_CHANGE = (
    "Nothing can be changed just now: the list that keeps it when a backup comes back cannot be written. "
    "Please try again later."
)
_ERASED, _CHANGED = "erased", "changed"
# Found from the right: a line that a power cut left unfinished may stand in front of the next one.
_LINE = re.compile(r"(\d{4}-\d\d-\d\d)(?: changed (\d{1,5}))? (\S+) ([0-9a-f]{32})$", re.MULTILINE)


@dataclass(frozen=True)
class Erasure:
    """One signature that was erased, and the day."""

    day: date
    slug: str
    signature_id: bytes

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {quote(self.slug)} {self.signature_id.hex()}"


@dataclass(frozen=True)
class Change:
    """The ``n``-th change (counting from 1) of a signature's consents, and the day."""

    day: date
    slug: str
    signature_id: bytes
    n: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()} changed {self.n} {quote(self.slug)} {self.signature_id.hex()}"


class ErasureJournal:
    """The list of erased signatures, and of changed consents, in a file outside the database."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Keep the list in ``path``; the file is made with its first line."""
        self.path = path
        self._clock = clock

    def note(self, session: Session) -> None:
        """Write down what a transaction erases and changes, before it commits; see :meth:`Database.before_commit`."""
        day = self._clock.now().date()
        entries: list[Erasure | Change] = [Erasure(day, *one) for one in session.info.pop(_ERASED, ())]
        entries += [Change(day, *one) for one in session.info.pop(_CHANGED, ())]
        if entries:
            self.write(entries)

    def write(self, entries: Iterable[Erasure | Change]) -> None:
        """Append to the list and wait until it is on the disk; :class:`UnavailableError` when it cannot be."""
        lines = list(entries)
        try:
            # One write to the end of the file: several processes may do it at once.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _append(self.path, descriptor, "".join(f"{one}\n" for one in lines).encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            _keep_name(self.path)
        except OSError as error:
            only_changes = all(isinstance(one, Change) for one in lines)
            raise UnavailableError(CANNOT_CHANGE if only_changes else CANNOT_ERASE) from error

    def read(self) -> list[Erasure]:
        """Return every erasure in the list; unfinished lines are left out."""
        return [one for one in self._entries() if isinstance(one, Erasure)]

    def changes(self) -> list[Change]:
        """Return every change of consents in the list; unfinished lines are left out."""
        return [one for one in self._entries() if isinstance(one, Change)]

    def strike_out(self, slugs: Collection[str]) -> int:
        """Overwrite the lines about these appeals where they stand; return how many.

        Other processes may append at the same time: nothing is moved. Where the list cannot be written nothing happens
        here, for then the next erasure says so.
        """
        try:
            with self.path.open("r+b") as file:
                # A character for each byte, so that places in the text are places in the file.
                lines = [one for one in _LINE.finditer(file.read().decode("latin-1")) if unquote(one[3]) in slugs]
                for line in lines:
                    os.pwrite(file.fileno(), b"-" * len(line[0]), line.start())
                os.fsync(file.fileno())
        except OSError:
            return 0
        return len(lines)

    def _entries(self) -> Iterator[Erasure | Change]:
        try:
            text = self.path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return
        for day, n, slug, digits in _LINE.findall(text):
            try:
                erased = Erasure(date.fromisoformat(day), unquote(slug), bytes.fromhex(digits))
            except ValueError:  # no such day: not a line of ours
                continue
            yield Change(erased.day, erased.slug, erased.signature_id, int(n)) if n else erased


def _append(path: Path, descriptor: int, content: bytes) -> None:
    """Write all of it in one piece; raises :class:`OSError`, and of what a full disk took nothing counts then."""
    written = os.write(descriptor, content)
    if written == len(content):
        return
    end = os.lseek(descriptor, 0, os.SEEK_CUR)
    # Struck out where it stands, as others may have appended meanwhile. A line of it may be whole, and what it says is
    # not done. The descriptor that appends cannot do it: Linux writes to the end with it, wherever one points (pwrite).
    with path.open("r+b", buffering=0) as file:
        os.pwrite(file.fileno(), b"-" * (written - 1) + b"\n", end - written)
        os.fsync(file.fileno())
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _keep_name(path: Path) -> None:
    """Make sure that a file made just now is found again after a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def note_erased(session: Session, slug: str, ids: Iterable[bytes]) -> None:
    """Let the journal note rows that this transaction erases: signatures, and names of the public list."""
    session.info.setdefault(_ERASED, []).extend((slug, row_id) for row_id in ids)


def note_changed(session: Session, slug: str, signature_id: bytes, n: int) -> None:
    """Let the journal note that this transaction makes the ``n``-th change of a signature's consents."""
    session.info.setdefault(_CHANGED, []).append((slug, signature_id, n))


def erased_in(session: Session) -> list[tuple[str, bytes]]:
    """Return the appeals and ids of what this transaction has erased so far."""
    return list(session.info.get(_ERASED, ()))
