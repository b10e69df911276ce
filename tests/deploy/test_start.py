"""The end of bin/start, from the announcement on, on a real terminal: what Ctrl-C stops, and what it leaves."""

import os
import pty
import re
import select
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

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


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def ending(port: int, target: str = "tests.deploy.farewell:app") -> str:
    """Return what bin/start does once all is prepared, with two workers and a server that tells what it does."""
    text = (ROOT / "bin" / "start").read_text(encoding="utf-8")
    begin = text.index('cd "$ROOT"\n')
    loud = text[begin:].replace("--log-level error", "--log-level info").replace("wsgi:app", target)
    assert loud.count("--log-level info") == 1
    values = f"ROOT='{ROOT}' VENV_PYTHON='{sys.executable}' HOST=127.0.0.1 PORT={port} WEB_WORKERS=2"
    return f"set -euo pipefail\n{values} PUBLIC_URL=http://127.0.0.1:{port}\n{loud}"


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
    time.sleep(3)  # granian's workers say that they have started a moment before they listen to signals
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
