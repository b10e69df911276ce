"""Taking in what visitors send: one of them writes for all who wait, in one transaction.

On a front-page day the disk is what costs: eight people who wait for it together wait once. Whoever finds nobody
writing does it, takes along all who came by the time it may write, and calls the next one. Nobody is answered before
the transaction that holds their rows has been committed; a signature and its draft are always in the same one.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from campaign.abuse import FREE, Gate, Ticket
from campaign.core.database import Database
from campaign.core.inserting import insert_rows
from campaign.signatures.drafts import SealedDraft, delete_drafts, draft_rows
from campaign.signatures.signing import SealedSignature, signature_rows

_MOST_AT_ONCE = 64


@dataclass
class _Entry:
    draft: SealedDraft
    signature: SealedSignature | None
    old_token: str
    ticket: Ticket = FREE
    called: threading.Event = field(default_factory=threading.Event)
    """Set when it was written, or is to write for all."""
    written: bool = False
    error: Exception | None = None


class Intake:
    """The one way from a visitor's form into the database; any number of threads may use it."""

    def __init__(self, database: Database, gate: Gate | None = None) -> None:
        """Write to ``database`` what ``gate`` lets in."""
        self._database = database
        self._gate = gate or Gate()
        self._lock = threading.Lock()
        self._waiting: deque[_Entry] = deque()
        self._writing = False

    def save(
        self, draft: SealedDraft, signature: SealedSignature | None = None, old_token: str = "", ticket: Ticket = FREE
    ) -> None:
        """Store a draft, the signature it came with, and drop the visitor's draft before it: all of it or nothing.

        Returns once it is committed; raises what the gate says of the ticket, or the database of the rows.
        """
        entry = _Entry(draft, signature, old_token, ticket)
        with self._lock:
            self._waiting.append(entry)
            first, self._writing = not self._writing, True
        if not first:
            entry.called.wait()
        if not entry.written:  # it is the first of those who wait
            try:
                self._write()
            finally:
                self._call_next()
        if entry.error is not None:
            raise entry.error

    def _call_next(self) -> None:
        """Let the first of those who came meanwhile write for all of them; the others are only told."""
        with self._lock:
            if self._waiting:
                self._waiting[0].called.set()
            else:
                self._writing = False

    def _take(self) -> list[_Entry]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))]

    def _write(self, again: Sequence[_Entry] = ()) -> None:
        """Write all who wait, or those who have to be tried ``again``."""
        entries = list(again)
        try:
            with self._database.batch() as connection:
                entries = entries or self._take()  # not before it is our turn: until then more may come
                self._store(connection, entries)
        except (DataError, IntegrityError) as refused:
            if len(entries) > 1:  # one bad row must not cost the others theirs
                for entry in entries:
                    self._write([entry])
            else:
                _tell(entries, refused)
        except Exception as failed:  # noqa: BLE001  handed to every thread that waits for this transaction
            _tell(entries or self._take(), failed)
        else:
            _tell(entries)

    def _store(self, connection: Connection, entries: list[_Entry]) -> None:
        for entry, refused in zip(entries, self._gate.admit(connection, [one.ticket for one in entries]), strict=True):
            entry.error = refused
        admitted = [entry for entry in entries if entry.error is None]
        delete_drafts(connection, [entry.old_token for entry in admitted if entry.old_token])
        signed = signature_rows([entry.signature for entry in admitted if entry.signature])
        insert_rows(connection, *signed, *draft_rows([entry.draft for entry in admitted]))


def _tell(entries: Sequence[_Entry], error: Exception | None = None) -> None:
    """Let the threads that wait go on; ``error`` is what kept their rows from being stored."""
    for entry in entries:
        entry.error = error or entry.error
        entry.written = True
        entry.called.set()
