"""Bundles: an appeal's sealed signatures in one file, made on the server and opened away from it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.tables import Edition
from campaign.exports.bundle_format import (
    LEFT_OUT_IN_A_LINE,
    LONGEST_LINE,
    BundleError,
    BundleHead,
    damaged,
    json_line,
    left_out_content,
    parsed,
    read_head,
    read_left_out,
    read_row,
    row_line,
)
from campaign.exports.columns import Purpose
from campaign.exports.opening import Keys, write_rows
from campaign.exports.report import ExportReport, LeftOut
from campaign.exports.rows import SealedRow, genuine_rows
from campaign.keys import KeyPair, fingerprint, in_groups, keys_of


def write_bundle(session: Session, slug: str, day: date, out: IO[bytes], row_key: bytes) -> ExportReport:
    """Write an appeal's sealed signatures to a binary stream, a few in memory at a time.

    Rows that do not check are left out; the bundle's end and the report name them.
    """
    report = ExportReport(Purpose.FULL)
    fingerprints = {key.epoch: fingerprint(key.public).hex() for key in keys_of(session, slug)}
    head = BundleHead(slug, day, fingerprints, _editions(session, slug))
    write_lines(head, genuine_rows(session, slug, row_key, report.leave_out), out, report)
    return report


def write_lines(head: BundleHead, rows: Iterable[SealedRow], out: IO[bytes], report: ExportReport) -> None:
    """Write a bundle of these rows; the report is counted up, and what it leaves out stands at the end."""
    digest = hashlib.sha256()

    def write(line: bytes) -> None:
        digest.update(line)
        out.write(line)

    write(head.line())
    for row in rows:
        write(row_line(row))
        report.rows += 1
    rest = report.left_out
    while len(rest) > LEFT_OUT_IN_A_LINE:
        write(json_line(left_out_content(rest[:LEFT_OUT_IN_A_LINE])))
        rest = rest[LEFT_OUT_IN_A_LINE:]
    out.write(json_line({"rows": report.rows, **left_out_content(rest), "sha256": digest.hexdigest()}))


def _editions(session: Session, slug: str) -> list[dict[str, object]]:
    query = select(Edition.number, Edition.day, Edition.digest).where(Edition.slug == slug).order_by(Edition.number)
    return [
        {"number": number, "day": day.isoformat(), "sha256": digest.hex()}
        for number, day, digest in session.execute(query)
    ]


class Bundle:
    """A bundle that is being read: its head at once, its rows as they are asked for."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Read the head of a bundle from a binary stream; raises :class:`BundleError`."""
        self._stream = stream
        self._digest = hashlib.sha256()
        self.head = read_head(self._line())
        self.left_out: list[LeftOut] = []

    def rows(self) -> Iterator[SealedRow]:
        """Give the signatures, once.

        Raises :class:`BundleError` where the bundle is damaged, which may be at its end only: what was made of the
        rows until then must be thrown away.
        """
        number = 0
        left_out: list[LeftOut] = []
        while True:
            before = self._digest.hexdigest()
            content = parsed(self._line())
            if "sha256" in content:
                break
            if "left_out" in content:
                left_out += read_left_out(content)
                continue
            yield read_row(self.head.slug, content)
            number += 1
        if (content["sha256"], content.get("rows")) != (before, number) or self._stream.read(1):
            raise damaged()
        self.left_out = left_out + read_left_out(content)

    def _line(self) -> bytes:
        line = self._stream.readline(LONGEST_LINE)
        self._digest.update(line)
        return line

    def shown_fingerprints(self) -> str:
        """Return the fingerprints of all keys the bundle is sealed to, each on a line of its own."""
        return "".join(
            f"\n  key {epoch}: {in_groups(bytes.fromhex(digits))}" for epoch, digits in self.head.fingerprints.items()
        )

    def keys(self, pairs: Sequence[KeyPair]) -> Keys:
        """Return the private keys by the epochs they belong to; :class:`BundleError` for a key of another appeal."""
        keys: dict[int, bytes] = {}
        for pair in pairs:
            digits = fingerprint(pair.public).hex()
            own = [epoch for epoch, known in self.head.fingerprints.items() if known == digits]
            if not own:
                yours = in_groups(bytes.fromhex(digits))
                raise BundleError(
                    f"This bundle is not sealed to your key. Fingerprint of your key:\n  {yours}\nOf the bundle's:"
                    f"{self.shown_fingerprints()}\nIf yours is the one the appeal should have, somebody has put "
                    "another in its place on the server: do not use the bundle, and tell the others."
                )
            keys |= dict.fromkeys(own, pair.private)
        return keys


def open_bundle(
    bundle: Bundle, pairs: Sequence[KeyPair], purpose: Purpose, out: IO[bytes], *, with_unverified: bool = False
) -> ExportReport:
    """Write what a bundle holds as CSV to a binary stream, without a server and without a database.

    A handover has people whom nobody has asked by mail only ``with_unverified``.

    Raises :class:`BundleError` when the bundle is damaged, maybe only at its end, or belongs to another key.
    """
    report = ExportReport(purpose)
    write_rows(bundle.rows(), bundle.keys(pairs), out, report, with_unverified=with_unverified)
    report.left_out += bundle.left_out
    return report
