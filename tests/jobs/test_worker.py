"""Workers: in threads of a web process, and in processes of their own."""

import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from campaign.app import _start, create_app
from campaign.cli.worker import worker as worker_command
from campaign.jobs.tasks import SEND_MAIL
from campaign.runtime import build_runtime
from campaign.settings import ROOT
from tests.jobs.workers import environment_of, until, waiting
from tests.mail.conftest import stored
from tests.visitor import Visitor


def test_a_mail_leaves_after_signing_without_anybody_asking_for_it(mail_runtime, mail_server):
    """As with bin/start: the page, the bell and the worker in one process."""
    visitor = Visitor(create_app(runtime=mail_runtime))
    worker = mail_runtime.worker(beside_pages=False)
    mail_runtime.bell.start()
    worker.start()
    try:
        assert visitor.sign().status_code == 303
        until(lambda: len(mail_server.recipients) == 1, "the mail has left")
        until(lambda: not waiting(mail_runtime), "it is forgotten")
    finally:
        worker.stop()
    assert mail_server.recipients == ["aygul@example.org"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_hears_the_bell_of_another_process_and_ends_cleanly_when_it_is_asked(mail_runtime, mail_server):
    command = [sys.executable, "-m", "campaign.cli", "worker"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment_of(mail_runtime), cwd=ROOT, **pipes) as worker:
        try:
            assert worker.stderr.readline() == "At work. Ctrl-C ends it.\n"
            mail_runtime.clock.moment = datetime.now(UTC)  # as the worker's clock, and mail waits for a day
            stored(mail_runtime)
            mail_runtime.queue.ring(SEND_MAIL)
            until(lambda: len(mail_server.recipients) == 1, "the mail has left")
            until(lambda: not waiting(mail_runtime), "it is forgotten")
            worker.send_signal(signal.SIGTERM)
            output, complaints = worker.communicate(timeout=120)
        finally:
            worker.kill()
    assert (worker.returncode, output, complaints) == (0, "", "")


# The kernel may hand a signal to any thread: the first is not woken then, as by one that comes just before it waits.
TOLD_ASIDE = """
import signal
import sys
import threading
from campaign.cli.worker import worker

def tell():
    sys.stdin.readline()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

threading.Thread(target=tell, daemon=True).start()
worker()
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_hears_a_signal_that_does_not_wake_who_waits_for_it(mail_runtime):
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", TOLD_ASIDE]
    with subprocess.Popen(command, env=environment_of(mail_runtime), cwd=ROOT, **pipes) as worker:
        try:
            assert worker.stderr.readline() == "At work. Ctrl-C ends it.\n"
            assert worker.communicate("now\n", timeout=120)[1] == ""
        finally:
            worker.kill()
    assert worker.returncode == 0


@pytest.mark.usefixtures("machine_clock")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_may_send_what_is_due_and_say_how_much_that_was(mail_runtime, mail_server, monkeypatch):
    for name, value in environment_of(mail_runtime).items():
        monkeypatch.setenv(name, value)
    stored(mail_runtime)
    stored(mail_runtime, email="nobody@example.org")
    mail_server.to_recipient = lambda one: "550 5.1.1 No such user" if one == "nobody@example.org" else "250 OK"
    done = CliRunner().invoke(worker_command, ["--once"])
    assert (
        done.stdout
        == "Handed over: 1. Refused for good: 1. Given up after a day: 0. For nobody: 0. Still waiting: 0.\n"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_site_without_jobs_of_its_own_still_rings(mail_runtime):
    """RUN_JOBS=false is for web processes beside a worker: they ring, and send nothing."""
    runtime = build_runtime(mail_runtime.settings, mail_runtime.clock)
    runtime.__dict__["renderer"] = mail_runtime.renderer
    _start(runtime)
    try:
        Visitor(create_app(runtime=runtime)).sign()
        until(lambda: runtime.queue.waiting() == 1, "the bell was rung")
        assert waiting(runtime) == 1
    finally:
        runtime.close()
