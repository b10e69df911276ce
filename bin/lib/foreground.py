"""Hold the terminal's foreground for the server, which gets a session of its own, and tell it once when to end."""

import signal
import subprocess
import sys
from types import FrameType

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP)


def run(command: list[str]) -> int:
    """Run a command until it ends; return its exit status as a shell would.

    A terminal sends Ctrl-C to all processes it knows. The workers would get that and then their master's order to end,
    and hang now and then, until they are ended by force (granian 2.8). So the terminal knows this process alone.
    """
    servers: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        for server in servers:
            server.terminate()

    for number in _ENDINGS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, end)
    # Out of the terminal's session it is neither stopped for writing there (stty tostop) nor ended with the window.
    servers.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True))
    if asked:  # before there was anybody to tell
        servers[0].terminate()
    status = servers[0].wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(run([sys.executable, *sys.argv[1:]]))
