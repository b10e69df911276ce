"""A clock for tests: it stands still until it is moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class FixedClock:
    """A clock that shows the moment it was given."""

    moment: datetime

    def now(self) -> datetime:
        """Return the chosen moment."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back, with a negative duration)."""
        self.moment += by
