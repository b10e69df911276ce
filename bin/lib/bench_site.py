"""A whole site to measure: its own instance folder, the real server on a free port, and a visitor's first steps."""

import contextlib
import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench_child import ROOT, BenchError, python_environment

from campaign.cli.drills.site import free_port
from campaign.settings import Settings

SLUG = "ua-61-21"
DEMANDS = ["release", "disclose", "access", "protect"]
VISITOR = {
    "name": "Aygül Qadir",
    "email": "aygul@example.org",
    "country": "CA",
    "city": "Montréal",
    "address": "12 Rue Principale",
    "locale": "en",
    "words": "I am a nurse, and I think of the families.",
    "consent_count": "y",
    "consent_handover": "y",
}
_SETTINGS = {name.upper() for name in Settings.model_fields}
_START_SECONDS = 120.0
_STOP_SECONDS = 15.0


def prepared(folder: Path, database_url: str = "") -> dict[str, str]:
    """Prepare an instance in ``folder`` as ``bin/start`` does; return the environment that names it and nothing else.

    The settings of whoever runs the benchmark are left out. Temporary files go into the folder too.
    """
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name.upper() not in _SETTINGS}
    environment |= {"INSTANCE": str(folder / "instance"), "TMPDIR": str(folder)}
    environment["PROXY_HOPS"] = "1"  # The load names another network for each signature, as a proxy would.
    if database_url:
        environment["DATABASE_URL"] = database_url
    environment = python_environment(environment)
    command = [sys.executable, "-m", "campaign.cli", "setup"]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=_START_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BenchError(f"The site could not be set up:\n{done.stderr}")
    return environment


@contextlib.contextmanager
def serving(target: str, environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Serve a WSGI app such as ``wsgi:app``; give the port once it answers; stop it afterwards.

    Its ``PUBLIC_URL`` is that port, unless the environment names another, as it does behind a proxy.
    """
    port = free_port()
    addressed = {"PUBLIC_URL": f"http://127.0.0.1:{port}"} | python_environment(environment)
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, *server_arguments(target, port)],
            cwd=ROOT, env=addressed, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(server, port)
        yield port
    except BenchError as error:
        raise BenchError(f"{error}\n{log.read_text(errors='replace')}".rstrip()) from None
    finally:
        _stop(server)


def server_arguments(target: str, port: int) -> list[str]:
    """Return the server's part of the command that ``bin/start`` ends with, for another app on another port."""
    script = (ROOT / "bin" / "start").read_text(encoding="utf-8").replace("\\\n", "")
    found = re.search(r'(?<=/foreground\.py" ).*', script)
    if found is None:
        raise BenchError("bin/start no longer says how it starts the server.")
    processes = min(os.cpu_count() or 1, 4)
    server = str(ROOT / "bin" / "lib" / "server.py")
    instead = {
        "$ROOT/bin/lib/server.py": server,
        "$HOST": "127.0.0.1",
        "$PORT": str(port),
        "$WEB_WORKERS": str(processes),
        "wsgi:app": target,
    }
    return [instead.get(word, word) for word in shlex.split(found.group())]


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as one:
            one.request("GET", "/")
            one.getresponse()
            return
        time.sleep(0.05)
    raise BenchError(f"The server did not start to serve on port {port}.")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """End the server; one that overstays is killed with its workers (the processes of its session)."""
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@dataclass(frozen=True)
class Form:
    """What a visitor has after loading the form: the cookie of their session and the token of the form."""

    cookie: str
    token: str

    def body(self, **changes: str) -> bytes:
        """Return the filled-in form as a browser sends it."""
        return urlencode({"csrf_token": self.token, "demands": DEMANDS, **VISITOR, **changes}, doseq=True).encode()


def load_form(port: int) -> Form:
    """Load the form of the appeal as a new visitor."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"/{SLUG}/sign")
        response = connection.getresponse()
        return Form(_cookies(response), form_token(response.read().decode()))


def form_token(page: str) -> str:
    """Return the token of the form on a page."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise BenchError("The form came without its token.")
    return token.group(1)


def sign(port: int) -> str:
    """Sign as one visitor; return the cookie that opens their letters."""
    form = load_form(port)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", f"/{SLUG}/sign", form.body(), {"Cookie": form.cookie, **FORM_TYPE})
        response = connection.getresponse()
        response.read()
    if response.status != 303:
        raise BenchError(f"Signing was answered with status {response.status}.")
    return _cookies(response)


FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


def _cookies(response: http.client.HTTPResponse) -> str:
    return "; ".join(value.partition(";")[0] for value in response.headers.get_all("Set-Cookie", []))
