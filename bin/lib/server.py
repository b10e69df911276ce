"""granian, whose workers end when they are told to, also while they still load the site.

A worker is a fork of its master. Until it serves, it would take an order to end as one to its master and go on, until
it is ended by force (granian 2.8).
"""

import os
import signal

from granian.cli import entrypoint

_ENDINGS = (signal.SIGINT, signal.SIGTERM)


def obey_from_the_beginning() -> None:
    """Let every new process end at once when it is told, until it says how it ends better.

    What it is told in its first moment, while it still has its master's ways, waits until it has lost them.
    """
    os.register_at_fork(before=_wait, after_in_parent=_listen, after_in_child=_obey)


def _wait() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)


def _listen() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)


def _obey() -> None:
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_DFL)
    _listen()


if __name__ == "__main__":
    obey_from_the_beginning()
    entrypoint()  # type: ignore[no-untyped-call]
