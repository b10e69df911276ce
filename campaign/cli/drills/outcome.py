"""What a drill is told and what it says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from campaign.core.errors import CampaignError

Tell = Callable[[str], None]
"""Shows how far a drill has come."""


class LeftOutError(CampaignError):
    """This machine cannot do a drill; the message says why."""


class DrillError(CampaignError):
    """A drill could not be carried out, so that it says nothing about the program."""


@dataclass(frozen=True)
class Orders:
    """What somebody asked for: ``kills`` is how often (0: as often as each drill does by itself).

    ``folder`` is empty and everything goes into it; ``postgresql`` is the address of a server of their own, or "".
    """

    folder: Path
    tell: Tell
    kills: int = 0
    postgresql: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of those whom the site had thanked.

    ``acknowledged``: people answered with 303, or mails owed to them. ``lost``: of these, who is not there afterwards.
    ``duplicated``: who is there twice. ``excused``: second copies of mails accepted in the very moment of a kill, which
    nobody can rule out (they are counted as duplicated too). ``broken``: what is wrong with the database itself.
    """

    name: str
    acknowledged: int
    lost: int
    duplicated: int
    done: str
    excused: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, and nothing twice that could have been prevented."""
        return not (self.lost or self.broken or self.duplicated > self.excused)

    def as_json(self) -> dict[str, str | int]:
        """Return the four figures for machines."""
        return {
            "name": self.name,
            "acknowledged": self.acknowledged,
            "lost": self.lost,
            "duplicated": self.duplicated,
        }
