"""Taking in what visitors send: whoever's turn it is writes for all who wait, in one transaction.

On a front-page day the disk is what costs: eight people who wait for it together wait once. On PostgreSQL a process has
two such transactions under way, so that one is prepared while the other waits. Nobody is answered before
the transaction that holds their rows has been committed; a signature and its draft are always in the same one.
"""

import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

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
    taken: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Intake:
    """The one way from a visitor's form into the database; any number of threads may use it."""

    def __init__(self, database: Database, gate: Gate | None = None) -> None:
        """Write to ``database`` what ``gate`` lets in."""
        self._database = database
        self._gate = gate or Gate()
        self._waiting: deque[_Entry] = deque()
        self._turn = threading.Semaphore(database.writers)

    def save(
        self, draft: SealedDraft, signature: SealedSignature | None = None, old_token: str = "", ticket: Ticket = FREE
    ) -> None:
        """Store a draft, the signature it came with, and drop the visitor's draft before it: all of it or nothing.

        Returns once it is committed; raises what the gate says of the ticket, or the database of the rows.
        """
        entry = _Entry(draft, signature, old_token, ticket)
        self._waiting.append(entry)
        with self._turn:
            while not entry.taken:  # by somebody else, perhaps, who is writing it just now
                self._write(self._take())
        entry.done.wait()
        if entry.error is not None:
            raise entry.error

    def _take(self) -> list[_Entry]:
        taken: list[_Entry] = []
        with suppress(IndexError):  # somebody else may take the last ones at this moment
            while len(taken) < _MOST_AT_ONCE:
                taken.append(self._waiting.popleft())
                taken[-1].taken = True
        return taken

    def _write(self, entries: list[_Entry]) -> None:
        if not entries:
            return
        error: Exception | None = None
        try:
            with self._database.unit_of_work() as session:
                self._store(session, entries)
        except (DataError, IntegrityError) as refused:
            if len(entries) > 1:  # one bad row must not cost the others theirs
                for entry in entries:
                    self._write([entry])
                return
            error = refused
        except Exception as failed:  # noqa: BLE001  handed to every thread that waits for this transaction
            error = failed
        for entry in entries:
            entry.error = error or entry.error
            entry.done.set()

    def _store(self, session: Session, entries: list[_Entry]) -> None:
        for entry, refused in zip(entries, self._gate.admit(session, [one.ticket for one in entries]), strict=True):
            entry.error = refused
        admitted = [entry for entry in entries if entry.error is None]
        delete_drafts(session, [entry.old_token for entry in admitted if entry.old_token])
        signed = signature_rows([entry.signature for entry in admitted if entry.signature])
        insert_rows(session, *signed, *draft_rows([entry.draft for entry in admitted]))
