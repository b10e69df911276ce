"""Say in plain words where the site is, once it really answers. A process of its own, beside the server's."""

import argparse
import contextlib
import http.client
import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 60.0
_ROOT = Path(__file__).resolve().parents[2]
_WORDS = """
The site is running: {url}

  Sign           open {url} and write your letters
  Count          {campaign} signatures count --appeal {appeal}
  Hand over      {campaign} signatures export --help
  Stop           Ctrl-C
"""


def words(url: str, environment: Mapping[str, str]) -> str:
    """Return what is printed: commands that work as they stand, in the folder of the program."""
    instance = Path(environment.get("INSTANCE") or _ROOT / "instance").absolute()
    elsewhere = "" if instance == _ROOT / "instance" else f"INSTANCE={shlex.quote(str(instance))} "
    letters = Path(environment.get("LETTERS_DIR") or _ROOT / "letters")
    packs = sorted(path.parent.name for path in letters.glob("*/appeal.toml"))
    campaign = f"{elsewhere}bin/campaign"
    appeal = packs[0] if len(packs) == 1 else f"NAME   (names: {campaign} appeals list)"
    return _WORDS.format(url=url, campaign=campaign, appeal=appeal)


def is_alive(process: int) -> bool:
    """Say whether a process is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def answers(host: str, port: int) -> bool:
    """Say whether somebody answers a request there, whatever the answer is."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def main() -> None:
    """Wait until the server answers, then print; give up without a word when it ends before that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", type=int, help="process id of the server")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("url")
    arguments = parser.parse_args()
    # "Every address" is none to connect to.
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(arguments.host, arguments.host)  # noqa: S104
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up and is_alive(arguments.server):
        if answers(near, arguments.port):
            print(words(arguments.url, os.environ), flush=True)
            return
        time.sleep(0.1)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
