"""What the links in a mail open: one signature each, found by the hash of the token and by nothing else.

Mail scanners follow links, so a page behind one only shows; the functions here that change something are for the button
on it. A state is part of what a row's HMAC covers, so whoever changes it makes a new one, and only for a row whose old
one was right: nobody can have a forged row blessed by confirming it.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Any

from limits import RateLimitItemPerHour
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import ColumnElement, exists, select, tuple_, update
from sqlalchemy.orm import Session

from campaign.abuse import Salts, SqlStorage, neighbourhood
from campaign.appeals.closing import takes_confirmations
from campaign.appeals.editions import Published
from campaign.core.database import table_of
from campaign.core.tokens import token_hash
from campaign.mail.outbox import SealedMail, seal_mail, store_mails
from campaign.signatures.blind import canonical_email, index_under, row_is_genuine, row_mac
from campaign.signatures.consents import Consents
from campaign.signatures.own_consents import decrypt_consents, unlock_key
from campaign.signatures.siblings import forget, is_full, rows_of_address
from campaign.signatures.signing import SigningKeys
from campaign.signatures.tables import Link, LinkPurpose, Signature, State, is_of_address
from campaign.signatures.totals import STANDING, count_new, recent_days, wait_to_count

CONFIRM_DAYS = 7
"""How long a link to confirm works, and how long a signature waits for it."""

_LINKS_AN_HOUR = RateLimitItemPerHour(30, namespace="lost link")
_WAITING = (State.PENDING, State.UNVERIFIED)
_ROWS_AT_A_TIME = 500
_COUNTED_AGAIN = timedelta(hours=1)
_signatures = table_of(Signature)
# In one statement: the consents open only together with the number of their change.
_OPENED = select(
    Signature.slug,
    Signature.id,
    Signature.state,
    Signature.day,
    Signature.own_consents,
    Link.day.label("link_day"),
    Link.own_key,
    Signature.changes,
    Signature.edition,
).join(Link, (Link.slug == Signature.slug) & (Link.signature_id == Signature.id))


class Answer(Enum):
    """What pressing the button has come to.

    ``BEFORE``: the same person had confirmed another signature, and this one is gone. ``FULL``: as many people as may
    share an address have confirmed with it, and this one waits until the organisers have looked.
    """

    DONE = auto()
    BEFORE = auto()
    FULL = auto()
    TOO_LATE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class OwnSignature:
    """The signature a link belongs to, as far as it opens; ``changes`` of its consents so far.

    ``consents`` are those that hold now, or ``None`` where this link cannot show them. ``own_key`` is what other
    consents must be encrypted with, so that its links show them; ``None`` behind a link that holds none.
    ``shown_elsewhere``: this link holds none, and a new one would show them.
    """

    slug: str
    id: bytes
    state: State
    day: date
    changes: int
    consents: Consents | None = field(default=None, repr=False)
    own_key: bytes | None = field(default=None, repr=False)
    shown_elsewhere: bool = False
    edition: int = 0


def open_link(session: Session, token: str, purpose: LinkPurpose, now: datetime) -> OwnSignature | None:
    """Return the signature that a token opens for one purpose, or ``None``; nothing is changed.

    ``None`` is the same answer for a token that was never given out, is cut short, belongs to the other purpose, is too
    old, or whose signature is gone. A link to confirm works for seven days, the other as long as the signature exists.
    """
    row = session.execute(_OPENED.where(Link.token_hash == token_hash(token), Link.purpose == purpose)).first()
    if row is None:
        return None
    if purpose is LinkPurpose.CONFIRM and now.date() > row.link_day + timedelta(days=CONFIRM_DAYS):
        return None
    key = unlock_key(token, row.slug, row.id, row.own_key) if row.own_key else None
    shown = row.own_consents
    consents = decrypt_consents(key, row.slug, row.id, row.changes, shown) if key and shown else None
    elsewhere = key is None and row.own_consents is not None
    return OwnSignature(row.slug, row.id, row.state, row.day, row.changes, consents, key, elsewhere, row.edition)


def confirm(
    session: Session, keys: SigningKeys, find: Callable[[str], Published | None], token: str, now: datetime
) -> Answer:
    """Confirm the signature behind a link; doing it again changes nothing.

    The mailbox has decided with it: whatever else waits for the same person is deleted, with its links. ``find`` gives
    the current edition of an appeal: a signature can be confirmed until 24 hours after it has closed.
    """
    own = open_link(session, token, LinkPurpose.CONFIRM, now)
    published = find(own.slug) if own else None
    if own is None or published is None:
        return Answer.UNKNOWN
    if own.state not in _WAITING:
        return Answer.DONE
    if not takes_confirmations(session, published.appeal, now):
        return Answer.TOO_LATE
    this = select(Signature.blind_index, Signature.address_index)
    whose = session.execute(this.where(Signature.slug == own.slug, Signature.id == own.id)).first()
    if whose is None:
        return Answer.UNKNOWN
    # The job that counts looks at the last days only; an older day is counted again here.
    of_address = select(Signature.day).where(Signature.slug == own.slug, is_of_address(whose.address_index)).distinct()
    old = set(session.scalars(of_address)) - set(recent_days(now + _COUNTED_AGAIN))
    if old:
        wait_to_count(session, own.slug)
    rows = rows_of_address(session, own.slug, whose.address_index)
    answer = _choose(session, keys.row_key, rows, own.id, whose.blind_index)
    if old:
        count_new(session, own.slug, old)
    return answer


def _choose(
    session: Session, row_key: bytes, rows: Sequence[Mapping[str, Any]], row_id: bytes, blind_index: bytes
) -> Answer:
    """Confirm one of an address's signatures, and delete what gives way to it. Two clicks take turns at the rows."""
    own = next((row for row in rows if row["id"] == row_id), None)
    alike = [row for row in rows if row["blind_index"] == blind_index and row is not own]
    confirmed = any(row["state"] is State.CONFIRMED and row_is_genuine(row_key, row) for row in alike)
    if own is None:  # a moment ago it was there: whoever pressed another button at that moment has decided
        return Answer.BEFORE if confirmed else Answer.UNKNOWN
    if not row_is_genuine(row_key, own):
        return Answer.UNKNOWN
    if own["state"] not in _WAITING:
        return Answer.DONE
    if confirmed:
        forget(session, own["slug"], [own])
        return Answer.BEFORE
    if is_full(rows, blind_index):
        return Answer.FULL
    forget(session, own["slug"], [row for row in alike if row["state"] is not State.INVALIDATED])
    this = (_signatures.c.slug == own["slug"]) & (_signatures.c.id == row_id)
    session.execute(update(_signatures).where(this).values(**_with_state(row_key, own, State.CONFIRMED)))
    return Answer.DONE


def _with_state(row_key: bytes, row: Mapping[str, Any], state: State) -> dict[str, Any]:
    return {"state": state, "mac": row_mac(row_key, {**row, "state": state})}


def lost_link_order(keys: SigningKeys, slug: str, email: str, locale: str, now: datetime) -> SealedMail:
    """Return the order to send somebody their link again; whether there is one is found out when it is sent.

    Raises :class:`RefusedError` when ``email`` is no address.
    """
    index = index_under(keys.index_key_of(slug), canonical_email(email))
    content = {
        "kind": "lost-link",
        "to": email,
        "locale": locale,
        "slug": slug,
        "id": secrets.token_hex(16),
        "index": index.hex(),
    }
    return seal_mail(keys.outbox_key, content, now)


def order_link(session: Session, order: SealedMail, salts: Salts, address: str, now: datetime) -> None:
    """Store an order to send a link, unless too many came from a neighbourhood of the network in this hour.

    Nobody is told: it would say that somebody else has asked. ``address`` is the visitor's, and is not kept.
    """
    limiter = FixedWindowRateLimiter(SqlStorage(session, salts, now))
    if limiter.hit(_LINKS_AN_HOUR, neighbourhood(address).hex()):
        store_mails(session, [order])


def _is_held() -> ColumnElement[bool]:
    """Return the condition for a signature whose address another one holds by now."""
    holder = _signatures.alias()
    same = (holder.c.slug == _signatures.c.slug) & (holder.c.blind_index == _signatures.c.blind_index)
    return exists().where(same, holder.c.state.in_(STANDING))


def adopt_unasked(session: Session, row_key: bytes) -> int:
    """Call signatures unverified that an older version stored as pending without ever asking anybody; return how many.

    They are known by having no flags. Left pending they would be deleted after a week, though nobody was written to.
    Forged ones stay as they are.
    """
    last: tuple[str, bytes] = ("", b"")
    changed: Counter[str] = Counter()
    unasked = (_signatures.c.state == State.PENDING) & _signatures.c.flags.is_(None) & ~_is_held()
    order = tuple_(_signatures.c.slug, _signatures.c.id)
    while True:
        query = select(_signatures).where(unasked, order > last).order_by(_signatures.c.slug, _signatures.c.id)
        rows = [row._asdict() for row in session.execute(query.limit(_ROWS_AT_A_TIME))]
        if not rows:
            break
        last = (rows[-1]["slug"], rows[-1]["id"])
        for row in rows:
            if row_is_genuine(row_key, row):
                this = (_signatures.c.slug == row["slug"]) & (_signatures.c.id == row["id"])
                session.execute(update(_signatures).where(this).values(**_with_state(row_key, row, State.UNVERIFIED)))
                changed[row["slug"]] += 1
    for slug in sorted(changed):
        count_new(session, slug)
    return changed.total()
