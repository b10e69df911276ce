"""A site as a process of its own, for a real server: like ``wsgi.py``, on a day of the tests and with easy proofs.

``MOMENT`` says at what time its clock starts; everything else comes from the settings of the environment.
"""

import logging
import os
from datetime import UTC, datetime

from campaign.app import create_app
from campaign.runtime import build_runtime
from campaign.settings import load_settings
from tests.abuse.solving import easy


class MovedClock:
    """A clock that goes on from a moment of our choice."""

    def __init__(self, moment: datetime) -> None:
        self._ahead = moment - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moment there would be now."""
        return datetime.now(UTC) + self._ahead


logging.basicConfig(level=logging.DEBUG)  # to the error stream, which the tests read
runtime = easy(build_runtime(load_settings(), MovedClock(datetime.fromisoformat(os.environ["MOMENT"]))))
app = create_app(runtime=runtime)
runtime.warm_up()
runtime.bell.start()
runtime.worker(beside_pages=False).start()
