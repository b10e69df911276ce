"""The format of bundles: an appeal's sealed signatures in one file, to be opened away from the server.

Lines of JSON, so that a file of any size is read and written a line at a time:

* the head: ``{"format": "campaign signature bundle", "version": 1, "appeal": "ua-61-21", "day": "2026-11-21",
  "keys": [{"epoch": 1, "fingerprint": "…"}], "editions": [{"number": 1, "day": "…", "sha256": "…"}]}``
* a line per signature: ``{"id": "32 digits", "edition": 1, "epoch": 1, "state": "confirmed", "day": "…",
  "country": "CA", "sealed": "base64"}``, and ``"amendment": [n, epoch, "base64"]`` where consents were changed later
* where more than ten thousand rows were left out, lines of so many: ``{"left_out": [{"id": "…", "problem": "…"}]}``
* the end: ``{"rows": 1204, "left_out": [{"id": "…", "problem": "…"}], "sha256": "of all lines before, as bytes"}``,
  with the others that were left out

It names nobody: what identifies a person is sealed, and the keyed hashes of addresses stay on the server. The hash at
the end shows a copy that broke off or was damaged; against a forger, compare the hash of the whole file with the one
in the server's audit log.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.core.errors import CampaignError
from campaign.exports.report import LeftOut, Problem
from campaign.exports.rows import SealedAmendment, SealedRow
from campaign.keys.locked_file import from_base64, in_base64
from campaign.signatures import State

FORMAT = "campaign signature bundle"
VERSION = 1
LONGEST_LINE = 1024 * 1024
LEFT_OUT_IN_A_LINE = 10_000
"""Each takes 68 bytes at most. A program that knows no such lines reads a bundle with fewer, and refuses the others."""
_DIGITS = re.compile("[0-9a-f]{64}")


class BundleError(CampaignError):
    """The bundle is not one, broke off, was damaged, or belongs to another key."""


@dataclass(frozen=True)
class BundleHead:
    """What a bundle says of itself: its appeal, the day it was made, its keys' fingerprints by epoch, its editions."""

    slug: str
    day: date
    fingerprints: dict[int, str]
    editions: list[dict[str, Any]]

    def line(self) -> bytes:
        """Return the first line of a bundle."""
        keys = [{"epoch": epoch, "fingerprint": digits} for epoch, digits in self.fingerprints.items()]
        content = {"format": FORMAT, "version": VERSION, "appeal": self.slug, "day": self.day.isoformat()}
        return json_line(content | {"keys": keys, "editions": self.editions})


def read_head(line: bytes) -> BundleHead:
    """Return what the first line says; raises :class:`BundleError`."""
    content = parsed(line)
    try:
        if (content["format"], content["version"]) != (FORMAT, VERSION):
            raise BundleError("This is not a bundle of signatures, or one of a version this program does not know.")
        fingerprints = {int(key["epoch"]): str(key["fingerprint"]) for key in content["keys"]}
        if not all(_DIGITS.fullmatch(digits) for digits in fingerprints.values()):
            raise damaged()
        return BundleHead(
            str(content["appeal"]), date.fromisoformat(content["day"]), fingerprints, list(content["editions"])
        )
    except (KeyError, TypeError, ValueError):
        raise damaged() from None


def row_line(row: SealedRow) -> bytes:
    """Return the line of a signature."""
    content = {
        "id": row.id.hex(),
        "edition": row.edition,
        "epoch": row.key_epoch,
        "state": str(row.state),
        "day": row.day.isoformat(),
        "country": row.country,
        "sealed": in_base64(row.sealed),
    }
    if row.amendment:
        content["amendment"] = [row.amendment.n, row.amendment.key_epoch, in_base64(row.amendment.sealed)]
    return json_line(content)


def read_row(slug: str, content: dict[str, Any]) -> SealedRow:
    """Return the signature of a line; raises :class:`BundleError`."""
    try:
        amendment = None
        if "amendment" in content:
            n, epoch, sealed = content["amendment"]
            amendment = SealedAmendment(int(n), int(epoch), from_base64(sealed))
        return SealedRow(
            slug=slug,
            id=bytes.fromhex(content["id"]),
            edition=int(content["edition"]),
            key_epoch=int(content["epoch"]),
            state=State(content["state"]),
            day=date.fromisoformat(content["day"]),
            country=str(content["country"]),
            sealed=from_base64(content["sealed"]),
            amendment=amendment,
        )
    except (KeyError, TypeError, ValueError):
        raise damaged() from None


def left_out_content(left_out: Sequence[LeftOut]) -> dict[str, Any]:
    """Return what a line says of rows that were left out."""
    return {"left_out": [{"id": one.id, "problem": one.problem.name} for one in left_out]}


def read_left_out(content: dict[str, Any]) -> list[LeftOut]:
    """Return the rows that a line says were left out; raises :class:`BundleError`."""
    try:
        return [LeftOut(str(one["id"]), Problem[one["problem"]]) for one in content["left_out"]]
    except (KeyError, TypeError):
        raise damaged() from None


def json_line(content: dict[str, Any]) -> bytes:
    """Return a line of JSON."""
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def parsed(line: bytes) -> dict[str, Any]:
    """Return the object on a line; raises :class:`BundleError`."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise damaged() from None
    if not isinstance(content, dict) or not line.endswith(b"\n"):
        raise damaged()
    return content


def damaged() -> BundleError:
    """Return the error of a bundle that is not as it was written."""
    return BundleError("This bundle broke off or was damaged: copy it from the server again.")
