"""Signatures of one address: any number may wait for its owner, one of each person counts, and two of an address.

Everybody can type an address that is not theirs. So a signature that waits takes nothing from any other, and each mail
confirms the one that its own form has made. By confirming one, the mailbox decides between all that wait for it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.signatures.erasing import withdraw, withdraw_together
from campaign.signatures.journal import note_erased
from campaign.signatures.tables import Amendment, Link, Signature, State, is_of_address
from campaign.signatures.totals import STANDING

MOST_OF_AN_ADDRESS = 2
"""How many people can confirm with one address, where people may share one: what is more waits for a look."""

_signatures = table_of(Signature)


def rows_of_address(session: Session, slug: str, address_index: bytes) -> list[dict[str, Any]]:
    """Return all signatures of an address, and let nobody else change one before this transaction is over.

    Whoever asks gets them in the same order, so two of them never wait for each other in a circle; and who had to wait
    gets them as the other one has left them (PostgreSQL manual, 13.2.1).
    """
    found = select(_signatures).where(_signatures.c.slug == slug, is_of_address(address_index))
    return [row._asdict() for row in session.execute(found.order_by(_signatures.c.id).with_for_update())]


def is_full(rows: Collection[Mapping[str, Any]], blind_index: bytes) -> bool:
    """Say whether as many other people as may share an address have confirmed with it."""
    others = {row["blind_index"] for row in rows if row["state"] is State.CONFIRMED} - {blind_index}
    return len(others) >= MOST_OF_AN_ADDRESS


def waits_for_a_look(session: Session, slug: str, row_id: bytes) -> bool:
    """Say whether confirming a signature would be refused, since others have confirmed with its address."""
    this = select(Signature.blind_index, Signature.address_index).where(Signature.slug == slug, Signature.id == row_id)
    own = session.execute(this).first()
    if own is None or own.blind_index == own.address_index:
        return False
    confirmed = is_of_address(own.address_index) & (Signature.state == State.CONFIRMED)
    others = select(func.count()).where(Signature.slug == slug, confirmed, Signature.blind_index != own.blind_index)
    return session.execute(others).scalar_one() >= MOST_OF_AN_ADDRESS


def not_held(
    session: Session, slug: str, rows: Sequence[Mapping[str, Any]], states: Mapping[bytes, State]
) -> list[Mapping[str, Any]]:
    """Leave out the rows that cannot move to their new states, by id: their person counts already, or address is full.

    ``rows`` are those of waiting and struck out signatures, or move to such a state.
    """
    indexes = {row[name] for row in rows if states[row["id"]] in STANDING for name in ("blind_index", "address_index")}
    columns = Signature.blind_index, Signature.address_index, Signature.state
    shared = Signature.address_index.in_(indexes) & (Signature.address_index != Signature.blind_index)
    known = select(*columns).where(Signature.slug == slug, or_(Signature.blind_index.in_(indexes), shared))
    standing = [row for row in session.execute(known) if row.state in STANDING] if indexes else []
    held = {row.blind_index for row in standing}
    confirmed = Counter(row.address_index for row in standing if row.state is State.CONFIRMED)
    free = []
    for row in rows:
        state, address = states[row["id"]], row["address_index"]
        if state in STANDING:
            full = state is State.CONFIRMED and confirmed[address] >= MOST_OF_AN_ADDRESS
            if full or row["blind_index"] in held:
                continue
            held.add(row["blind_index"])
            confirmed[address] += state is State.CONFIRMED
        free.append(row)
    return free


def forget(session: Session, slug: str, rows: Collection[Mapping[str, Any]]) -> None:
    """Delete signatures that give way to another of the same person, with their links and changed consents.

    The journal notes those that have counted. The others need no note: a backup that brings one back brings back
    something that waits, and it counts only if its mailbox wants it.
    """
    ids = [row["id"] for row in rows]
    session.execute(delete(Signature).where(Signature.slug == slug, Signature.id.in_(ids)))
    forget_links(session, slug, ids)
    note_erased(session, slug, [row["id"] for row in rows if row["state"] is not State.PENDING])


def forget_links(session: Session, slug: str, ids: Collection[bytes]) -> None:
    """Delete the links of signatures, and their changed consents."""
    for table in (Link, Amendment):
        session.execute(delete(table).where(table.slug == slug, table.signature_id.in_(ids)))


def withdraw_person(session: Session, outbox_key: bytes, slug: str, row_id: bytes) -> bool:
    """Erase a signature because its owner wants it, and whatever else of the same person there is; say if it was there.

    What still waits goes alone: it may be what a stranger typed, and the owner's own one may wait beside it.
    """
    this = (Signature.slug == slug) & (Signature.id == row_id)
    own = session.execute(select(Signature.blind_index, Signature.state).where(this)).first()
    if own is None or own.state is State.PENDING:
        return withdraw(session, outbox_key, slug, row_id)
    alike = select(Signature.id).where(Signature.slug == slug, Signature.blind_index == own.blind_index)
    return row_id in withdraw_together(session, outbox_key, slug, session.scalars(alike).all())
