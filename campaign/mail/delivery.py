"""A round of the post: whatever is due in the outbox is written, handed to the mail server, and forgotten.

In this order: rows are claimed and their mails written in one committed transaction, each mail is handed over, and its
row is deleted. Killed at any moment, nothing is lost. A second copy leaves only when the server had accepted a mail
and we died before the row was deleted.
"""

import logging
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Protocol, TextIO

from sqlalchemy.orm import Session

from campaign.core.clock import Clock
from campaign.core.database import Database
from campaign.mail import outbox
from campaign.mail.console import ConsoleTransport
from campaign.mail.message import Mail, Sender, compose
from campaign.mail.outbox import ClaimedMail, UnreadableMailError
from campaign.mail.rounds import Round
from campaign.mail.smtp import MailServerError, Outcome, SmtpTransport, read_smtp_url

LEASE = timedelta(minutes=10)
"""How long a claimed row is left alone by others. No mail is begun in the second half, and a mail server that takes its
time over every answer (ten of them, 20 seconds each) is done with one before it is over. The mails of a worker that was
killed wait as long: nothing shows others, perhaps on another machine, that it is dead and not just slow."""
_MOST_AT_ONCE = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
_log = logging.getLogger(__name__)


class Transport(Protocol):
    """A way for mails to leave."""

    def open(self) -> None:
        """Be ready, or raise :class:`MailServerError`."""

    def send(self, message: EmailMessage) -> Outcome:
        """Hand one mail over; :class:`MailServerError` when nobody knows whether it was taken."""
        ...

    def close(self) -> None:
        """Let go of the server."""


class Writer(Protocol):
    """Decides which mail an order in the outbox becomes, when it is sent and not before."""

    def write(self, session: Session, order: dict[str, Any], now: datetime) -> Mail | None:
        """Return the mail, with its links stored, or None when nobody gets any; raises :class:`UnreadableMailError`."""
        ...

    def take_back(self, session: Session, mail: Mail) -> None:
        """Forget the links of a mail that surely reached nobody."""


def transport_for(smtp_url: str, sender: Sender, stream: TextIO) -> Transport | None:
    """Return the way to send: SMTP, or a terminal to print on, or None where neither is there."""
    if smtp_url:
        return SmtpTransport(read_smtp_url(smtp_url), sender.host)
    return ConsoleTransport(stream) if stream.isatty() else None


class Delivery:
    """Sends what is due; one round at a time in a process, and any number of processes at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        key: bytes,
        writer: Writer,
        sender: Sender,
        transport: Transport | None,
    ) -> None:
        """Send through ``transport``.

        Without a mail server, only what was left by a site that has none is shown on a terminal or, where there is none
        either, deleted, since nobody could ever get it. What waits for a server stays for its day.
        """
        self._database, self._clock, self._key = database, clock, key
        self._writer, self._sender, self._transport = writer, sender, transport
        self._round = threading.Lock()
        self._stopping = threading.Event()
        self._failures, self._not_before = 0, 0.0

    def run(self) -> Round:
        """Do one round and say in numbers what became of it; a server that is away is logged and left alone a while."""
        done = Round()
        with self._round:
            self._give_up(done)
            transport = self._transport
            if transport is None or isinstance(transport, ConsoleTransport):
                self._do_without_server(transport, done)
            else:
                self._send_due(transport, done)
        done.tell()
        return done

    def stop(self) -> None:
        """End the round under way after the mail in hand; what was claimed is free for others at once."""
        self._stopping.set()

    def _give_up(self, done: Round) -> None:
        with self._database.reading() as session:
            if not outbox.is_over(session, self._clock.now()):
                return
        with self._database.unit_of_work() as session:
            done.given_up = outbox.delete_expired(session, self._clock.now())

    def _do_without_server(self, terminal: ConsoleTransport | None, done: Round) -> None:
        """Show or delete what was left by a site without a mail server, and touch nothing else."""
        with self._database.reading() as session:
            ours, done.stranded = outbox.find_serverless(session, self._key, self._clock.now())
        if terminal is None:
            done.dropped = len(ours)
            if ours:
                with self._database.unit_of_work() as session:
                    outbox.delete_mails(session, ours)
            return
        for start in range(0, len(ours), _MOST_AT_ONCE):
            _claimed, batch = self._claim(done, ours[start : start + _MOST_AT_ONCE])
            if not self._hand_over(terminal, batch, done):
                break

    def _send_due(self, transport: Transport, done: Round) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            while not self._stopping.is_set() and self._is_due():
                transport.open()  # before anything is claimed: while the server is away, rows stay as they are
                claimed, batch = self._claim(done)
                if not claimed or not self._hand_over(transport, batch, done):
                    break
                self._failures = 0
        except MailServerError as error:
            self._pause(error)
        finally:
            transport.close()

    def _is_due(self) -> bool:
        with self._database.reading() as session:
            return outbox.is_due(session, self._clock.now())

    def _claim(self, done: Round, among: Sequence[bytes] | None = None) -> tuple[int, list[tuple[ClaimedMail, Mail]]]:
        """Claim some rows and write their mails, in one transaction; return how many rows, and what is to be sent."""
        batch = []
        now = self._clock.now()
        with self._database.unit_of_work() as session:
            claimed = outbox.claim(session, now, _MOST_AT_ONCE, LEASE, among)
            for row in claimed:
                try:
                    order = outbox.open_mail(self._key, row)
                    mail = self._writer.write(session, order, now)
                except UnreadableMailError:
                    done.unreadable += 1
                    outbox.reschedule(session, [(row.id, now + outbox.back_off(row.tries), row.tries + 1)])
                    continue
                if mail is None:
                    done.dropped += 1
                    outbox.delete_mails(session, [row.id])
                else:
                    batch.append((row, mail))
        return len(claimed), batch

    def _hand_over(self, transport: Transport, batch: list[tuple[ClaimedMail, Mail]], done: Round) -> bool:
        """Send a batch mail by mail; say whether all of it was tried."""
        latest = time.monotonic() + LEASE.total_seconds() / 2
        for place, (row, mail) in enumerate(batch):
            if self._stopping.is_set() or time.monotonic() > latest:
                self._release(batch[place:])
                return False
            try:
                outcome = self._send(transport, row, mail)
            except MailServerError:
                self._settle(row, mail, None, done)
                self._release(batch[place + 1 :])
                raise
            self._settle(row, mail, outcome, done)
        return True

    def _send(self, transport: Transport, row: ClaimedMail, mail: Mail) -> Outcome:
        try:
            message = compose(mail, self._sender, self._clock.now(), row.id)
        except ValueError:
            return Outcome.REFUSED
        return transport.send(message)

    def _settle(self, row: ClaimedMail, mail: Mail, outcome: Outcome | None, done: Round) -> None:
        """Keep what became of one mail; None: nobody knows, so its links stay good and it is sent again.

        Without waiting for the disk: a power cut may cost a second copy, a killed process does not.
        """
        with self._database.unit_of_work(durable=False) as session:
            if outcome in {Outcome.TAKEN, Outcome.REFUSED}:
                outbox.delete_mails(session, [row.id])
            else:
                due = self._clock.now() + outbox.back_off(row.tries)
                outbox.reschedule(session, [(row.id, due, row.tries + 1)])
            if outcome in {Outcome.REFUSED, Outcome.LATER}:
                self._writer.take_back(session, mail)
        done.taken += outcome is Outcome.TAKEN
        done.refused += outcome is Outcome.REFUSED
        done.later += outcome in {Outcome.LATER, None}

    def _release(self, batch: list[tuple[ClaimedMail, Mail]]) -> None:
        """Give back what was claimed and not tried, as if it had never been taken."""
        now = self._clock.now()
        with self._database.unit_of_work(durable=False) as session:
            outbox.reschedule(session, [(row.id, now, row.tries) for row, _mail in batch])
            for _row, mail in batch:
                self._writer.take_back(session, mail)

    def _pause(self, error: MailServerError) -> None:
        seconds = min(_FIRST_PAUSE * 2**self._failures, _LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        self._not_before = time.monotonic() + seconds
        _log.warning("mail: the mail server takes nothing now (%s); what waits is kept and tried again", error)
