"""Which mail somebody gets: decided when it is sent, so that signing does the same for everybody.

A form leaves an order in the outbox: ``{"kind": "signed", "to", "locale", "slug", "id", "index"}`` after signing, and
``{"kind": "lost-link", "to", "locale", "slug", "index"}`` from somebody who asks for their link. ``index`` is in hex:
the blind index of the row, or of the address alone for a lost link. What the order becomes depends on the signatures
there are by then; nobody but the reader of that mailbox learns which.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import CampaignError
from campaign.core.tokens import new_token, token_hash
from campaign.mail.message import Mail, MailKind
from campaign.mail.outbox import UnreadableMailError
from campaign.signatures.own_consents import lock_key
from campaign.signatures.signing import SigningKeys
from campaign.signatures.tables import Link, LinkPurpose, Signature, State, is_of_address

MAILS_A_DAY = 5
"""How many mails one address gets a day about one appeal; whatever is asked for beyond leaves no trace."""

_UNANSWERED = frozenset({State.PENDING, State.UNVERIFIED})
_columns = Signature.id, Signature.state, Signature.address_index
_links = table_of(Link)


@dataclass(frozen=True)
class _Found:
    id: bytes
    state: State
    address_index: bytes
    own_key: bytes | None = field(default=None, repr=False)


def nobody_is_blocked(_session: Session, _address: str) -> bool:
    """Say that mail may go to every address: where no list of blocked domains is asked."""
    return False


class MailWriter:
    """Turns orders into mails; tokens are made here, and only their hashes are stored."""

    def __init__(
        self, is_blocked: Callable[[Session, str], bool] = nobody_is_blocked, keys: SigningKeys | None = None
    ) -> None:
        """``is_blocked`` says of an address whether its domain gets no mail.

        With ``keys`` the own links of a mail show what was agreed to; without them they do all else.
        """
        self._is_blocked = is_blocked
        self._keys = keys

    def write(self, session: Session, order: dict[str, Any], now: datetime, *, first: bool) -> Mail | None:
        """Return the mail an order becomes, its links stored in this transaction, or None when nobody gets one.

        Links are only ever added, so older mails keep working. An order that was tried before (not ``first``) has been
        counted against the day's limit already. Raises :class:`UnreadableMailError` for an order of an unknown kind.
        """
        try:
            kind, to, locale, slug = (str(order[name]) for name in ("kind", "to", "locale", "slug"))
            found = _FINDERS[kind](session, slug, order)
        except (KeyError, TypeError, ValueError):
            raise UnreadableMailError("An order in the outbox is of an unknown kind.") from None
        if not found or self._is_blocked(session, to):
            return None
        if first and _mails_of_day(session, slug, found[0].address_index, now.date()) >= MAILS_A_DAY:
            return None
        found = [replace(one, own_key=self._own_key(slug, to, one.id)) for one in found]
        return _with_links(session, slug, _kind(kind, found), to, locale, found, now.date())

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
    """Find the signature an order was left with, or else the earlier one of the same person; none for what is done.

    Its own row, confirmed: an earlier copy of this very mail was answered. Invalidated: review has spoken.
    """
    own = _rows(session, slug, Signature.id == bytes.fromhex(order["id"]))
    if own:
        return [one for one in own if one.state in _UNANSWERED]
    earlier = _rows(session, slug, Signature.blind_index == bytes.fromhex(order["index"]))
    return [one for one in earlier if one.state is not State.INVALIDATED]


def _lost_link(session: Session, slug: str, order: dict[str, Any]) -> list[_Found]:
    """Find every signature of an address: whoever reads that mailbox may look at them and withdraw them."""
    return _rows(session, slug, is_of_address(bytes.fromhex(order["index"])))


_FINDERS: dict[str, Callable[[Session, str, dict[str, Any]], list[_Found]]] = {
    "signed": _signed,
    "lost-link": _lost_link,
}


def _rows(session: Session, slug: str, which: Any) -> list[_Found]:
    """Find signatures, and keep them from being erased before their links are stored, so that no link outlives one."""
    found = select(*_columns).where(Signature.slug == slug, which).with_for_update(read=True)
    return [_Found(*row) for row in session.execute(found)]


def _kind(order: str, found: Sequence[_Found]) -> MailKind:
    if any(one.state in _UNANSWERED for one in found):
        return MailKind.CONFIRM
    return MailKind.ALREADY_SIGNED if order == "signed" else MailKind.LOST_LINK


def _mails_of_day(session: Session, slug: str, address_index: bytes, day: date) -> int:
    """Count the mails to an address about an appeal: each signature in one has one link to manage it."""
    rows = (
        select(func.count())
        .select_from(Link)
        .join(Signature, (Signature.slug == Link.slug) & (Signature.id == Link.signature_id))
    )
    mine = rows.where(Signature.slug == slug, is_of_address(address_index))
    return session.execute(mine.where(Link.day == day, Link.purpose == LinkPurpose.MANAGE)).scalar_one()


def _with_links(
    session: Session, slug: str, kind: MailKind, to: str, locale: str, found: Sequence[_Found], day: date
) -> Mail:
    tokens: dict[LinkPurpose, list[str]] = {LinkPurpose.CONFIRM: [], LinkPurpose.MANAGE: []}
    rows = []
    for one in found:
        for purpose in LinkPurpose:
            if purpose is LinkPurpose.CONFIRM and one.state not in _UNANSWERED:
                continue
            token = new_token()
            tokens[purpose].append(token)
            key = one.own_key if purpose is LinkPurpose.MANAGE else None
            row = {"token_hash": token_hash(token), "slug": slug, "signature_id": one.id, "purpose": purpose}
            rows.append(row | {"day": day, "own_key": lock_key(token, slug, one.id, key) if key else None})
    session.connection().execute(insert(_links), rows)
    return Mail(kind, to, locale, tuple(tokens[LinkPurpose.CONFIRM]), tuple(tokens[LinkPurpose.MANAGE]))
