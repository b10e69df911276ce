"""Where in a TOML file a value stands, so that every error can name its line.

``tomllib`` gives values without positions; this looks the keys up again in the text. It understands what packs use:
table headers, arrays of tables, bare and dotted keys.
"""

import re
from collections.abc import Collection

_HEADER = re.compile(r"^\s*\[(\[)?\s*([A-Za-z0-9_.\-]+)\s*\]")

Location = tuple[str | int, ...]
"""A path into the data, for example ``("recipient", 1, "lines")``."""


def line_of(text: str, location: Location) -> int:
    """Return the 1-based line of the value at ``location``, or of the nearest table or key above it."""
    best_line, best_depth = 1, 0
    for number, path in _keys(text):
        depth = _shared(path, location)
        # A key inside the location is the value itself (``text.en`` for ``text``); one beside it says nothing.
        if depth > best_depth and depth in (len(path), len(location)):
            best_line, best_depth = number, depth
    return best_line


def line_holding(text: str, location: Location, characters: Collection[str]) -> int:
    """Return the 1-based line of the value at ``location`` where one of the characters stands; else its first line."""
    first = line_of(text, location)
    after = next((number for number, _ in _keys(text) if number > first), None)
    rows = text.split("\n")[first - 1 : after - 1 if after else None]
    holding = (number for number, row in enumerate(rows, first) if not set(row).isdisjoint(characters))
    return next(holding, first)


def _keys(text: str) -> list[tuple[int, Location]]:
    counts: dict[Location, int] = {}
    table: Location = ()
    found: list[tuple[int, Location]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.match(line)
        if header:
            table = _table(counts, header.group(2), is_array=header.group(1) is not None)
            found.append((number, table))
            continue
        key = re.match(r"^\s*([A-Za-z0-9_.\-]+)\s*=", line)
        if key:
            found.append((number, (*table, *key.group(1).split("."))))
    return found


def _table(counts: dict[Location, int], name: str, *, is_array: bool) -> Location:
    """Resolve a header to a path with indexes: the second ``[[fact]]`` is ``("fact", 1)``."""
    path: Location = ()
    parts = name.split(".")
    for position, part in enumerate(parts):
        path = (*path, part)
        last = position == len(parts) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _shared(path: Location, location: Location) -> int:
    depth = 0
    for ours, wanted in zip(path, location, strict=False):
        if ours != wanted:
            break
        depth += 1
    return depth
