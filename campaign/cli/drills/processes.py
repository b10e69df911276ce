"""Which process belongs to which, as Linux tells it."""

from pathlib import Path

from campaign.cli.drills.outcome import LeftOutError

_PROC = Path("/proc")


def descendants(pid: int) -> list[int]:
    """Return the children of a process and theirs; raises :class:`LeftOutError` where the system does not tell."""
    parents = _parents()
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def running(pid: int, program: str) -> list[int]:
    """Return the descendants of a process that run a program, told by a word of their command line."""
    return [one for one in descendants(pid) if program.encode() in _read(one, "cmdline")]


def _parents() -> dict[int, int]:
    if not (_PROC / "self" / "stat").exists():
        raise LeftOutError("needs /proc, to find the processes it kills")
    numbers = [int(path.name) for path in _PROC.iterdir() if path.name.isdigit()]
    told = {number: _read(number, "stat") for number in numbers}
    # The name before the state stands in brackets and may hold anything.
    return {number: int(stat.rpartition(b")")[2].split()[1]) for number, stat in told.items() if stat}


def _read(pid: int, what: str) -> bytes:
    try:
        return (_PROC / str(pid) / what).read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
