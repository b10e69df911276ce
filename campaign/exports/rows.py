"""An appeal's signatures as they are stored, a few at a time: the ones that check, each with its newest amendment."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.exports.report import Problem
from campaign.signatures import Amendment, Signature, State, amendment_is_genuine, row_is_genuine

_ROWS_AT_A_TIME = 200
_signatures, _amendments = table_of(Signature), table_of(Amendment)


@dataclass(frozen=True)
class SealedAmendment:
    """Consents that were changed later, still sealed: the ``n``-th change of a signature."""

    n: int
    key_epoch: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class SealedRow:
    """What is readable of one signature, and what is sealed in it; from the database or from a bundle."""

    slug: str
    id: bytes
    edition: int
    key_epoch: int
    state: State
    day: date
    country: str
    sealed: bytes = field(repr=False)
    amendment: SealedAmendment | None = None


def genuine_rows(
    session: Session, slug: str, row_key: bytes, leave_out: Callable[[bytes, Problem], None]
) -> Iterator[SealedRow]:
    """Give the appeal's rows that check, in the order of their random ids, which says nothing.

    ``leave_out`` is told about the others: those whose HMAC, or whose newest amendment's, is not this server's, and
    those whose newest amendment is not there.
    """
    for rows in _pages(session, slug):
        amendments = _newest_amendments(session, slug, [row["id"] for row in rows])
        for row in rows:
            amendment = amendments.get(row["id"])
            if not _checks(row_key, row, amendment):
                leave_out(row["id"], Problem.NOT_GENUINE)
                continue
            yield _sealed_row(row, amendment)


def _checks(row_key: bytes, row: Mapping[str, Any], amendment: Mapping[str, Any] | None) -> bool:
    if not row_is_genuine(row_key, row):
        return False
    if amendment is None:
        return not row["changes"]
    # Newer than its row knows is what an older version has written: it holds, and nobody else can make it.
    return bool(amendment["n"] >= row["changes"]) and amendment_is_genuine(row_key, amendment)


def _pages(session: Session, slug: str) -> Iterator[list[Mapping[str, Any]]]:
    last = b""
    while True:
        query = select(_signatures).where(_signatures.c.slug == slug, _signatures.c.id > last)
        found = session.execute(query.order_by(_signatures.c.id).limit(_ROWS_AT_A_TIME)).all()
        if not found:
            return
        yield [row._asdict() for row in found]
        last = found[-1].id


def _newest_amendments(session: Session, slug: str, ids: list[bytes]) -> dict[bytes, Mapping[str, Any]]:
    query = select(_amendments).where(_amendments.c.slug == slug, _amendments.c.signature_id.in_(ids))
    found = session.execute(query.order_by(_amendments.c.n))
    return {row.signature_id: row._asdict() for row in found}  # the last of a signature stays: the newest


def _sealed_row(row: Mapping[str, Any], amendment: Mapping[str, Any] | None) -> SealedRow:
    readable = {name: row[name] for name in ("slug", "id", "edition", "key_epoch", "state", "day", "country", "sealed")}
    if amendment is None:
        return SealedRow(**readable)
    return SealedRow(**readable, amendment=SealedAmendment(amendment["n"], amendment["key_epoch"], amendment["sealed"]))
