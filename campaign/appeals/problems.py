"""One thing that is wrong with a pack, where it stands and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """``fatal`` problems keep a pack from being published; the others are advice."""

    file: str
    line: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'' if self.fatal else 'advice: '}{self.message}"
