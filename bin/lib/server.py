"""granian, whose workers end when they are told to, also while they still load the site.

A worker is a fork of its master. Until it serves, it would take an order to end as one to its master and go on, until
it is ended by force (granian 2.8).
"""

import os
import signal

from granian.cli import entrypoint


def _obey() -> None:
    """Let a new process end at once when it is told, until it says how it ends better."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    os.register_at_fork(after_in_child=_obey)
    entrypoint()  # type: ignore[no-untyped-call]
