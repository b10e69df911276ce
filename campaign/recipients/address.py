"""A postal address as somebody printed it: it answers questions and changes nothing but blanks and commas."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from campaign.recipients.countries import in_latin_script
from campaign.recipients.country_synonyms import country_code, folded

# La Poste, NF Z 10-011, and most windows: seven lines above the country.
MOST_LINES = 7
# A name and a town: with the country these are the three lines GOV.UK Notify asks for.
FEWEST_LINES = 2
# La Poste, NF Z 10-011: 38 characters a line, blanks included.
LINE_CHARACTERS = 38

_TRAILING = " \t,;"
# What stands between a town and its country when both share a line.
_JOINTS = re.compile(r"\s*[,;/]\s*|\s+[-–—]\s+|(?<=\d{4})\s+(?=[^\W\d_])")
# "c/o" and its cousins: Australian c/-, French aux bons soins de, Dutch p/a, Italian presso, Spanish a/c.
_CARE_OF = re.compile(
    r"^\W{0,2}(?:c\s?/\s?o\b\.?|℅|c/-|care\s+of\b|aux\s+bons\s+soins\s+de\b|a/s\s+de\b|p/a\b|presso\b|a/c\b)[\]):]*\s*(?P<house>.*)$",
    re.IGNORECASE,
)
# Alone after a comma these are as likely a town, or a state of the USA, as the country of the same name.
_ALSO_TOWNS = frozenset({"GE", "DJ", "GT", "KW", "LU", "PA", "SM", "ST"})


@dataclass(frozen=True)
class Window:
    """How much room there is for an address: characters in a line, and lines, the country line among them."""

    characters: int = LINE_CHARACTERS
    lines: int = MOST_LINES + 1


@dataclass(frozen=True, init=False)
class PostalAddress:
    """The lines of an address, country included where it has one, in the order they were printed in.

    The rules follow GOV.UK Notify's address validator where it helps a letter arrive, and leave out the ones that
    serve its own printers: a line may be in any script and begin with any sign.
    """

    lines: tuple[str, ...]

    def __init__(self, raw: str | Iterable[str]) -> None:
        """Take a text or lines; blanks and trailing commas go, empty lines too, and nothing else changes."""
        pieces = raw.splitlines() if isinstance(raw, str) else [piece for one in raw for piece in one.splitlines()]
        tidied = (" ".join(piece.split()).rstrip(_TRAILING).lstrip() for piece in pieces)
        object.__setattr__(self, "lines", tuple(line for line in tidied if line))

    def __str__(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is no line at all."""
        return not self.lines

    @cached_property
    def country(self) -> str | None:
        """The ISO code of the country the last line names, alone or after a comma; ``None`` when it is not sure."""
        return self.split_country()[1]

    @property
    def last_line_is_country_alone(self) -> bool:
        """Whether the last line is a country and nothing else, as post offices want it (USPS Publication 28, A31)."""
        return bool(self.lines) and country_code(self.lines[-1]) is not None

    def split_country(self) -> tuple[tuple[str, ...], str | None]:
        """Return the lines without their country, and its ISO code.

        “Tegucigalpa, Honduras” becomes the line “Tegucigalpa” and ``HN``. Where the country is missing, unknown or
        might be something else (“Atlanta, Georgia”), the lines come back whole with ``None``: somebody has to be asked.
        """
        if not self.lines:
            return (), None
        *above, last = self.lines
        code = country_code(last)
        if code:
            return tuple(above), code
        for town, tail in _endings(last):
            code = country_code(tail)
            if code and (code not in _ALSO_TOWNS or folded(tail) in folded(town)):
                return (*above, town), code
        return self.lines, None

    @property
    def lines_without_country(self) -> tuple[str, ...]:
        """The lines that stand above the country line."""
        return self.split_country()[0]

    @property
    def has_enough_lines(self) -> bool:
        """Whether there is a name and a place besides the country."""
        return len(self.lines_without_country) >= FEWEST_LINES

    @property
    def longest_line(self) -> str:
        """The line that takes the most room; ``""`` in an empty address."""
        return max(self.lines, key=width, default="")

    def wrapped(self, characters: int) -> tuple[str, ...]:
        """Return the lines, the long ones continued on a next line, at a comma if there is one.

        Nothing is cut: a word longer than ``characters`` stays whole, and too long.
        """
        return tuple(part for line in self.lines for part in _wrapped(line, characters))

    def fits(self, window: Window) -> bool:
        """Say whether the address, its long lines continued, can be read through a window."""
        lines = self.wrapped(window.characters)
        return len(lines) <= window.lines and all(width(line) <= window.characters for line in lines)

    @property
    def has_local_script_line(self) -> bool:
        """Whether a line holds letters of another script than Latin, such as the Chinese line of an address there."""
        return not all(map(in_latin_script, self.lines))

    @property
    def care_of(self) -> str:
        """Whose house the letter goes to when the address says “c/o” in any of its forms; else ``""``."""
        for line, below in pairwise((*self.lines, "")):
            found = _CARE_OF.match(line)
            if found:
                return found["house"] or below
        return ""


def width(line: str) -> int:
    """Return how many columns a line takes: a Chinese, Japanese or Korean character is as wide as two (UAX #11)."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line
    )


def _endings(line: str) -> Iterator[tuple[str, str]]:
    """Yield (what stands before, what may be the country), the longest country first."""
    for joint in _JOINTS.finditer(line):
        before, after = line[: joint.start()].rstrip(_TRAILING), line[joint.end() :]
        if before and after:
            yield before, after


def _wrapped(line: str, characters: int) -> Iterator[str]:
    while width(line) > characters:
        fitting = [spot for spot in _breaks(line) if width(line[:spot]) <= characters]
        at_commas = [spot for spot in fitting if line[spot - 1] in ",;"]
        # With no place to break in time the first one that comes has to do.
        spot = max(at_commas or fitting, default=next(_breaks(line), 0))
        if not spot:
            break
        yield line[:spot]
        line = line[spot:].lstrip()
    yield line


def _breaks(line: str) -> Iterator[int]:
    return (spot for spot, character in enumerate(line) if character == " " and spot)
