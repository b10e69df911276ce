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
    family_name: str
    honorific: str
    as_of: date
    source: str


@dataclass(frozen=True)
class Mission:
    """One embassy (or office) of ``state``; ``lines`` are finished address lines without a country line."""

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
    website: str
    confidence: Confidence
    verified_by: str
    source: str
    source_date: date | None
    notes: str
    envoy: Envoy | None = None

    @property
    def postable(self) -> bool:
        """Say whether a letter may be printed for it: an address, and not one of low confidence."""
        return bool(self.lines) and self.confidence is not Confidence.LOW


@dataclass(frozen=True)
class MissionChoice:
    """Which mission of ``state`` serves supporters in ``asked``; ``mission`` is None where there is none.

    ``covered_by`` is the country whose mission serves ``asked`` when that is another one. ``envoy`` is set only
    while its name is fresh (see :data:`campaign.recipients.directory.FRESH_FOR_YEARS`).
    """

    state: str
    asked: str
    mission: Mission | None
    covered_by: str = ""
    envoy: Envoy | None = None
