"""Which mail somebody gets: decided when it is sent, so that signing does the same for everybody.

A form leaves an order in the outbox: ``{"kind": "signed", "to", "locale", "slug", "id", "index"}`` after signing, and
``{"kind": "lost-link", "to", "locale", "slug", "id", "index"}`` from somebody who asks for their link. ``index`` is in
hex: the blind index of the row, or of the address alone for a lost link. So is ``id``: that of the row which the form
has made, or a random number. What the order becomes depends on the signatures there are by then; nobody but the reader
of that mailbox learns which.

A mail confirms what its own form has made and nothing else, whoever has typed that address before or since.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from campaign.abuse import Salts, SqlStorage
from campaign.core.database import table_of, take_turn
from campaign.core.errors import CampaignError
from campaign.core.tokens import new_token, token_hash
from campaign.mail.message import Mail, MailKind
from campaign.mail.outbox import UnreadableMailError
from campaign.signatures.own_consents import lock_key
from campaign.signatures.siblings import MOST_OF_AN_ADDRESS, forget_links
from campaign.signatures.signing import SigningKeys
from campaign.signatures.tables import Link, LinkPurpose, Signature, State, is_of_address

MAILS_A_DAY = 5
"""How many mails one address gets a day (UTC) about one appeal; whatever is asked for beyond leaves no trace."""

_MOST_IN_A_MAIL = 5
_A_DAY_SECONDS = 24 * 60 * 60
_links = table_of(Link)
_columns = Signature.id, Signature.state, Signature.day, Signature.blind_index, Signature.address_index
# Of an address with more signatures than fit into a mail, those that count first, and what was struck out last.
_FIRST = (State.CONFIRMED, State.UNVERIFIED, State.PENDING, State.INVALIDATED)


@dataclass(frozen=True)
class _Found:
    """A signature that a mail is about; ``asks``: the mail has a link to confirm it."""

    id: bytes
    state: State
    day: date
    blind_index: bytes
    address_index: bytes
    asks: bool = False
    own_key: bytes | None = field(default=None, repr=False)


def nobody_is_blocked(_session: Session, _address: str) -> bool:
    """Say that mail may go to every address: where no list of blocked domains is asked."""
    return False


class MailWriter:
    """Turns orders into mails; tokens are made here, and only their hashes are stored."""

    def __init__(
        self,
        is_blocked: Callable[[Session, str], bool] = nobody_is_blocked,
        keys: SigningKeys | None = None,
        *,
        salts: Salts,
    ) -> None:
        """``is_blocked`` says of an address whether its domain gets no mail.

        With ``keys`` the own links of a mail show what was agreed to; without them they do all else. ``salts`` name the
        counts of the day.
        """
        self._is_blocked = is_blocked
        self._keys, self._salts = keys, salts

    def write(self, session: Session, order: dict[str, Any], now: datetime) -> Mail | None:
        """Return the mail an order becomes, its links stored in this transaction, or None when nobody gets one.

        Links are only ever added, so older mails keep working. The day's limit counts orders, however often each was
        tried. Raises :class:`UnreadableMailError` for an order of an unknown kind.
        """
        # Before anything else is locked. Several workers count one after the other: so they never count alike, nor wait
        # for each other in a circle.
        take_turn(session, "mails of the day")
        try:
            kind, to, locale, slug = (str(order[name]) for name in ("kind", "to", "locale", "slug"))
            found = _FINDERS[kind](session, slug, order)
            # Orders from before they had one are counted at each try.
            mark = bytes.fromhex(order["id"]) if "id" in order else secrets.token_bytes(16)
        except (KeyError, TypeError, ValueError):
            raise UnreadableMailError("An order in the outbox is of an unknown kind.") from None
        if not found or self._is_blocked(session, to):
            return None
        if not self._is_counted(session, slug, found[0].address_index, mark, now):
            return None
        found = [replace(one, own_key=self._own_key(slug, to, one.id)) for one in found]
        tokens = _new_links(session, slug, found, mark, now.date())
        return Mail(_kind(kind, found), to, locale, tokens[LinkPurpose.CONFIRM], tokens[LinkPurpose.MANAGE])

    def _is_counted(self, session: Session, slug: str, address_index: bytes, mark: bytes, now: datetime) -> bool:
        """Say whether an order is among the day's first, counting it when it is tried first.

        The links of the day go with a signature that is confirmed, withdrawn or denied. The counts stay until midnight,
        under hashes whose secret dies then. Links count as well, for each machine may have a secret of its own.
        """
        marks = _mails_of_day(session, slug, address_index, now.date())
        counts = SqlStorage(session, self._salts, now)
        order, address = f"mail {mark.hex()}", f"mails {slug} {address_index.hex()}"
        if mark in marks or counts.get(order):
            return True
        if max(len(marks), counts.get(address)) >= MAILS_A_DAY:
            return False
        counts.incr(order, _A_DAY_SECONDS)
        counts.incr(address, _A_DAY_SECONDS)
        return True

    def _own_key(self, slug: str, to: str, row_id: bytes) -> bytes | None:
        """Return what opens a signature's consents for its owner; a mail matters more than what its link can show."""
        with suppress(CampaignError):
            return self._keys.own_key_of(slug, to, row_id) if self._keys else None
        return None

    def take_back(self, session: Session, mail: Mail) -> None:
        """Delete the links of a mail that surely reached nobody."""
        hashes = [token_hash(token) for token in (*mail.confirm, *mail.manage)]
        session.execute(delete(_links).where(_links.c.token_hash.in_(hashes)))


def _signed(session: Session, slug: str, order: dict[str, Any]) -> list[_Found]:
    """Find the signature an order was left with, or the confirmed one of the same person, for which it gives way.

    None for one that is done: confirmed, by an earlier copy of this very mail; struck out by review; or withdrawn.
    """
    own_id = bytes.fromhex(order["id"])
    alike = _look(session, slug, Signature.blind_index == bytes.fromhex(order["index"]))
    confirmed = [one.id for one in alike if one.state is State.CONFIRMED and one.id != own_id]
    if confirmed:
        found = _held(session, slug, confirmed)
        if found:
            _give_way(session, slug, own_id)
            return found
    own = _held(session, slug, [own_id])
    return [replace(one, asks=True) for one in own if one.state in {State.PENDING, State.UNVERIFIED}]


def _lost_link(session: Session, slug: str, order: dict[str, Any]) -> list[_Found]:
    """Find the signatures of an address: whoever reads that mailbox may look at them and withdraw them.

    Of those that wait, the newest, and no more than could still be confirmed; none for a person who has confirmed.
    """
    of_address = _look(session, slug, is_of_address(bytes.fromhex(order["index"])))
    confirmed = {one.blind_index for one in of_address if one.state is State.CONFIRMED}
    waits = (State.UNVERIFIED, State.PENDING)
    asking = [one for one in of_address if one.state in waits and one.blind_index not in confirmed]
    asking.sort(key=lambda one: (waits.index(one.state), -one.day.toordinal()))
    asking = asking[: max(MOST_OF_AN_ADDRESS - len(confirmed), 0)]
    chosen = [one for one in of_address if one.state is not State.PENDING or one in asking]
    chosen.sort(key=lambda one: _FIRST.index(one.state))
    asked = {one.id for one in asking}
    found = _held(session, slug, [one.id for one in chosen[:_MOST_IN_A_MAIL]])
    return [replace(one, asks=one.id in asked and one.state in waits) for one in found]


_FINDERS: dict[str, Callable[[Session, str, dict[str, Any]], list[_Found]]] = {
    "signed": _signed,
    "lost-link": _lost_link,
}


def _look(session: Session, slug: str, which: ColumnElement[bool]) -> list[_Found]:
    return [_Found(*row) for row in session.execute(select(*_columns).where(Signature.slug == slug, which))]


def _held(session: Session, slug: str, ids: Sequence[bytes]) -> list[_Found]:
    """Find signatures, and keep them from being erased before their links are stored, so that no link outlives one."""
    found = select(*_columns).where(Signature.slug == slug, Signature.id.in_(ids)).order_by(Signature.id)
    return [_Found(*row) for row in session.execute(found.with_for_update(read=True))]


def _give_way(session: Session, slug: str, row_id: bytes) -> None:
    """Delete a signature that waits while another of the same person counts; it never counted itself.

    Whoever confirms or withdraws at this moment does it too, and is not waited for.
    """
    this = (Signature.slug == slug) & (Signature.id == row_id) & (Signature.state == State.PENDING)
    free = select(Signature.id).where(this).with_for_update(skip_locked=True)
    gone = delete(Signature).where(Signature.slug == slug, Signature.id.in_(free))
    forget_links(session, slug, session.scalars(gone.returning(Signature.id)).all())


def _kind(order: str, found: Sequence[_Found]) -> MailKind:
    if any(one.asks for one in found):
        return MailKind.CONFIRM
    return MailKind.ALREADY_SIGNED if order == "signed" else MailKind.LOST_LINK


def _mails_of_day(session: Session, slug: str, address_index: bytes, day: date) -> set[bytes]:
    """Return the mails to an address about an appeal, by what tells them apart; each has a link to manage something."""
    mine = select(Link.mail, Link.token_hash).join(
        Signature, (Signature.slug == Link.slug) & (Signature.id == Link.signature_id)
    )
    mine = mine.where(Signature.slug == slug, is_of_address(address_index))
    rows = session.execute(mine.where(Link.day == day, Link.purpose == LinkPurpose.MANAGE))
    return {mail or token_hash for mail, token_hash in rows}


def _new_links(
    session: Session, slug: str, found: Sequence[_Found], mark: bytes, day: date
) -> dict[LinkPurpose, tuple[str, ...]]:
    """Store the links of a mail; return their tokens, which are in no other place."""
    tokens: dict[LinkPurpose, tuple[str, ...]] = dict.fromkeys(LinkPurpose, ())
    rows = []
    for one in found:
        for purpose in LinkPurpose:
            if purpose is LinkPurpose.CONFIRM and not one.asks:
                continue
            token = new_token()
            tokens[purpose] += (token,)
            row = {"token_hash": token_hash(token), "slug": slug, "signature_id": one.id, "purpose": purpose}
            key = lock_key(token, slug, one.id, one.own_key) if one.own_key else None
            rows.append(row | {"day": day, "own_key": key, "mail": mark})
    session.connection().execute(insert(_links), rows)
    return tokens
