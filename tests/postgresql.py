"""A real PostgreSQL server for tests, thrown away afterwards: the one of the drills, in more of a hurry."""

import contextlib
from collections.abc import Iterator, Mapping

from campaign.cli.drills.postgresql import own_server

# Nothing in a test server has to survive a power cut.
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB"}


@contextlib.contextmanager
def running_server(settings: Mapping[str, str] = _FAST) -> Iterator[str]:
    """Start a server; give the address of its maintenance database; stop it and remove its files."""
    with own_server(settings) as server:
        yield server.address
