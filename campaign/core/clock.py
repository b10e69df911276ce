"""What time it is, as an argument, so that a test can choose it."""

from datetime import UTC, date, datetime
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


def today(clock: Clock, zone: str = "UTC") -> date:
    """Return the calendar day in ``zone`` (an IANA name such as ``America/Toronto``)."""
    return clock.now().astimezone(ZoneInfo(zone)).date()
