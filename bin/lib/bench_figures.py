"""What a benchmark gives: two figures from one run, their ratio, and whether the ratio is good enough."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Target:
    """The bound of a ratio."""

    bound: float
    at_most: bool = False

    def holds(self, ratio: float) -> bool:
        """Say whether a ratio keeps the bound."""
        return ratio <= self.bound if self.at_most else ratio >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"


@dataclass(frozen=True)
class Figure:
    """One line of the result: ``ours`` and ``other`` in ``unit``, measured in the same run.

    ``rounds`` has the ratio of every round, where there were some.
    """

    name: str
    ours: float
    other: float
    unit: str
    target: Target
    rounds: tuple[float, ...] = ()

    @property
    def ratio(self) -> float:
        """``ours`` divided by ``other``: the median of the rounds, so that a moment of other load counts as one."""
        return median(self.rounds) if self.rounds else self.ours / self.other

    @property
    def holds(self) -> bool:
        """Whether the ratio keeps its target."""
        return self.target.holds(self.ratio)

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints of it."""
        return {
            "name": self.name,
            "ours": round(self.ours, 3),
            "other": round(self.other, 3),
            "ratio": round(self.ratio, 4),
            "target": self.target.bound,
            "holds": self.holds,
            "unit": self.unit,
        }


@dataclass
class Turns:
    """The figures of the rounds of one run."""

    ours: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)

    def figure(self, name: str, unit: str, target: Target) -> Figure:
        """Return the medians of both sides, and of their ratio in each round."""
        ratios = tuple(ours / other for ours, other in zip(self.ours, self.other, strict=True))
        return Figure(name, median(self.ours), median(self.other), unit, target, ratios)


def in_turns(name: str, ours: Callable[[], float], other: Callable[[], float], rounds: int) -> Turns:
    """Measure both sides in every round, in alternating order (AB, BA, …).

    Whatever else the machine does meanwhile then falls on both sides alike, and so does a drift of its speed.
    """
    turns = Turns()
    for number in range(rounds):
        tell(f"{name}: round {number + 1} of {rounds}", passing=True)
        sides = [(turns.ours, ours), (turns.other, other)]
        for figures, measure in sides if number % 2 == 0 else reversed(sides):
            figures.append(measure())
    tell(f"{name}: {rounds} rounds measured")
    return turns


def tell(sentence: str, *, passing: bool = False) -> None:
    """Say on stderr how far the work is; a ``passing`` sentence is overwritten by the next and for terminals only."""
    on_terminal = sys.stderr.isatty()
    if passing and not on_terminal:
        return
    clear, end = ("\r\x1b[K", "" if passing else "\n") if on_terminal else ("", "\n")
    print(f"{clear}{sentence}", end=end, file=sys.stderr, flush=True)
