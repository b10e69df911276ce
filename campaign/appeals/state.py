"""Whether people may still sign and write: an appeal's dates, read in its own time zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from campaign.appeals.definition import Appeal
from campaign.core.clock import Clock, today


class State(StrEnum):
    """Where an appeal stands on a day."""

    OPEN = "open"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True)
class Standing:
    """The state with the day that explains it, if there is one."""

    state: State
    day: date | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the appeal takes signatures and writes letters."""
        return self.state is State.OPEN


def standing(appeal: Appeal, clock: Clock, *, ended: bool = False) -> Standing:
    """Return where the appeal stands now. The deadline's own day still counts, in the appeal's time zone.

    ``ended``: its keys were destroyed together with its signatures, so it never opens again, whatever it says.
    """
    now = today(clock, appeal.time_zone)
    if appeal.closed:
        return Standing(State.CLOSED)
    if appeal.deadline and now > appeal.deadline:
        return Standing(State.EXPIRED, appeal.deadline)
    if ended:
        return Standing(State.CLOSED)
    if appeal.opens and now < appeal.opens:
        return Standing(State.NOT_YET, appeal.opens)
    return Standing(State.OPEN, appeal.deadline)


def kept_until(appeal: Appeal) -> date | None:
    """Return the day signatures are deleted, or ``None`` while no closing date is known."""
    if appeal.deadline is None:
        return None
    return appeal.deadline + timedelta(days=appeal.keep_days_after_close)
