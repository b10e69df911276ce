"""``worker``: sends mail and does the other work beside the pages, in a process of its own."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import click

from campaign.cli.graph import opened
from campaign.mail.outbox import count_waiting


@click.command(
    epilog="Examples: INSTANCE=/var/lib/letters bin/campaign worker; bin/campaign worker --once, to send what is due"
)
@click.option("--once", is_flag=True, help="Send the mail that is due, say how much that was, and end.")
def worker(*, once: bool) -> None:
    """Send mail, count, and sweep what is over, until Ctrl-C. SIGTERM ends it as well.

    A small site needs none: its web process does the same. Any number of workers may run at once, on any machine with
    the same settings; put RUN_JOBS=false where only pages are to be served. Killing one loses nothing. One that was
    started without SMTP_URL leaves alone what waits for a mail server, and says so.
    """
    if once:
        _send_once()
        return
    with _asked_to_end() as told, opened() as runtime:
        crew = runtime.worker(beside_pages=False)
        crew.start()
        click.echo("At work. Ctrl-C ends it.", err=True)
        told.recv(1)
        crew.stop()


@contextmanager
def _asked_to_end() -> Iterator[socket.socket]:
    """Give what can be read as soon as the process was asked to end, also when that was before anybody reads.

    Who waits for a lock instead does not hear a signal that comes in the moment before, or to another thread.
    """
    told, teller = socket.socketpair()
    with told, teller:
        teller.settimeout(0)
        before = signal.set_wakeup_fd(teller.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        try:
            yield told
        finally:
            signal.set_wakeup_fd(before)


def _send_once() -> None:
    with opened() as runtime:
        done = runtime.delivery.run()
        with runtime.database.reading() as session:
            waiting = count_waiting(session)
    click.echo(
        f"Handed over: {done.taken}. Refused for good: {done.refused}. Given up after a day: {done.given_up}. "
        f"For nobody: {done.dropped}. Still waiting: {waiting}."
    )
