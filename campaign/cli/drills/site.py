"""A site that exists for one drill: an instance folder of its own, a key pair of its own, and the real server."""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Shelf
from campaign.appeals.state import standing
from campaign.cli.drills.outcome import DrillError
from campaign.core.clock import SystemClock
from campaign.core.database import Database
from campaign.keys import new_key_pair, store_public_key
from campaign.settings import ROOT
from campaign.signatures import IndexKeys

# Nothing else of the caller's environment gets in: their settings name a site that is not ours to touch.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "VIRTUAL_ENV")
_SECRETS = ("SECRET_KEY", "INDEX_KEY", "ROW_KEY", "OUTBOX_KEY")
_PATIENCE_SECONDS = 120.0
# Below those that systems give to whoever names none (from 32768 on): while nobody listens yet, a port that was given
# out by chance could go to somebody else, or to who is calling it, who then talks to themselves.
_PORTS = iter(secrets.SystemRandom().sample(range(10_000, 32_000), 22_000))
_SERVER = ("-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--blocking-threads", "8")


@dataclass
class Site:
    """A throw-away site; its server may be started and killed as often as one likes."""

    folder: Path
    environment: dict[str, str]
    database: Database
    private_key: bytes
    appeal: Appeal
    port: int = 0
    _server: "subprocess.Popen[bytes] | None" = None
    _log: Path = field(init=False)

    def __post_init__(self) -> None:
        self._log = self.folder / "server.log"
        self.port = self.port or free_port()

    def secret(self, name: str) -> bytes:
        """Return one of the site's secrets by the name of its setting."""
        return bytes.fromhex(self.environment[name])

    @property
    def index_keys(self) -> IndexKeys:
        """The keys of the index that recognises people."""
        return IndexKeys(self.folder / "instance" / "keys", self.secret("INDEX_KEY"))

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        assert self._server is not None
        return self._server.pid

    def start(self, *before: str) -> None:
        """Start the server, through another program if one is named, and wait until it answers."""
        command = [*before, sys.executable, *_SERVER, "--port", str(self.port), "--log-level", "error", "wsgi:app"]
        self._server = self.run(*command)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise DrillError(
                    "The server of a drill did not start:\n" + self._log.read_text(errors="replace")[-2000:]
                )
            time.sleep(0.05)

    def run(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a program of the site, in a session of its own."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"/{self.appeal.slug}/sign")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """Kill the server with everything it started, without a warning."""
        if self._server is not None:
            end(self._server, signal.SIGKILL)

    def stop(self) -> None:
        """End the server as an administrator does."""
        if self._server is not None:
            end(self._server, signal.SIGTERM)


def end(program: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send a signal to a program and all of its session; one that overstays is killed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, number)
    try:
        program.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def free_port() -> int:
    """Return a port of this machine that nobody uses, and none twice."""
    for port in _PORTS:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise DrillError("Every port of this machine is taken.")


@contextmanager
def throw_away_site(folder: Path, database_url: str = "", **settings: str) -> Iterator[Site]:
    """Make a site in ``folder``, over a SQLite file there or an empty PostgreSQL database; its server ends with it."""
    instance, port = folder / "instance", free_port()
    instance.mkdir(parents=True, mode=0o700)
    url = database_url or f"sqlite:///{instance / 'campaign.db'}"
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {name: secrets.token_hex(32) for name in _SECRETS}
    environment |= {"INSTANCE": str(instance), "DATABASE_URL": url, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    # Everybody in a drill comes from one address.
    environment |= {"SIGN_LIMITS": "", "TMPDIR": str(folder), "HOME": str(folder), "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "campaign.cli", "setup", "--offline-keys"]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if made.returncode:
        raise DrillError(f"The site of a drill could not be set up:\n{made.stderr}")
    database = Database(url)
    site = Site(folder, environment, database, *_opened(database), port)
    try:
        yield site
    finally:
        site.kill()
        database.dispose()


def _opened(database: Database) -> tuple[bytes, Appeal]:
    """Give the first appeal that is open a key; return the private half, and the appeal."""
    appeals = [book.appeal for book in Shelf(database).all() if standing(book.appeal, SystemClock()).is_open]
    if not appeals:
        raise DrillError("A drill needs an appeal in letters/ that people can sign today.")
    pair = new_key_pair()
    with database.unit_of_work() as session:
        store_public_key(session, appeals[0].slug, pair.public, datetime.now(UTC).date())
    return pair.private, appeals[0]
