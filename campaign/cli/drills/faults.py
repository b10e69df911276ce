"""A disk that fails: strace lets chosen system calls of the server return an error instead of being done."""

import subprocess
from pathlib import Path
from shutil import which

from campaign.cli.drills.counting import count_signatures
from campaign.cli.drills.outcome import DrillError, LeftOutError, Orders, Outcome
from campaign.cli.drills.signers import Signers
from campaign.cli.drills.site import throw_away_site

_ROUNDS = 20
_PEOPLE_A_ROUND = 20


def disk_error(orders: Orders) -> Outcome:
    """Let every fourth wait of a thread for the disk end with an input/output error (EIO)."""
    return _injected(orders, "disk-error", "fdatasync", "EIO")


def disk_full(orders: Orders) -> Outcome:
    """Let every 97th write of a thread end with a full disk (ENOSPC)."""
    return _injected(orders, "disk-full", "pwrite64", "ENOSPC")


def _injected(orders: Orders, name: str, call: str, error: str) -> Outcome:
    log, rounds = orders.folder / "strace.log", orders.kills or _ROUNDS
    every = 4 if call == "fdatasync" else 97
    with throw_away_site(orders.folder / "site") as site:
        site.start(*_strace(log, call, error, every))
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


def _strace(log: Path, call: str, error: str, every: int) -> tuple[str, ...]:
    """Return what to write before a command; strace counts the calls of each thread for itself."""
    program = which("strace")
    if program is None:
        raise LeftOutError("needs strace (Debian: apt install strace)")
    injecting = f"inject={call}:error={error}:when={every + 1}+{every}"
    words = (program, "-f", "-qq", "--seccomp-bpf", "-o", str(log), "-e", f"trace={call}", "-e", injecting)
    tried = subprocess.run([*words, "true"], capture_output=True, check=False)
    if tried.returncode:
        raise LeftOutError("strace may not watch programs here (a container without ptrace, perhaps)")
    return words


def _faults(log: Path) -> int:
    return log.read_bytes().count(b"(INJECTED)")
