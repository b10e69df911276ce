"""The public list of names: only people who wanted it, only once they have confirmed, and joined to no signature.

A name is asked for after the signature was confirmed, behind the links of the mail, and not while somebody signs. So
nothing readable is stored of anybody who has not shown that the mailbox is theirs, and nothing has to carry the name
from one to the other. It need not be the name that was signed with: people type what is to be read.

How a row finds its signature, and a thief does not find it:

- ``handle`` is a keyed hash (HMAC-SHA-256) of the signature's id, with a key outside the database. Every link of a
  mail, old or new, leads to the id and so to the name, which is why it is not the hash of a token: people lose mails,
  and organisers erase by id. Whoever has only the database can test nothing. Whoever has the server's key as well can
  join the two, and learns on which day, and from which country, somebody signed whose name everybody may read.
- The row has an id of its own, and no day, no time, no number in a series. It is not written in the transaction that
  signs or confirms, and takes no lock on the signature's row, which PostgreSQL would note there.
- Names wait for somebody to look at them, and come out at least :data:`BATCH` at a time. Those of a batch are then
  stored anew in random order, so that not even the place in PostgreSQL's files tells in which order they came (of
  those that still wait, it does). Every day they are shown in another order.

A name goes when its owner takes it out, when the organisers refuse it, with the signature when that is erased
(:func:`forget_names_of_erased`), and when the signature does not count any more (:func:`keep_confirmed`). What goes is
written into the list of erasures, so that a restored backup does not bring it back.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.core.database import Database, table_of, take_turn
from campaign.core.errors import NotFoundError
from campaign.signatures.journal import erased_in, note_erased
from campaign.signatures.public_tables import PublicName
from campaign.signatures.tables import Signature, State

BATCH = 20
"""How many names come out at once, at least; fewer wait for more."""

MOST_SHOWN = 500
"""How many names one page shows; where there are more, others are drawn every day."""

_names = table_of(PublicName)


class NameState(StrEnum):
    """What has become of a name; one that was taken out is deleted."""

    WAITING = "waiting"
    """Nobody has looked at it yet."""
    APPROVED = "approved"
    """It comes out with the next batch."""
    SHOWN = "shown"
    REFUSED = "refused"
    """The organisers do not show it; the name itself is deleted."""


@dataclass(frozen=True)
class ListedName:
    """A name as its owner and the organisers see it; ``id`` belongs to this row alone."""

    id: bytes
    name: str
    state: NameState


def name_handle(row_key: bytes, slug: str, signature_id: bytes) -> bytes:
    """Return the 32 bytes under which a signature's name is found."""
    return hmac.digest(row_key, b"campaign public name" + signature_id + slug.encode(), "sha256")


def own_name(session: Session, row_key: bytes, slug: str, signature_id: bytes) -> ListedName | None:
    """Return the name that belongs to a signature, if there is one."""
    found = session.execute(_listed().where(*_own(row_key, slug, signature_id))).first()
    return ListedName(found.id, found.display_name, NameState(found.state)) if found else None


def put_name(session: Session, row_key: bytes, slug: str, signature_id: bytes, name: str) -> bool:
    """Let a name wait for the list, in place of one there was; without a confirmed signature say no and do nothing.

    ``name`` was cleaned and has at most :data:`LONGEST_NAME` characters.
    """
    handle = name_handle(row_key, slug, signature_id)
    take_turn(session, f"name {handle.hex()}")
    state = select(Signature.state).where(Signature.slug == slug, Signature.id == signature_id)
    if session.execute(state).scalar() is not State.CONFIRMED:
        return False
    take_out(session, row_key, slug, signature_id)
    row = {"slug": slug, "id": secrets.token_bytes(16), "handle": handle}
    session.execute(insert(_names).values(**row, display_name=name, state=NameState.WAITING.value))
    return True


def take_out(session: Session, row_key: bytes, slug: str, signature_id: bytes) -> bool:
    """Delete the name of a signature at once, shown or not; say whether there was one."""
    gone = delete(_names).where(*_own(row_key, slug, signature_id)).returning(_names.c.id)
    ids = session.execute(gone).scalars().all()
    note_erased(session, slug, ids)
    return bool(ids)


def forget_names_of_erased(session: Session, row_key: bytes) -> None:
    """Delete the names of the signatures that a transaction erases, before it commits (`Database.before_commit`)."""
    for slug, signature_id in erased_in(session):
        session.execute(delete(_names).where(*_own(row_key, slug, signature_id)))


def keep_confirmed(database: Database, row_key: bytes, slug: str) -> int:
    """Delete the names whose signature is gone or does not count any more; return how many.

    Nothing in the database says which these are, so the handles of all confirmed signatures are calculated: beside
    everybody else's work, and before anything is locked.
    """
    with database.reading() as session:
        gone = _without_confirmed(session, row_key, slug)
    if gone:
        with database.unit_of_work() as session:
            this = (_names.c.slug == slug) & (_names.c.id == bindparam("gone"))
            session.connection().execute(delete(_names).where(this), [{"gone": one} for one in gone])
            note_erased(session, slug, gone)
    return len(gone)


def _without_confirmed(session: Session, row_key: bytes, slug: str) -> list[bytes]:
    query = select(_names.c.handle, _names.c.id).where(_names.c.slug == slug)
    left = {row.handle: row.id for row in session.execute(query)}
    if left:
        confirmed = select(Signature.id).where(Signature.slug == slug, Signature.state == State.CONFIRMED)
        for row_id in session.scalars(confirmed.execution_options(yield_per=1000)):
            left.pop(name_handle(row_key, slug, row_id), None)
    return list(left.values())


def decide_names(session: Session, slug: str, ids: Collection[bytes], state: NameState) -> int:
    """Approve or refuse names by their ids; return how many changed. Raises :class:`NotFoundError` for an unknown id.

    A refused name is deleted at once, and only that it was refused is kept, for its owner to see.
    """
    known = set(session.execute(select(_names.c.id).where(_names.c.slug == slug)).scalars())
    missing = [one.hex() for one in ids if one not in known]
    if missing:
        raise NotFoundError(f"There are no names with these ids: {', '.join(missing)}. “names list” shows them.")
    # One by one: a database takes only so many values in one list.
    decide = _refuse if state is NameState.REFUSED else _approve
    return sum(decide(session, slug, one) for one in ids)


def _approve(session: Session, slug: str, name_id: bytes) -> bool:
    waiting = (_names.c.slug == slug) & (_names.c.id == name_id) & (_names.c.state == NameState.WAITING)
    approved = update(_names).where(waiting).values(state=NameState.APPROVED.value).returning(_names.c.id)
    return session.execute(approved).first() is not None


def _refuse(session: Session, slug: str, name_id: bytes) -> bool:
    """Delete a name, and write under an id of its own that it was refused: the journal knows the old one as erased.

    So a restored backup brings no name back that was refused because it hurts somebody.
    """
    open_to = (_names.c.slug == slug) & (_names.c.id == name_id) & (_names.c.state != NameState.REFUSED)
    gone = session.execute(delete(_names).where(open_to).returning(_names.c.handle)).first()
    if gone is None:
        return False
    note_erased(session, slug, [name_id])
    row = {"slug": slug, "id": secrets.token_bytes(16), "handle": gone.handle}
    session.execute(insert(_names).values(**row, display_name="", state=NameState.REFUSED.value))
    return True


def release_names(session: Session, slug: str) -> int:
    """Show the approved names if they are enough for a batch; return how many came out."""
    take_turn(session, f"names {slug}")
    approved = (_names.c.slug == slug) & (_names.c.state == NameState.APPROVED)
    if session.execute(select(func.count()).select_from(_names).where(approved)).scalar_one() < BATCH:
        return 0
    gone = session.execute(delete(_names).where(approved).returning(*_names.c)).mappings().all()
    rows = [{**row, "state": NameState.SHOWN.value} for row in gone]
    secrets.SystemRandom().shuffle(rows)
    session.connection().execute(insert(_names), rows)
    return len(rows)


def listed_names(session: Session, slug: str, state: NameState | None = None) -> list[ListedName]:
    """Return an appeal's names for the organisers, in the order of their random ids."""
    query = _listed().where(_names.c.slug == slug).order_by(_names.c.id)
    if state:
        query = query.where(_names.c.state == state)
    return [ListedName(row.id, row.display_name, NameState(row.state)) for row in session.execute(query)]


def names_waiting(session: Session) -> dict[str, int]:
    """Return how many names nobody has looked at yet, for each appeal that has any."""
    waiting = select(_names.c.slug, func.count()).where(_names.c.state == NameState.WAITING).group_by(_names.c.slug)
    return {row[0]: row[1] for row in session.execute(waiting)}


def any_shown(session: Session, slug: str) -> bool:
    """Say whether an appeal has a public list."""
    return bool(session.execute(select(exists().where(*_shown(slug)))).scalar())


def names_of_day(session: Session, slug: str, day: date) -> Sequence[str]:
    """Return the names that the public list shows on one day, in that day's order."""
    rows = session.execute(select(_names.c.id, _names.c.display_name).where(*_shown(slug))).all()
    salt = day.isoformat().encode()
    rows = sorted(rows, key=lambda row: hashlib.sha256(salt + row.id).digest())
    return [row.display_name for row in rows[:MOST_SHOWN]]


def _listed() -> Any:
    return select(_names.c.id, _names.c.display_name, _names.c.state)


def _own(row_key: bytes, slug: str, signature_id: bytes) -> tuple[Any, Any]:
    return _names.c.slug == slug, _names.c.handle == name_handle(row_key, slug, signature_id)


def _shown(slug: str) -> tuple[Any, Any]:
    return _names.c.slug == slug, _names.c.state == NameState.SHOWN
