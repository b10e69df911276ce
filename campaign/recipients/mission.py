"""An embassy or office abroad, and the answer to "which one gets the copy from this country?"."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Confidence(StrEnum):
    """How sure the directory is of a row."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Envoy:
    """The person at the head of a mission, with the day the name was last seen in a dated source."""

    name: str
    honorific: str
    as_of: date


@dataclass(frozen=True)
class Mission:
    """One embassy (or office) of ``state``; ``lines`` are finished address lines without a country line.

    ``street_known`` is False where they name a district only.
    """

    state: str
    host: str
    kind: str
    city: str
    located_in: str
    lines: tuple[str, ...]
    email: str
    fax: str
    fax_e164: str
    phone: str
    confidence: Confidence
    source: str
    source_date: date | None
    envoy: Envoy | None = None
    street_known: bool = True

    @property
    def postable(self) -> bool:
        """Say whether a letter may be printed for it: an address, and not one of low confidence."""
        return bool(self.lines) and self.confidence is not Confidence.LOW


class Why(StrEnum):
    """Why a supporter's copy goes where it goes, or nowhere; the web layer has the sentences."""

    IN_COUNTRY = "in_country"  # the mission stands where the supporter lives
    SEATED_ELSEWHERE = "seated_elsewhere"  # it serves that country from a building in another one
    COVERED_ELSEWHERE = "covered_elsewhere"  # the country has none; the mission of another country covers it
    HOME = "home"  # the supporter lives in the state itself, which keeps no embassy at home
    NONE = "none"  # the directory says that nobody serves the country
    NOT_LISTED = "not_listed"  # the directory says nothing about the country: it may have one


@dataclass(frozen=True)
class MissionChoice:
    """Which mission of ``state`` serves supporters in ``asked``; ``mission`` is None where there is none.

    ``covered_by`` is the country whose mission serves ``asked`` when that is another one. ``envoy`` is set only
    while its name is fresh (see :data:`campaign.recipients.directory.FRESH_FOR_YEARS`). ``listed`` says whether the
    directory has a row about ``asked`` at all.
    """

    state: str
    asked: str
    mission: Mission | None
    covered_by: str = ""
    envoy: Envoy | None = None
    listed: bool = True

    @property
    def why(self) -> Why:
        """Why this mission was chosen, or why there is none."""
        if self.mission is None:
            if self.asked == self.state:
                return Why.HOME
            return Why.NONE if self.listed else Why.NOT_LISTED
        if self.covered_by:
            return Why.COVERED_ELSEWHERE
        return Why.IN_COUNTRY if self.mission.located_in == self.asked else Why.SEATED_ELSEWHERE

    @property
    def stale_envoy(self) -> Envoy | None:
        """The last known head of the mission when that name is too old to print: to be shown to organisers only."""
        return self.mission.envoy if self.mission and self.envoy is None else None
