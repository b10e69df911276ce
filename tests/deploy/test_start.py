"""The end of bin/start, from the announcement on, on a real terminal: what Ctrl-C stops, and what it leaves."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.drills.processes import descendants
from campaign.cli.drills.site import free_port
from campaign.cli.main import cli
from campaign.settings import ROOT
from tests.locks import cheap_locks

CTRL_C = b"\x03"
_PATIENCE = 120.0
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Terminal:
    """A terminal of its own, with one program in front."""

    def __init__(self, script: str, environment: dict[str, str]) -> None:
        """Start a bash script on it."""
        self.shown = ""
        self.process, self._screen = pty.fork()
        if not self.process:
            os.execve("/bin/bash", ["bash", "-c", script], environment)

    def until(self, *texts: str) -> None:
        """Read until all of this has been shown; fail when the program ends before that."""
        give_up = time.monotonic() + _PATIENCE
        while any(text not in self.shown for text in texts):
            assert time.monotonic() < give_up, self.shown
            assert self._read(), self.shown

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self._screen, keys)

    def end(self) -> int:
        """Read until nobody has the terminal any more; return the exit status of the program."""
        give_up = time.monotonic() + _PATIENCE
        while self._read():
            assert time.monotonic() < give_up, self.shown
        os.close(self._screen)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def _read(self) -> bool:
        if not select.select([self._screen], [], [], 1)[0]:
            return True
        try:
            read = os.read(self._screen, 4096)
        except OSError:  # how Linux says that the last program has closed it
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)


def ending(port: int, target: str = "tests.deploy.farewell:app") -> str:
    """Return what bin/start does once all is prepared, with two workers and a server that tells what it does."""
    text = (ROOT / "bin" / "start").read_text(encoding="utf-8")
    begin = text.index('cd "$ROOT"\n')
    loud = text[begin:].replace("--log-level error", "--log-level info").replace("wsgi:app", target)
    loud = loud.replace("--workers-kill-timeout 8 ", "--workers-kill-timeout 40 ")  # a busy machine takes its time
    assert (loud.count("--log-level info"), loud.count("--workers-kill-timeout 40")) == (1, 1)
    values = f"ROOT='{ROOT}' VENV_PYTHON='{sys.executable}' HOST=127.0.0.1 PORT={port} WEB_WORKERS=2"
    return f"set -euo pipefail\n{values} PUBLIC_URL=http://127.0.0.1:{port}\n{loud}"


def until_all_wait(server: int) -> None:
    """Wait until the workers have nothing left to do but to wait: for two seconds no first thread of theirs ran."""
    give_up, seen, since = time.monotonic() + _PATIENCE, "", time.monotonic()
    while time.monotonic() < since + 2:
        assert time.monotonic() < give_up, seen
        found = "".join(_of_first_thread(worker) for worker in sorted(descendants(server)))
        if found != seen or found.count("State:\tS") != found.count("State:") or found.count("State:") < 2:
            seen, since = found, time.monotonic()
        time.sleep(0.1)


def _of_first_thread(process: int) -> str:
    """Return whether the first thread of a process sleeps, and how often it has been put to sleep or made to wait."""
    try:
        lines = Path(f"/proc/{process}/task/{process}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return ""
    return "".join(f"{line}\n" for line in lines if line.startswith("State:") or "ctxt_switches" in line)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch) -> dict[str, str]:
    """An instance that is set up, and nothing of the settings of whoever runs the tests."""
    own = {"INSTANCE": str(tmp_path / "instance"), "PYTHONPATH": str(ROOT)}
    monkeypatch.setenv("INSTANCE", own["INSTANCE"])
    with cheap_locks():
        assert CliRunner().invoke(cli, ["setup"]).exit_code == 0
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | own


def test_ctrl_c_on_a_terminal_lets_every_worker_end_by_itself(environment):
    port = free_port()
    terminal = Terminal(ending(port), environment)
    terminal.until("Started worker-1", "Started worker-2", "The site is running")
    server = re.search(r"main PID: (\d+)", terminal.shown)
    assert server
    assert os.getsid(int(server[1])) != terminal.process  # or Ctrl-C reaches the workers too, who then hang at times
    until_all_wait(int(server[1]))  # granian's workers say that they have started before they listen to signals
    terminal.press(CTRL_C)
    assert terminal.end() == 0, terminal.shown
    assert terminal.shown.count("A worker ended by itself.") == 2, terminal.shown
    socket.create_server(("127.0.0.1", port)).close()  # nobody serves there any more


def test_ctrl_c_while_the_workers_still_load_the_site_ends_them_at_once(environment):
    port = free_port()
    terminal = Terminal(ending(port, "tests.deploy.loading:app"), environment)
    terminal.until("A worker loads the site.", "Spawning worker-2")
    terminal.press(CTRL_C)
    assert terminal.end() == 0, terminal.shown
    assert "A worker has loaded it." not in terminal.shown
    socket.create_server(("127.0.0.1", port)).close()


# What a slow machine does: the order to end comes while a new process has not yet done anything of its own.
NEW_AND_SLOW = """
import os
import signal
import sys
import time

import server
signal.signal(signal.SIGTERM, lambda *_: None)  # as the master does
started, said = os.pipe()

def be_slow():
    os.write(said, b"x")
    time.sleep(1)

os.register_at_fork(after_in_child=be_slow)
server.obey_from_the_beginning()
worker = os.fork()
if not worker:
    time.sleep(60)
    sys.exit()
os.read(started, 1)
os.kill(worker, signal.SIGTERM)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) != -signal.SIGTERM)
"""


def test_a_worker_that_is_told_to_end_in_its_first_moment_ends():
    environment = os.environ | {"PYTHONPATH": str(ROOT / "bin" / "lib")}
    assert subprocess.run([sys.executable, "-c", NEW_AND_SLOW], env=environment, check=False).returncode == 0


def test_whoever_ends_the_command_ends_its_server(environment):
    port = free_port()
    terminal = Terminal(ending(port), environment)
    terminal.until("Started worker-1", "Started worker-2")
    os.kill(terminal.process, signal.SIGTERM)
    assert terminal.end() == 0, terminal.shown
    socket.create_server(("127.0.0.1", port)).close()


def test_a_server_that_cannot_start_ends_the_command_with_its_status(environment):
    terminal = Terminal(ending(free_port(), "no_such_module:app"), environment)
    assert terminal.end() == 1, terminal.shown
    assert "The site is running" not in terminal.shown
