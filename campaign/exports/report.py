"""What an export did, and which rows it left out and why."""

from dataclasses import dataclass, field
from enum import StrEnum

from campaign.exports.columns import Purpose


class Problem(StrEnum):
    """Why a row was left out of an export."""

    NOT_GENUINE = "it was changed or forged in the database"
    OTHER_KEY = "it is sealed to another key of this appeal"
    DOES_NOT_OPEN = "what is sealed in it does not open"


@dataclass(frozen=True)
class LeftOut:
    """A row that is not in the export: its id in hexadecimal, and why."""

    id: str
    problem: Problem


@dataclass
class ExportReport:
    """What an export did; whoever asked for it is told about every row that was left out.

    ``unverified``: how many agreed to a handover whom nobody has asked by mail, whether they are in it or not.
    """

    purpose: Purpose
    rows: int = 0
    unverified: int = 0
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, row_id: bytes, problem: Problem) -> None:
        """Remember a row that is not in the export."""
        self.left_out.append(LeftOut(row_id.hex(), problem))
