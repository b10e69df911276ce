"""Neighbourhoods of the network, known by a hash whose secret dies every night.

A neighbourhood is what one provider usually gives to one place: a /24 of IPv4, a /48 of IPv6. There are only 16 million
of the first kind, so a hash alone would hide nothing: whoever had the secret could try them all in minutes. So the
secret is new every day (UTC), lies in a file outside the database, and yesterday's is overwritten and deleted. What was
counted yesterday then leads nowhere, not even for us.

All processes of one machine share the file. Several machines have one each and count each for itself, unless RUN_FOLDER
is a folder they share: a secret in the database would be in every copy of it, beside the rows it protects.
"""

import hmac
import logging
import os
import re
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_BYTES = 32
_NAME = re.compile(r"salt-(\d{4}-\d\d-\d\d)")
_IPV4_REST, _IPV6_REST = 8, 80
_ONION, _ONION_REST = 0xFC00_DEAD_BEEF_4DAD, 64
_LINE = b"onion"
_log = logging.getLogger(__name__)


def neighbourhood(address: str) -> bytes:
    """Return the bytes of an address without the part that tells neighbours apart; one value for what is no address.

    IPv4 written as IPv6 (``::ffff:192.0.2.1``, RFC 4291) is IPv4. In ``fc00:dead:beef:4dad::/64`` Tor gives each line
    through an onion service a made-up address (HiddenServiceExportCircuitID in tor(1)): that is no place, and one line
    is no neighbour of the next, so the whole address counts.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return b"unknown"
    if isinstance(found, IPv6Address):
        if int(found) >> _ONION_REST == _ONION:
            return _LINE + found.packed
        if found.ipv4_mapped is None:
            return b"6" + (int(found) >> _IPV6_REST).to_bytes(6)
        found = found.ipv4_mapped
    return b"4" + (int(found) >> _IPV4_REST).to_bytes(3)


def is_onion(neighbourhood: bytes) -> bool:
    """Say whether a neighbourhood is one line through the onion service; whoever likes can have many of them."""
    return neighbourhood.startswith(_LINE)


class Salts:
    """The secret of the day; ``repr`` does not show it."""

    def __init__(self, folder: Path) -> None:
        """Keep the file in ``folder``, best one in memory such as ``/run/…``."""
        self._folder = folder
        self._known: tuple[date, bytes] | None = None

    def hash(self, day: date, *parts: bytes) -> bytes:
        """Return the 32-byte keyed hash of some parts, which nobody can undo or make again after ``day``."""
        return hmac.digest(self._of(day), b"\0".join(parts), "sha256")

    def forget_before(self, day: date) -> None:
        """Overwrite and delete the secrets of earlier days."""
        if self._known and self._known[0] < day:
            self._known = None
        with suppress(OSError):
            for path in self._folder.iterdir():
                found = _NAME.fullmatch(path.name)
                if found and found[1] < day.isoformat():
                    _overwrite(path)
                    path.unlink(missing_ok=True)

    def _of(self, day: date) -> bytes:
        known = self._known
        if known is None or known[0] != day:
            known = self._known = (day, self._read(day))
            self.forget_before(day)
        return known[1]

    def _read(self, day: date) -> bytes:
        """Return the day's secret, which whichever process came first has made."""
        path = self._folder / f"salt-{day.isoformat()}"
        try:
            if not path.exists():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _make(path)
            return path.read_bytes()
        except OSError:
            # Signing goes on: this process then counts for itself, as if it were a machine of its own.
            _log.warning("the folder for the day's secret cannot be used: limits are counted by each process alone")
            return secrets.token_bytes(_BYTES)

    def __repr__(self) -> str:
        return "Salts(…)"


def _make(path: Path) -> None:
    """Write a new secret, whole, for its owner alone; one that is there stays."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _overwrite(path: Path) -> None:
    with suppress(OSError), path.open("r+b") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
