"""Opening sealed rows with the organisers' keys, and writing them out; the same on the server and away from it."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO

from campaign.exports.columns import COLUMNS, COUNT_TITLES, Opened, Purpose, belongs
from campaign.exports.csv_file import write_csv
from campaign.exports.report import ExportReport, Problem
from campaign.exports.rows import SealedRow
from campaign.keys import SealError
from campaign.signatures import SignatureRecord, State, open_amendment, open_signature

Keys = Mapping[int, bytes]
"""The private keys of an appeal by epoch, as far as they are at hand."""


def write_rows(
    rows: Iterable[SealedRow], keys: Keys, out: IO[bytes], report: ExportReport, *, with_unverified: bool = False
) -> None:
    """Write rows as CSV to a binary stream, as the report's purpose wants them; ``COUNT`` needs no keys.

    A handover says that these people signed, so it has those nobody has asked only ``with_unverified``.
    """
    if report.purpose is Purpose.COUNT:
        report.rows = write_csv(out, COUNT_TITLES, _counted(rows))
        return
    columns = COLUMNS[report.purpose]
    cells: Iterator[Sequence[str]] = (
        [column.value(one) for column in columns]
        for one in _opened(rows, keys, report)
        if belongs(report.purpose, one) and (_is_verified(one, report) or with_unverified)
    )
    if report.purpose is Purpose.HANDOVER:
        shuffled = list(cells)
        secrets.SystemRandom().shuffle(shuffled)  # the order must not tell which row was whose
        cells = iter(shuffled)
    report.rows = write_csv(out, [column.title for column in columns], cells)


def open_row(row: SealedRow, keys: Keys) -> SignatureRecord:
    """Return what somebody signed, with their newest consents: the one place where amendments are applied.

    Raises ``KeyError`` when a key is missing, and :class:`SealError`. It never falls back to older consents, and a
    row whose newest are missing does not check and never comes here (:mod:`campaign.exports.rows`).
    """
    newest = row.amendment
    private, later = keys[row.key_epoch], keys[newest.key_epoch] if newest else b""
    record = open_signature(private, vars(row))
    if newest is None:
        return record
    return replace(record, consents=open_amendment(later, row.slug, row.id, vars(newest)))


def _opened(rows: Iterable[SealedRow], keys: Keys, report: ExportReport) -> Iterator[Opened]:
    for row in rows:
        try:
            yield Opened(vars(row), open_row(row, keys))
        except KeyError:
            report.leave_out(row.id, Problem.OTHER_KEY)
        except SealError:
            report.leave_out(row.id, Problem.DOES_NOT_OPEN)


def _is_verified(one: Opened, report: ExportReport) -> bool:
    """Say whether a signature may be handed over without more ado; those that may not are counted."""
    if report.purpose is not Purpose.HANDOVER or one.row["state"] is State.CONFIRMED:
        return True
    report.unverified += 1
    return False


def _counted(rows: Iterable[SealedRow]) -> list[Sequence[str]]:
    """Count genuine rows one by one: a total over the whole table would count the forged ones too."""
    groups = Counter((row.day.isoformat(), row.country, str(row.state)) for row in rows)
    return [(*group, str(n)) for group, n in sorted(groups.items())]
