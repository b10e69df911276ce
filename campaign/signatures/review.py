"""Review: signals add up to somebody's look, and to a decision about many signatures at once that can be undone.

Nobody can look at one signature here, since nobody can read it: there are numbers by day, country and signals. A batch
is previewed first, needs a reason, and is moved back as a whole. Rows whose HMAC is not right are left alone: a forged
row must not be blessed by being moved.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.core.database import Database, table_of
from campaign.core.errors import NotFoundError, RefusedError
from campaign.signatures.blind import row_is_genuine, row_mac
from campaign.signatures.flags import Flag
from campaign.signatures.review_tables import ReviewBatch, ReviewRow
from campaign.signatures.siblings import MOST_OF_AN_ADDRESS, not_held
from campaign.signatures.tables import Signature, State
from campaign.signatures.totals import count_new, wait_to_count

_AT_A_TIME = 1000
_Signature = Mapping[str, Any]
_signatures, _rows = table_of(Signature), table_of(ReviewRow)
_this = and_(_signatures.c.slug == bindparam("this_slug"), _signatures.c.id == bindparam("this_id"))
_move = update(_signatures).where(_this).values(state=bindparam("new_state"), mac=bindparam("new_mac"))


@dataclass(frozen=True)
class Finding:
    """How many signatures of one day, state and set of signals there are."""

    day: date
    state: State
    flags: Flag
    n: int


@dataclass(frozen=True)
class Which:
    """The signatures a decision is about; what is ``None`` or empty does not narrow them.

    All of ``flags`` must be set, whatever else is. ``state`` is the one they have now.
    """

    slug: str
    day: date | None = None
    flags: Flag = Flag.NONE
    country: str = ""
    state: State | None = None


@dataclass(frozen=True)
class Decision:
    """What a batch does: ``verdict`` is the state the signatures move to, ``sources`` those they may come from."""

    verdict: State
    sources: tuple[State, ...]
    reason: str


@dataclass(frozen=True)
class Restored:
    """How many signatures were moved back, and how many could not be: others hold their addresses by now."""

    moved: int
    held: int


INVALIDATE = (State.PENDING, State.CONFIRMED, State.UNVERIFIED)
"""The states that can be struck out."""


def findings(session: Session, slug: str) -> list[Finding]:
    """Return the numbers of an appeal by day, state and signals; rows from before there were signals have none."""
    columns = Signature.day, Signature.state, Signature.flags
    query = select(*columns, func.count()).where(Signature.slug == slug).group_by(*columns)
    found = [Finding(day, state, Flag(flags or 0), n) for day, state, flags, n in session.execute(query)]
    return sorted(found, key=lambda one: (one.day, one.state, int(one.flags)))


def shared_addresses(session: Session, slug: str) -> int:
    """Return how many signatures have an address that more than two of them have."""
    query = select(func.count()).select_from(Signature).where(Signature.slug == slug, _is_shared(slug))
    return session.execute(query).scalar_one()


def preview(session: Session, which: Which, decision: Decision) -> int:
    """Return how many signatures a decision would move."""
    query = select(func.count()).select_from(_signatures).where(_condition(which, decision))
    return session.execute(query).scalar_one()


def decide(database: Database, row_key: bytes, which: Which, decision: Decision, day: date) -> tuple[str, int]:
    """Move the signatures; return the name of the batch and how many they were.

    A thousand rows are one unit of work, so that nobody who signs waits for long. Killed in between, what was moved is
    in the batch and can be undone; doing it again moves the rest in a batch of its own.
    """
    batch = secrets.token_hex(4)
    with database.unit_of_work() as session:
        forget_gone(session)
        values = {"id": batch, "slug": which.slug, "day": day, "verdict": decision.verdict, "reason": decision.reason}
        session.execute(insert(ReviewBatch).values(values))
    moved, last = 0, b""
    while True:
        with database.unit_of_work() as session:
            wait_to_count(session, which.slug)
            query = select(_signatures).where(_condition(which, decision), _signatures.c.id > last)
            found = session.execute(query.order_by(_signatures.c.id).limit(_AT_A_TIME).with_for_update())
            page = [row._asdict() for row in found]
            states = dict.fromkeys((row["id"] for row in page), decision.verdict)
            rows = _moved(session, row_key, not_held(session, which.slug, page, states), states)
            noted = [{"batch_id": batch, "signature_id": row["id"], "state_before": row["state"]} for row in rows]
            if noted:
                session.connection().execute(insert(_rows), noted)
            _recount(session, which.slug, rows)
        moved += len(rows)
        if len(page) < _AT_A_TIME:
            return batch, moved
        last = page[-1]["id"]


def batch_of(session: Session, batch: str) -> ReviewBatch:
    """Return a batch; raises :class:`NotFoundError`."""
    found = session.get(ReviewBatch, batch)
    if found is None:
        raise NotFoundError(f"There is no batch called “{batch[:20]}”. “signatures review” lists them.")
    return found


def batches(session: Session, slug: str) -> list[tuple[ReviewBatch, int]]:
    """Return the batches of an appeal and how many signatures each has moved."""
    size = select(func.count()).where(ReviewRow.batch_id == ReviewBatch.id).scalar_subquery()
    query = select(ReviewBatch, size).where(ReviewBatch.slug == slug).order_by(ReviewBatch.day, ReviewBatch.id)
    return [(one, n) for one, n in session.execute(query)]


def restore(database: Database, row_key: bytes, batch: str, day: date) -> Restored:
    """Move what a batch has moved back to where it came from, and say how many are still there and were moved.

    A signature that was moved again since, or withdrawn, stays as it is, and so does one whose owner counts with
    another signature by now. Raises :class:`NotFoundError`, and
    :class:`RefusedError` for a batch that was undone already.
    """
    moved = held = 0
    for states in _pages(database, batch):
        with database.unit_of_work() as session:
            found = batch_of(session, batch)
            wait_to_count(session, found.slug)
            ours = and_(_signatures.c.slug == found.slug, _signatures.c.id.in_(states))
            query = select(_signatures).where(ours, _signatures.c.state == found.verdict).with_for_update()
            page = [row._asdict() for row in session.execute(query.order_by(_signatures.c.id))]
            free = not_held(session, found.slug, page, states)
            rows = _moved(session, row_key, free, states)
            _recount(session, found.slug, rows)
        moved += len(rows)
        held += len(page) - len(free)
    with database.unit_of_work() as session:
        batch_of(session, batch).restored = day
    return Restored(moved, held)


def _pages(database: Database, batch: str) -> Iterator[dict[bytes, State]]:
    """Give the signatures of a batch and the states they had, some at a time."""
    with database.reading() as session:
        if batch_of(session, batch).restored:
            raise RefusedError(f"The batch {batch} was undone already.")
    last = b""
    while True:
        query = select(ReviewRow.signature_id, ReviewRow.state_before).where(ReviewRow.batch_id == batch)
        with database.reading() as session:
            page = session.execute(
                query.where(ReviewRow.signature_id > last).order_by(ReviewRow.signature_id).limit(_AT_A_TIME)
            ).all()
        if not page:
            return
        yield {row_id: State(state) for row_id, state in page}
        last = page[-1].signature_id


def forget_gone(session: Session) -> None:
    """Delete what batches remember of signatures that are gone."""
    batch = and_(ReviewBatch.id == _rows.c.batch_id, ReviewBatch.slug == _signatures.c.slug)
    there = exists().where(batch, _signatures.c.id == _rows.c.signature_id)
    session.execute(delete(_rows).where(~there))


def _moved(
    session: Session, row_key: bytes, rows: Sequence[_Signature], states: Mapping[bytes, State]
) -> list[_Signature]:
    """Give genuine rows another state and a new HMAC; return them as they were."""
    rows = [row for row in rows if row_is_genuine(row_key, row)]
    moves = [
        {
            "this_slug": row["slug"],
            "this_id": row["id"],
            "new_state": states[row["id"]],
            "new_mac": row_mac(row_key, {**row, "state": states[row["id"]]}),
        }
        for row in rows
    ]
    if moves:
        session.connection().execute(_move, moves)
    return list(rows)


def _recount(session: Session, slug: str, rows: Sequence[_Signature]) -> None:
    if rows:
        count_new(session, slug, {row["day"] for row in rows})


def _condition(which: Which, decision: Decision) -> ColumnElement[bool]:
    sources = [state for state in decision.sources if which.state in {None, state}]
    parts = [
        _signatures.c.slug == which.slug,
        _signatures.c.state.in_(sources),
    ]
    if which.day:
        parts.append(_signatures.c.day == which.day)
    if which.country:
        parts.append(_signatures.c.country == which.country)
    stored = which.flags & ~Flag.SHARED_ADDRESS
    if stored:
        parts.append(_signatures.c.flags.op("&")(int(stored)) == int(stored))
    if Flag.SHARED_ADDRESS in which.flags:
        parts.append(_is_shared(which.slug))
    return and_(*parts)


def _is_shared(slug: str) -> ColumnElement[bool]:
    """Return the condition for addresses that several have signed with, told apart by their names."""
    others = Signature.address_index != Signature.blind_index
    of_appeal = select(Signature.address_index).where(Signature.slug == slug, others).group_by(Signature.address_index)
    people = func.count(Signature.blind_index.distinct())
    return _signatures.c.address_index.in_(of_appeal.having(people > MOST_OF_AN_ADDRESS))
