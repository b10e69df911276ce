"""Promise: this site cannot read what supporters typed; nothing it keeps, anywhere, holds a name, an address or a word.

Real server, worker and mail server. ``JOURNEYS=1000 bin/test promises -k cannot_read`` sends a thousand people.
"""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from campaign.cli.drills.site import free_port
from campaign.settings import ROOT
from campaign.signatures import Signature
from campaign.signatures.tables import StoredDraft
from tests.conftest import NOW
from tests.jobs.workers import environment_of, until, waiting
from tests.journeys import LINES, LISTED, STEMS, Person, travel
from tests.scanning import files_below, forms, found_in, hashed_forms, network_forms, server_files, tables_of

JOURNEYS = int(os.environ.get("JOURNEYS", "60"))
_HASHED = 6
"""People whose unkeyed hashes are looked for: each adds dozens of marks."""
EVERYWHERE = {"signature", "outbox", "draft", "erasures.log", "server.log"}
ON_SQLITE = (
    EVERYWHERE | {f"campaign.db{end}" for end in ("", "-wal", "-shm", "-turn")} | {"queue.db", "backup/backup.db"}
)
ON_POSTGRESQL = EVERYWHERE | {"log of the server", "PG_VERSION", "backup/dump.sql"}
"""Some of what there is to look at: if a name changes, this test must look at the new one."""


def marks_of(people: list[Person]) -> dict[bytes, str]:
    """Return what nothing may hold: the beginnings of what people typed, their lines, and hashes anybody could make."""
    found = {form: f"{what} {how}" for what, stem in STEMS.items() for form, how in forms(stem).items()}
    for person in people[:_HASHED]:
        typed = (str(person.typed()["name"]), person.mail, person.mail.lower(), person.address)
        found |= {form: f"{how} of a person" for form, how in hashed_forms(typed).items()}
        found |= {form: f"line {how}" for form, how in network_forms(person.address).items()}
    return found | {form: f"part of a line {how}" for part in LINES for form, how in forms(part).items()}


@pytest.fixture
def port(mail_runtime, database_url, tmp_path):
    """Serve the site as bin/start does, with everything it writes in the folder of the test."""
    free = free_port()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    queue = {} if mail_runtime.database.is_sqlite else {"QUEUE_URL": database_url}
    own = {"MOMENT": NOW.isoformat(), "PROXY_HOPS": "1", "SIGN_LIMITS": "2/minute;500/hour"}
    own |= {"TMPDIR": str(temporary), "HOME": str(temporary)}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"]
    command += ["--port", str(free), "--blocking-threads", "8", "--log-level", "debug", "tests.site_process:app"]
    environment = {**environment_of(mail_runtime), **queue, **own}
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(free, server, tmp_path / "server.log")
        yield free
    finally:
        # By force: asked all at once, workers and their master now and then wait for each other (granian 2.8).
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for(port, server, log):
    give_up = time.monotonic() + 120
    while time.monotonic() < give_up:
        assert server.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def kept(runtime, url, folder):
    """Give everything there is: each file of the site, tables and backup, and the files of the database's server."""
    (folder / "backup").mkdir(exist_ok=True)
    tables = tables_of(url, folder / "backup")
    yield from tables.items()
    yield from files_below(folder)
    if not runtime.database.is_sqlite:
        yield from server_files(url)


def test_no_journey_leaves_a_readable_trace_anywhere(mail_runtime, mail_server, port, database_url, tmp_path):
    people = travel(port, mail_server, JOURNEYS)
    until(lambda: waiting(mail_runtime) == JOURNEYS // 10, "only that mail is left which its server puts off")
    with mail_runtime.database.reading() as session:
        signed = session.scalar(select(func.count()).select_from(Signature))
        drafts = session.scalar(select(func.count()).select_from(StoredDraft))
        sealed = session.scalars(select(Signature.sealed)).first()[-40:]
    assert signed == JOURNEYS - 3 * (JOURNEYS // 10), "less those who took only letters, and who withdrew"
    assert drafts >= JOURNEYS, "the letters of all of them are still there while we look"
    marks, listed, looked_at = marks_of(people), forms(LISTED), 0
    found, shown, there, names, readable_in = {}, [], [], [], {}
    for name, content in kept(mail_runtime, database_url, tmp_path):
        names.append(name)
        looked_at += len(content)
        if content not in readable_in:  # a server has the same file for each of its databases
            readable_in[content] = found_in(content, marks)
        found[name] = readable_in[content]
        shown += [name] if found_in(content, listed) else []
        there += [name] if sealed in content else []
    found = {name: readable for name, readable in found.items() if readable}
    sys.stderr.write(f"\n{JOURNEYS} journeys, {len(marks)} marks, {looked_at:,} bytes: found {found}\n")
    assert there, "the scan reads what the database writes"
    assert set(names) >= (ON_SQLITE if mail_runtime.database.is_sqlite else ON_POSTGRESQL)
    assert found == {}
    tables = set(tables_of(database_url, tmp_path / "backup"))
    assert tables & set(shown) == {"public_name"}, "the one thing that people asked us to show"


@pytest.mark.parametrize("what", STEMS)
def test_the_scan_finds_what_is_there_in_whatever_form(what):
    marks = forms(STEMS[what])
    for form, how in marks.items():
        assert found_in(b"\0\1" + form + b"rest", marks), how
    for before in range(3):
        typed = b"x" * before + STEMS[what].encode() + b"12"
        assert any("base64" in how for how in found_in(base64.b64encode(typed), marks))
