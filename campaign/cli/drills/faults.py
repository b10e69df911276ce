"""A disk that fails: strace lets chosen system calls of the server return an error instead of being done."""

import re
import subprocess
import time
from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from shutil import which

from campaign.cli.drills.counting import count_signatures
from campaign.cli.drills.outcome import DrillError, LeftOutError, Orders, Outcome
from campaign.cli.drills.signers import Signers
from campaign.cli.drills.site import throw_away_site

_WAIT = re.compile(r"^\d+ +(\d+\.\d+) fdatasync\(\d+<[^>]*/campaign\.db-wal>", re.MULTILINE)
_ROUNDS = 20
_PEOPLE_A_ROUND = 20


def disk_error(orders: Orders) -> Outcome:
    """Let every fourth wait of a thread for the disk end with an input/output error (EIO)."""
    return _injected(orders, "disk-error", "fdatasync", "EIO")


def disk_full(orders: Orders) -> Outcome:
    """Let every 97th write of a thread end with a full disk (ENOSPC)."""
    return _injected(orders, "disk-full", "pwrite64", "ENOSPC")


def disk_waits(orders: Orders) -> Outcome:
    """Watch that nobody is thanked before the disk has said that it has their signature.

    Killing a program does not show this, since the system still writes what it was given; a power cut would. One person
    signs after the other, so there is a wait (fdatasync) between two answers; "lost" are those who were answered
    without one.
    """
    log, people = orders.folder / "strace.log", (orders.kills or _ROUNDS) * _PEOPLE_A_ROUND
    with throw_away_site(orders.folder / "site", RUN_JOBS="false") as site:
        site.start(*_strace(log, "trace=fdatasync"))
        signers = Signers(site.port, site.appeal, hands=1, twice=False)
        began = time.time()
        signers.start()
        signers.wait_for(people)
        signers.stop()
        site.stop()
        count = count_signatures(site, signers.acknowledged, signers.tried)
    waits = [float(moment) for moment in _WAIT.findall(log.read_text(errors="replace"))]
    hasty = unwaited([began, *signers.moments], waits)
    thanked, done = (
        len(signers.acknowledged),
        "one person after the other, watching that each answer waits for the disk",
    )
    return Outcome("disk-waits", thanked, count.lost + hasty, count.duplicated, done, broken=count.broken)


def unwaited(moments: Sequence[float], waits: Sequence[float]) -> int:
    """Return between how many neighbouring moments nobody waited; both in order, in seconds."""
    return sum(bisect(waits, end) == bisect(waits, start) for start, end in pairwise(moments))


def _injected(orders: Orders, name: str, call: str, error: str) -> Outcome:
    log, rounds = orders.folder / "strace.log", orders.kills or _ROUNDS
    every = 4 if call == "fdatasync" else 97
    with throw_away_site(orders.folder / "site") as site:
        # strace counts the calls of each thread for itself.
        site.start(*_strace(log, f"trace={call}", f"inject={call}:error={error}:when={every + 1}+{every}"))
        signers = Signers(site.port, site.appeal)
        signers.start()
        for n in range(1, rounds + 1):
            signers.wait_for(_PEOPLE_A_ROUND)
            orders.tell(f"{len(signers.acknowledged):,} people thanked, {_faults(log)} errors ({n} of {rounds})")
        signers.stop()
        site.stop()
        if not _faults(log):
            raise DrillError(f"strace injected no {error}: the drill says nothing.")
        count = count_signatures(site, signers.acknowledged, signers.tried)
        done = f"{_faults(log)} times {error} from {call}"
        return Outcome(name, len(signers.acknowledged), count.lost, count.duplicated, done, broken=count.broken)


def _strace(log: Path, *orders: str) -> tuple[str, ...]:
    """Return what to write before a command so that strace follows these orders; file names go into the log too."""
    program = which("strace")
    if program is None:
        raise LeftOutError("needs strace (Debian: apt install strace)")
    expressions = [word for order in orders for word in ("-e", order)]
    words = (program, "-f", "-y", "-ttt", "-qq", "--seccomp-bpf", "-o", str(log), *expressions)
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    if tried.returncode:
        raise LeftOutError("strace may not watch programs here (a container without ptrace, perhaps)")
    return words


def _faults(log: Path) -> int:
    return log.read_bytes().count(b"(INJECTED)")
