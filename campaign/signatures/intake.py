"""Taking in what visitors send: whoever's turn it is writes for all who wait, in one transaction.

On a front-page day the disk is what costs: eight people who wait for it together wait once. Nobody is answered before
the transaction that holds their rows has been committed; a signature and its draft are always in the same one.
"""

import threading
from collections import deque
from dataclasses import dataclass

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
    done: bool = False
    error: Exception | None = None


class Intake:
    """The one way from a visitor's form into the database; any number of threads may use it."""

    def __init__(self, database: Database, gate: Gate | None = None) -> None:
        """Write to ``database`` what ``gate`` lets in."""
        self._database = database
        self._gate = gate or Gate()
        self._waiting: deque[_Entry] = deque()
        self._turn = threading.Lock()

    def save(
        self, draft: SealedDraft, signature: SealedSignature | None = None, old_token: str = "", ticket: Ticket = FREE
    ) -> None:
        """Store a draft, the signature it came with, and drop the visitor's draft before it: all of it or nothing.

        Returns once it is committed; raises what the gate says of the ticket, or the database of the rows.
        """
        entry = _Entry(draft, signature, old_token, ticket)
        self._waiting.append(entry)
        with self._turn:
            while not entry.done:
                self._write(self._taken() or [entry])
        if entry.error is not None:
            raise entry.error

    def _taken(self) -> list[_Entry]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))]

    def _write(self, entries: list[_Entry]) -> None:
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
            entry.error, entry.done = error or entry.error, True

    def _store(self, session: Session, entries: list[_Entry]) -> None:
        for entry, refused in zip(entries, self._gate.admit(session, [one.ticket for one in entries]), strict=True):
            entry.error = refused
        admitted = [entry for entry in entries if entry.error is None]
        delete_drafts(session, [entry.old_token for entry in admitted if entry.old_token])
        signed = signature_rows([entry.signature for entry in admitted if entry.signature])
        insert_rows(session, *signed, *draft_rows([entry.draft for entry in admitted]))
