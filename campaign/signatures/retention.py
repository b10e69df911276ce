"""Nothing is kept longer than was promised: what is due to go, its deletion, and the certificate that it is gone.

Unconfirmed signatures go after seven days, mail after 24 hours, drafts after one, and links with what they belong to.
A signature goes on the day that the page named when it was given, also when the appeal goes on. When that is over, all
its signatures go, then the key of its index and the locked private keys that lie on this server. The totals stay: they
name nobody.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from campaign.appeals.closing import is_over
from campaign.appeals.editions import Published
from campaign.core.database import Base, Database, table_of
from campaign.mail.outbox import GAVE_UP
from campaign.mail.tables import StoredMail
from campaign.signatures.confirming import CONFIRM_DAYS
from campaign.signatures.public_tables import PublicName
from campaign.signatures.review_tables import ReviewBatch, ReviewRow
from campaign.signatures.tables import Amendment, Link, LinkPurpose, Signature, State, StoredDraft, Total
from campaign.signatures.totals import count_new, wait_to_count

_AT_A_TIME = 2000
_MARKS = 30
"""How many marks of each kind are looked for: enough to notice, and a large file is still read in seconds."""
_MARK_BYTES = 32
_CHUNK = 32 * 1024 * 1024
_EXPIRING = {
    StoredDraft.__tablename__: "letters of visitors older than an hour",
    StoredMail.__tablename__: "mail older than a day",
    "rate": "marks of how often a neighbourhood came or a mailbox was written to",
    "used_proof": "proofs of work that were handed in",
}
_reviewed, _batches = table_of(ReviewRow), table_of(ReviewBatch)
_signatures, _links, _amendments = table_of(Signature), table_of(Link), table_of(Amendment)
_names = table_of(PublicName)
_outbox = table_of(StoredMail)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """One kind of row that is due to go: ``what`` it is in words, and which rows ``where`` finds.

    ``recount`` is the appeal whose totals change with it. ``marks`` are the columns looked for afterwards.
    """

    what: str
    table: Table
    where: ColumnElement[bool]
    marks: tuple[str, ...] = ()
    recount: str = ""


@dataclass
class Purged:
    """How many rows of each kind went, and bytes by which the deleted ones would be recognised."""

    counts: Counter[str] = field(default_factory=Counter)
    marks: list[bytes] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Scan:
    """In how many bytes of the database's files how many marks of deleted rows were looked for, and found."""

    size: int
    marks: int
    hits: int


def ended(session: Session, books: Sequence[Published], now: datetime) -> list[str]:
    """Return the appeals whose signatures are to be gone by now: the day that their pages name has come.

    One that nobody ever signed has nothing to end; it may still be published again with another deadline.
    """
    over = (book.appeal.slug for book in books if is_over(session, book.appeal, now))
    return [slug for slug in over if _was_signed(session, slug)]


def _was_signed(session: Session, slug: str) -> bool:
    signed = select(or_(exists().where(Signature.slug == slug), exists().where(Total.slug == slug)))
    return bool(session.execute(signed).scalar())


def rules(
    slugs: Sequence[str], over: Sequence[str], now: datetime, early: Mapping[str, Sequence[int]] | None = None
) -> list[Rule]:
    """Return everything that may be due: of the appeals ``slugs``, of which ``over`` are those :func:`ended` found.

    ``early`` are the editions whose day has come before that of their appeal, by its name.
    """
    last = now.date() - timedelta(days=CONFIRM_DAYS)
    old = and_(or_(_signatures.c.state == State.PENDING, _was_struck_out_waiting()), _signatures.c.day < last)
    stale = and_(_links.c.purpose == LinkPurpose.CONFIRM, _links.c.day < last)
    earlier = {slug: _signatures.c.edition.in_(editions) for slug, editions in (early or {}).items()}
    going = or_(old, *(and_(_signatures.c.slug == slug, one) for slug, one in earlier.items()))
    going = or_(going, _signatures.c.slug.in_(over)) if over else going
    found = [_of_signatures(slug, f"signatures of {slug}, which is over") for slug in over]
    found += [
        _of_signatures(slug, f"signatures of {slug} that were given for an earlier day than the others", where)
        for slug, where in earlier.items()
    ]
    unconfirmed = f"signatures that nobody confirmed within {CONFIRM_DAYS} days"
    found += [_of_signatures(slug, unconfirmed, old) for slug in slugs if slug not in over]
    found += [
        Rule(
            "links that open nothing any more", _links, or_(_without_signature(_links, going), stale), ("token_hash",)
        ),
        Rule("changed consents of signatures that are gone", _amendments, _without_signature(_amendments, going)),
        Rule("review notes of signatures that are gone", _reviewed, _without_signature(_reviewed, going)),
    ]
    if over:
        found.append(
            Rule("names in the public list of an appeal that is over", _names, _names.c.slug.in_(over), ("id",))
        )
    # Whatever carries an end of its own, in seconds since 1970, goes when that is over: also what other rooms keep.
    for table in Base.metadata.sorted_tables:
        if "expires_at" in table.c:
            what = _EXPIRING.get(table.name, f"rows of “{table.name}” whose time is over")
            marks = ("sealed",) if "sealed" in table.c else ()
            found.append(Rule(what, table, table.c.expires_at <= int(now.timestamp()), marks))
    return found


def _was_struck_out_waiting() -> ColumnElement[bool]:
    """Return the condition for signatures that review has struck out before anybody had confirmed them."""
    before = _reviewed.alias("before").c  # another name: one rule is about these very notes
    waited = select(before.signature_id).where(before.state_before == State.PENDING)
    counted = select(before.signature_id).where(before.state_before != State.PENDING)
    struck = _signatures.c.state == State.INVALIDATED
    return and_(struck, _signatures.c.id.in_(waited), _signatures.c.id.not_in(counted))


def _of_signatures(slug: str, what: str, where: ColumnElement[bool] | None = None) -> Rule:
    """Return the rule for an appeal that is over, or with ``where`` for some of one that goes on and is counted."""
    marks = ("id", "blind_index", "mac")
    if where is None:
        return Rule(what, _signatures, _signatures.c.slug == slug, marks)
    return Rule(what, _signatures, and_(_signatures.c.slug == slug, where), marks, recount=slug)


def _without_signature(table: Table, going: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what finds the rows whose signature is gone, or goes with ``going``."""
    same = _signatures.c.id == table.c.signature_id
    if table is _reviewed:  # its appeal stands in its batch
        return ~exists().where(_batches.c.id == table.c.batch_id, _signatures.c.slug == _batches.c.slug, same, ~going)
    return ~exists().where(_signatures.c.slug == table.c.slug, same, ~going)


def due(session: Session, wanted: Sequence[Rule]) -> Counter[str]:
    """Return how many rows of each kind are due to go; nothing is changed."""
    counts: Counter[str] = Counter()
    for rule in wanted:
        n = session.execute(select(func.count()).select_from(rule.table).where(rule.where)).scalar_one()
        if n:
            counts[rule.what] += n
    return counts


def purge_rows(database: Database, wanted: Sequence[Rule]) -> Purged:
    """Delete what is due, and empty SQLite's write-ahead log.

    What is due is looked up before, so that nobody who signs waits while large tables are searched. A few thousand rows
    are one unit of work; killed in between, the next run goes on.
    """
    purged = Purged()
    for rule in wanted:
        marks: list[bytes] = []
        while keys := _some_due(database, rule):
            with database.unit_of_work() as session:
                purged.counts[rule.what] += _delete(session, rule, keys, marks)
        purged.marks += marks[:_MARKS]
        if rule.table is _outbox and purged.counts[rule.what]:  # whichever comes first, we or a round of the delivery
            _log.error(GAVE_UP, purged.counts[rule.what])
    if purged.counts:
        database.forget_deleted()
    return purged


def _some_due(database: Database, rule: Rule) -> list[tuple[object, ...]]:
    with database.reading() as session:
        found = session.execute(select(*rule.table.primary_key.columns).where(rule.where).limit(_AT_A_TIME))
        return [tuple(row) for row in found]


def _delete(session: Session, rule: Rule, keys: Sequence[tuple[object, ...]], marks: list[bytes]) -> int:
    if rule.recount:
        wait_to_count(session, rule.recount)
    names = [*rule.marks, *(["day"] if rule.recount else [])] or [rule.table.primary_key.columns[0].name]
    # The condition is asked again: a signature that was confirmed a moment ago stays.
    gone = delete(rule.table).where(tuple_(*rule.table.primary_key.columns).in_(keys), rule.where)
    rows = session.execute(gone.returning(*(rule.table.c[name] for name in names))).mappings().all()
    for row in rows[: max(0, _MARKS - len(marks))]:  # ids are random, so the first are a sample
        marks += [row[name][-_MARK_BYTES:] for name in rule.marks]
    if rule.recount and rows:
        count_new(session, rule.recount, {row["day"] for row in rows})
    return len(rows)


def scan(database: Database, marks: Sequence[bytes]) -> Scan | None:
    """Look for the bytes of deleted rows in SQLite's files; ``None`` where the files belong to a database server."""
    if not database.is_sqlite or not database.url.database:
        return None
    path = Path(database.url.database)
    files = [file for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))) if file.exists()]
    found = {mark for file in files for piece in _pieces(file) for mark in marks if mark in piece}
    return Scan(sum(file.stat().st_size for file in files), len(set(marks)), len(found))


def _pieces(file: Path) -> Iterator[bytes]:
    """Give a file in pieces that overlap, so that no mark is cut in two."""
    with file.open("rb") as stream:
        end = b""
        while piece := stream.read(_CHUNK):
            yield end + piece
            end = piece[-_MARK_BYTES:]
