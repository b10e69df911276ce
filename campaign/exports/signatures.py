"""Exporting an appeal's signatures from the database, and looking which of them do not check."""

from typing import IO

from sqlalchemy.orm import Session

from campaign.core.errors import RefusedError
from campaign.exports.columns import Purpose
from campaign.exports.opening import Keys, write_rows
from campaign.exports.report import ExportReport
from campaign.exports.rows import genuine_rows
from campaign.keys import key_pair_of, keys_of, shown_fingerprint


def export_signatures(
    session: Session,
    private_key: bytes | None,
    slug: str,
    purpose: Purpose,
    out: IO[bytes],
    row_key: bytes,
    *,
    with_unverified: bool = False,
) -> ExportReport:
    """Write an appeal's signatures as CSV to a binary stream; a handover ``with_unverified`` ones only if asked.

    ``private_key`` opens them (only ``COUNT`` works without), ``row_key`` tells genuine rows from forged.
    Raises :class:`RefusedError` when the key is missing or belongs to another appeal.
    """
    report = ExportReport(purpose)
    keys: Keys = {}
    if purpose is not Purpose.COUNT:
        if private_key is None:
            raise RefusedError("Names are sealed: this export needs the organisers' key file and its passphrase.")
        keys = _keys_of(session, slug, private_key)
    write_rows(
        genuine_rows(session, slug, row_key, report.leave_out), keys, out, report, with_unverified=with_unverified
    )
    return report


def verify_signatures(session: Session, slug: str, row_key: bytes) -> ExportReport:
    """Look at every signature of an appeal; the report says how many check, and names those that do not."""
    report = ExportReport(Purpose.COUNT)
    report.rows = sum(1 for _ in genuine_rows(session, slug, row_key, report.leave_out))
    return report


def _keys_of(session: Session, slug: str, private_key: bytes) -> Keys:
    """Return this key for every epoch of the appeal that it belongs to."""
    public = key_pair_of(private_key).public
    keys = {key.epoch: private_key for key in keys_of(session, slug) if key.public == public}
    if not keys:
        raise RefusedError(
            f"This key does not belong to the appeal {slug}. Its fingerprint is {shown_fingerprint(public)}; "
            "compare it with that of the appeal's key."
        )
    return keys
