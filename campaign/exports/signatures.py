"""Opening an appeal's signatures with the organisers' key and writing them out, a few rows in memory at a time."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import RefusedError
from campaign.exports.columns import COLUMNS, COUNT_TITLES, Opened, Purpose, belongs
from campaign.exports.csv_file import write_csv
from campaign.signatures import (
    SealError,
    SealingKey,
    Signature,
    key_pair_of,
    open_signature,
    row_is_genuine,
    shown_fingerprint,
)

_ROWS_AT_A_TIME = 500
_table = table_of(Signature)


class Problem(StrEnum):
    """Why a row was left out of an export."""

    NOT_GENUINE = "it was changed or forged in the database"
    OTHER_KEY = "it is sealed to another key of this appeal"
    DOES_NOT_OPEN = "what is sealed in it does not open"


@dataclass(frozen=True)
class LeftOut:
    """A row that is not in the export: its id in hexadecimal, and why."""

    id: str
    problem: Problem


@dataclass
class ExportReport:
    """What an export did; whoever asked for it is told about every row that was left out."""

    purpose: Purpose
    rows: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


def export_signatures(
    session: Session, private_key: bytes | None, slug: str, purpose: Purpose, out: IO[bytes], row_key: bytes
) -> ExportReport:
    """Write an appeal's signatures as CSV to a binary stream.

    ``private_key`` opens them (96 bytes; only ``COUNT`` works without), ``row_key`` tells genuine rows from forged.
    Raises :class:`RefusedError` when the key is missing or belongs to another appeal.
    """
    report = ExportReport(purpose)
    if purpose is Purpose.COUNT:
        report.rows = write_csv(out, COUNT_TITLES, _counted(session, slug, row_key, report))
        return report
    if private_key is None:
        raise RefusedError("Names are sealed: this export needs the organisers' key file and its passphrase.")
    epochs = _epochs_of(session, slug, private_key)
    columns = COLUMNS[purpose]
    opened = _opened(session, slug, private_key, epochs, row_key, report)
    rows: Iterator[Sequence[str]] = (
        [column.value(one) for column in columns] for one in opened if belongs(purpose, one)
    )
    if purpose is Purpose.HANDOVER:
        shuffled = list(rows)
        secrets.SystemRandom().shuffle(shuffled)  # the order must not tell which row was whose
        rows = iter(shuffled)
    report.rows = write_csv(out, [column.title for column in columns], rows)
    return report


def _epochs_of(session: Session, slug: str, private_key: bytes) -> frozenset[int]:
    """Return the epochs of an appeal whose signatures this key opens."""
    public = key_pair_of(private_key).public
    query = select(SealingKey.epoch).where(SealingKey.slug == slug, SealingKey.public_key == public)
    epochs = frozenset(session.scalars(query))
    if not epochs:
        raise RefusedError(
            f"This key does not belong to the appeal {slug}. Its fingerprint is {shown_fingerprint(public)}; "
            "compare it with that of the appeal's key."
        )
    return epochs


def _genuine(session: Session, slug: str, row_key: bytes, report: ExportReport) -> Iterator[Mapping[str, Any]]:
    """Give the appeal's rows that check, in the order of their random ids, which says nothing."""
    query = (
        select(_table).where(_table.c.slug == slug).order_by(_table.c.id).execution_options(yield_per=_ROWS_AT_A_TIME)
    )
    for found in session.execute(query):
        row = found._asdict()
        if row_is_genuine(row_key, row):
            yield row
        else:
            report.left_out.append(LeftOut(row["id"].hex(), Problem.NOT_GENUINE))


def _opened(
    session: Session, slug: str, private_key: bytes, epochs: frozenset[int], row_key: bytes, report: ExportReport
) -> Iterator[Opened]:
    for row in _genuine(session, slug, row_key, report):
        if row["key_epoch"] not in epochs:
            report.left_out.append(LeftOut(row["id"].hex(), Problem.OTHER_KEY))
            continue
        try:
            yield Opened(row, open_signature(private_key, row))
        except SealError:
            report.left_out.append(LeftOut(row["id"].hex(), Problem.DOES_NOT_OPEN))


def _counted(session: Session, slug: str, row_key: bytes, report: ExportReport) -> list[Sequence[str]]:
    """Count genuine rows one by one: a total over the whole table would count the forged ones too."""
    groups = Counter(
        (row["day"].isoformat(), row["country"], str(row["state"])) for row in _genuine(session, slug, row_key, report)
    )
    return [(*group, str(n)) for group, n in sorted(groups.items())]
