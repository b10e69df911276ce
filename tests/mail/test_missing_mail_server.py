"""A process that was started without SMTP_URL loses nothing that waits for a mail server."""

import io
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from campaign.mail import outbox
from campaign.mail.delivery import Delivery, transport_for
from campaign.mail.message import Sender
from campaign.mail.outbox import count_waiting, seal_mail, store_mails
from campaign.settings import ROOT
from campaign.signatures import MailWriter
from tests.jobs.workers import environment_of
from tests.mail.conftest import PERSON


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waiting(runtime) -> int:
    with runtime.database.reading() as session:
        return count_waiting(session)


def without_server(runtime, stream) -> Delivery:
    sender = Sender("http://127.0.0.1:8000")
    transport = transport_for("", sender, stream)
    writer = MailWriter(salts=runtime.guard.salts)
    return Delivery(runtime.database, runtime.clock, runtime.keys.outbox_key, writer, sender, transport)


def worker_once(runtime, **changes: str) -> subprocess.CompletedProcess[str]:
    """Type ``bin/campaign worker --once`` with the settings of a site, and some others."""
    return subprocess.run(
        [sys.executable, "-m", "campaign.cli", "worker", "--once"],
        env=environment_of(runtime) | changes, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other tests hold for both
def test_a_worker_started_without_its_mail_server_leaves_what_waits_and_says_so(mail_runtime, mail_server, sign, clock):
    people = [f"{n}@example.org" for n in range(5)]
    clock.moment = datetime.now(UTC)  # the worker is a process of its own, with the clock of the machine
    for one in people:
        sign(email=one)
    assert "Still waiting: 5" in worker_once(mail_runtime, SMTP_URL="smtp://127.0.0.1:1").stdout
    for _ in range(2):
        done = worker_once(mail_runtime, SMTP_URL="", MAIL_FROM="")
        assert "Handed over: 0" in done.stdout
        assert "Still waiting: 5" in done.stdout
        assert done.stderr.count("5 messages wait for a mail server, and there is no SMTP_URL") == 1
        assert "example.org" not in done.stdout + done.stderr
    assert "Handed over: 5" in worker_once(mail_runtime).stdout
    assert sorted(mail_server.recipients) == people


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_waits_for_a_mail_server_is_neither_deleted_nor_printed(mail_runtime, mail_server, sign, caplog, stream):
    sign()
    shown = stream()
    done = without_server(mail_runtime, shown).run()
    assert (done.taken, done.dropped, done.stranded, shown.getvalue()) == (0, 0, 1, "")
    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert line.startswith("mail: 1 messages wait for a mail server, and there is no SMTP_URL")
    assert PERSON.email not in caplog.text
    assert mail_runtime.delivery.run().taken == 1


def test_of_both_kinds_each_gets_what_it_was_left_for(mail_runtime, mail_server, sign, order):
    sign()
    for n in range(45):
        sign(email=f"{n}@example.org", asked=False)
    leave(mail_runtime, order)  # a lost link is only ever asked for where there is a mail server
    terminal = Terminal()
    done = without_server(mail_runtime, terminal).run()
    assert (done.taken, done.stranded, waiting(mail_runtime)) == (45, 2, 2)
    assert terminal.getvalue().count("Mail to ") == 45
    assert PERSON.email not in terminal.getvalue()


def test_what_cannot_be_read_waits_for_the_process_that_can(mail_runtime, sign):
    sign(asked=False)
    stranger = without_server(mail_runtime, io.StringIO())
    stranger._key = b"x" * 32
    assert stranger.run().stranded == 1
    assert waiting(mail_runtime) == 1
    assert without_server(mail_runtime, io.StringIO()).run().dropped == 1


def test_it_waits_for_a_day_and_is_then_given_up_loudly(mail_runtime, sign, clock, caplog):
    sign()
    without = without_server(mail_runtime, io.StringIO())
    clock.advance(timedelta(hours=23, minutes=59))
    assert (without.run().stranded, waiting(mail_runtime)) == (1, 1)
    clock.advance(timedelta(minutes=1))
    caplog.clear()
    done = without.run()
    assert (done.given_up, done.stranded, waiting(mail_runtime)) == (1, 0, 0)
    assert [record.getMessage() for record in caplog.records] == [outbox.GAVE_UP % 1]


def leave(runtime, order):
    with runtime.database.unit_of_work() as session:
        store_mails(session, [seal_mail(runtime.keys.outbox_key, order, runtime.clock.now())])
