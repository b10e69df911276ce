"""Sealing a bundle's signatures to another key of the appeal, away from the server."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO

from campaign.exports.bundle import Bundle, write_lines
from campaign.exports.bundle_format import BundleError
from campaign.exports.columns import Purpose
from campaign.exports.opening import Keys
from campaign.exports.report import ExportReport, Problem
from campaign.exports.rows import SealedAmendment, SealedRow
from campaign.keys import CurrentKey, KeyPair, SealError, fingerprint, seal
from campaign.signatures import open_amendment, open_signature, seal_consents


def reseal_bundle(bundle: Bundle, pairs: Sequence[KeyPair], public: bytes, out: IO[bytes]) -> ExportReport:
    """Write a bundle like the one given, everything in it sealed to ``public``, a key the appeal has already.

    Raises :class:`BundleError` when it has not, when a key belongs to another appeal, or when the bundle is damaged.
    """
    digits = fingerprint(public).hex()
    epochs = [epoch for epoch, known in bundle.head.fingerprints.items() if known == digits]
    if not epochs:
        raise BundleError("The bundle does not know the new key: add it to the appeal first, then make the bundle.")
    report = ExportReport(Purpose.FULL)
    rows = _resealed(bundle, bundle.keys(pairs), CurrentKey(max(epochs), public), report)
    write_lines(bundle.head, rows, out, report)
    return report


def _resealed(bundle: Bundle, keys: Keys, to: CurrentKey, report: ExportReport) -> Iterator[SealedRow]:
    for row in bundle.rows():
        try:
            yield _with_key(row, keys, to)
        except KeyError:
            report.leave_out(row.id, Problem.OTHER_KEY)
        except SealError:
            report.leave_out(row.id, Problem.DOES_NOT_OPEN)
    report.left_out += bundle.left_out


def _with_key(row: SealedRow, keys: Keys, to: CurrentKey) -> SealedRow:
    """Return the row sealed to another key; what is sealed to it already stays as it is."""
    if row.key_epoch != to.epoch:
        content = open_signature(keys[row.key_epoch], vars(row)).content()
        row = replace(row, key_epoch=to.epoch, sealed=seal(to.public, row.slug, row.id, to.epoch, content))
    old = row.amendment
    if old is None or old.key_epoch == to.epoch:
        return row
    consents = open_amendment(keys[old.key_epoch], row.slug, row.id, vars(old))
    return replace(
        row, amendment=SealedAmendment(old.n, to.epoch, seal_consents(to, row.slug, row.id, old.n, consents))
    )
