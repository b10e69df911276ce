"""What time it is, as an argument, so that a test can choose it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Anything that can tell the time."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved: for tests and for reproducible letters."""

    moment: datetime

    def now(self) -> datetime:
        """Return the chosen moment."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back, with a negative duration)."""
        self.moment += by


def today(clock: Clock, zone: str = "UTC") -> date:
    """Return the calendar day in ``zone`` (an IANA name such as ``America/Toronto``)."""
    return clock.now().astimezone(ZoneInfo(zone)).date()
