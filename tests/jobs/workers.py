"""Workers as processes of their own, over the database and the mail server of a test."""

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from campaign.jobs.tasks import SEND_MAIL
from campaign.mail.outbox import count_waiting
from campaign.runtime import Runtime
from campaign.settings import ROOT
from tests.mail_server import MailServer

PROGRAM = [sys.executable, "-m", "tests.jobs.killable_worker"]
_PATIENCE_SECONDS = 60.0


def environment_of(runtime: Runtime) -> dict[str, str]:
    """Return the settings of a site as a process of its own reads them."""
    settings = runtime.settings
    names = ("instance", "database_url", "public_url", "smtp_url", "mail_from", "queue_url")
    values = {name.upper(): str(getattr(settings, name)) for name in names}
    keys = {name.upper(): getattr(settings, name).get_secret_value().hex() for name in _KEYS}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **values, **keys}


_KEYS = ("secret_key", "index_key", "row_key", "outbox_key")


def until(there: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < give_up, f"waited in vain until {what}"
        time.sleep(0.005)


def waiting(runtime: Runtime) -> int:
    """Return how many mails are in the outbox."""
    with runtime.database.reading() as session:
        return count_waiting(session)


@contextlib.contextmanager
def killable(runtime: Runtime) -> Iterator[Callable[[Callable[[int], None]], None]]:
    """Give a function that starts a worker, hands its number to the caller, kills it and waits for its end."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(PROGRAM, env=environment_of(runtime), cwd=ROOT, **pipes) as starter:
        assert starter.stdout.readline() == "ready\n"

        def run(until_killed: Callable[[int], None]) -> None:
            starter.stdin.write("\n")
            starter.stdin.flush()
            pid = int(starter.stdout.readline())
            try:
                until_killed(pid)
            finally:
                os.kill(pid, signal.SIGKILL)
                assert starter.stdout.readline() == "gone\n"

        yield run
        starter.stdin.close()


def kill_while_sending(runtime: Runtime, server: MailServer, kills: int, seed: int) -> set[str]:
    """Kill a worker again and again in the middle of its mails; return who had a mail just before a kill."""
    chance = random.Random(seed)
    last: set[str] = set()

    def until_with_bell(there: Callable[[], bool], what: str) -> None:
        """Wait, and ring: what a killed worker had claimed is due a second later, long before the sweep looks."""
        rung = itertools.count()

        def rung_and_there() -> bool:
            if next(rung) % 50 == 0:
                runtime.queue.ring(SEND_MAIL)
            return there()

        until(rung_and_there, what)

    def a_few(_pid: int) -> None:
        enough = len(server.recipients) + chance.randint(1, 9)
        until_with_bell(lambda: len(server.recipients) >= enough or not waiting(runtime), "some mails have left")
        time.sleep(chance.random() * 0.02)

    with killable(runtime) as run:
        for _ in range(kills):
            run(a_few)
            until(lambda: not server.lines, "the server has read what was on its way")
            last.update(server.recipients[-1:])
        run(lambda _pid: until_with_bell(lambda: not waiting(runtime), "every mail has left"))
    return last
