"""Counting beside the requests: pages read a handful of totals and never the signatures."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaign.core.database import table_of, take_turn
from campaign.signatures.cases import count_cases
from campaign.signatures.tables import Channel, LetterMade, LetterTotal, Signature, State, Total

STANDING = (State.CONFIRMED, State.UNVERIFIED)
"""The states in which a signature counts: not those still waiting for an answer, nor those that were struck out."""

GENERATED = frozenset({Channel.PDF, Channel.EML, Channel.TEXT})
"""A file was made and taken away; whether it was sent, nobody knows."""

OPENED = frozenset({Channel.MAILTO, Channel.COPY, Channel.WEBMAIL})
"""A link or a copy button was used in a browser that runs scripts; whether it was sent, nobody knows."""

REPORTED = frozenset({Channel.REPORTED_POST, Channel.REPORTED_EMAIL, Channel.REPORTED_FAX, Channel.REPORTED_HAND})
"""Somebody said that they have sent it; nobody has checked."""

_NEAR = timedelta(hours=1)
"""Far more than lies between two rounds, and so little that what came since is of one of the recent days."""

_Key = tuple[date, str, State]


@dataclass(frozen=True)
class Totals:
    """What is known of an appeal without looking at a single signature.

    ``states`` counts signatures by state, ``countries`` the standing ones by country ("" where none is kept),
    ``letters`` the letters taken away by recipient and channel.
    """

    states: Mapping[State, int]
    countries: Mapping[str, int]
    letters: Mapping[tuple[str, Channel], int]

    @property
    def signed(self) -> int:
        """The number of standing signatures."""
        return sum(self.states.get(state, 0) for state in STANDING)


@dataclass(frozen=True)
class LetterCounts:
    """The three numbers of one recipient's letters; see :data:`GENERATED`, :data:`OPENED`, :data:`REPORTED`."""

    generated: int = 0
    opened: int = 0
    reported: int = 0


def recent_days(now: datetime) -> tuple[date, ...]:
    """Return the days on which signatures can still arrive: time zones reach a day each way from UTC."""
    today = now.date()
    return (today - timedelta(days=1), today, today + timedelta(days=1))


class Rounds:
    """When this process last counted each appeal: what came while nothing counted may lie before the recent days."""

    def __init__(self) -> None:
        """Know of no round yet."""
        self._last: dict[str, datetime] = {}

    def days(self, session: Session, slug: str, now: datetime) -> set[date]:
        """Return the days to count now: the recent ones, and where the last round is long ago, all that are behind.

        That is so after a start, and when the process slept, the database was away or the clock was set.
        """
        last = self._last.get(slug)
        near = last is not None and timedelta() <= now - last <= _NEAR
        return {*recent_days(now), *(() if near else days_behind(session, slug))}

    def done(self, slug: str, now: datetime) -> None:
        """Remember a round that was committed."""
        self._last[slug] = now


def days_behind(session: Session, slug: str) -> set[date]:
    """Return the days of which signatures are missing in the totals, in one pass over all of an appeal's in the index.

    Days without any signature are left alone: whoever deletes one counts its day at once, and of an appeal that has
    ended the totals are all that is left.
    """
    found, known = _found(session, slug, None), _known(session, slug, None)
    return {day for (day, _country, _state), _n in found.items() - known.items()}


def count_new(session: Session, slug: str, days: Collection[date] | None = None) -> None:
    """Bring the totals of an appeal up to date for some days, or for all of them.

    Recounts those days' signatures in one pass over an index and adds up the letters made and the cases given since the
    last time. Doing it twice changes nothing, and processes that do it at the same moment take turns.
    """
    wait_to_count(session, slug)
    _recount(session, slug, days)
    _drain_letters(session, slug)
    count_cases(session, slug)


def wait_to_count(session: Session, slug: str) -> None:
    """Take the turn of :func:`count_new` early, before touching a row that will be counted in this transaction.

    Everybody who does both asks for the turn first and for the row second, so that no two wait for each other.
    """
    take_turn(session, f"count {slug}")


def _recount(session: Session, slug: str, days: Collection[date] | None) -> None:
    found, known = _found(session, slug, days), _known(session, slug, days)
    # Most rounds find nothing new; writing only differences keeps them from waking the disk.
    for key in known.keys() - found.keys():
        session.execute(delete(Total).where(_is_total(slug, key)))
    for key, n in found.items():
        if key not in known:
            day, country, state = key
            session.execute(insert(Total).values(slug=slug, day=day, country=country, state=state, n=n))
        elif known[key] != n:
            session.execute(update(Total).where(_is_total(slug, key)).values(n=n))


def _found(session: Session, slug: str, days: Collection[date] | None) -> dict[_Key, int]:
    query = select(Signature.day, Signature.country, Signature.state, func.count()).where(Signature.slug == slug)
    if days is not None:
        query = query.where(Signature.day.in_(days))
    grouped = query.group_by(Signature.day, Signature.country, Signature.state)
    return {(day, country, state): n for day, country, state, n in session.execute(grouped)}


def _known(session: Session, slug: str, days: Collection[date] | None) -> dict[_Key, int]:
    query = select(Total.day, Total.country, Total.state, Total.n).where(Total.slug == slug)
    if days is not None:
        query = query.where(Total.day.in_(days))
    return {(day, country, state): n for day, country, state, n in session.execute(query)}


def _is_total(slug: str, key: _Key) -> ColumnElement[bool]:
    day, country, state = key
    return and_(Total.slug == slug, Total.day == day, Total.country == country, Total.state == state)


def _drain_letters(session: Session, slug: str) -> None:
    # One statement reads and removes, so a letter recorded meanwhile is neither lost nor counted twice.
    gone = delete(LetterMade).where(LetterMade.slug == slug)
    made = Counter(
        map(tuple, session.execute(gone.returning(LetterMade.day, LetterMade.recipient, LetterMade.channel)))
    )
    for (day, recipient, channel), n in made.items():
        key = {"slug": slug, "day": day, "recipient": recipient, "channel": channel}
        total = session.get(LetterTotal, key, with_for_update=True)
        if total is None:
            session.add(LetterTotal(**key, n=n))
        else:
            total.n += n
    session.flush()


def record_letter(session: Session, slug: str, day: date, recipient: str, channel: str) -> None:
    """Record that a letter was taken away: one insert, no shared row, nothing about who it was.

    Raises ``ValueError`` for an unknown channel.
    """
    row = {
        "slug": slug,
        "id": secrets.token_bytes(16),
        "day": day,
        "recipient": recipient,
        "channel": Channel(channel),
    }
    session.connection().execute(insert(table_of(LetterMade)), row)


def totals(session: Session, slug: str) -> Totals:
    """Return the totals of an appeal as last counted."""
    states: Counter[State] = Counter()
    countries: Counter[str] = Counter()
    letters: Counter[tuple[str, Channel]] = Counter()
    for state, country, n in session.execute(select(Total.state, Total.country, Total.n).where(Total.slug == slug)):
        states[state] += n
        if state in STANDING:
            countries[country] += n
    letters.update(letter_totals(session, slug))
    return Totals(states, countries, letters)


def letter_totals(session: Session, slug: str) -> Mapping[tuple[str, Channel], int]:
    """Return the letters taken away and reported of an appeal, by recipient and channel, as last counted."""
    query = select(LetterTotal.recipient, LetterTotal.channel, func.sum(LetterTotal.n))
    grouped = query.where(LetterTotal.slug == slug).group_by(LetterTotal.recipient, LetterTotal.channel)
    return {(recipient, channel): int(n) for recipient, channel, n in session.execute(grouped)}


def letter_counts(letters: Mapping[tuple[str, Channel], int], recipient: str) -> LetterCounts:
    """Return the three numbers of one recipient out of :func:`letter_totals`."""

    def of(kinds: Collection[Channel]) -> int:
        return sum(letters.get((recipient, kind), 0) for kind in kinds)

    return LetterCounts(of(GENERATED), of(OPENED), of(REPORTED))


class Signed(NamedTuple):
    """How many signatures count: ``confirmed`` through a mailbox, and ``unverified`` ones, which are shown apart."""

    confirmed: int
    unverified: int

    @property
    def total(self) -> int:
        """Both kinds together."""
        return self.confirmed + self.unverified


def signed_total(session: Session, slug: str) -> Signed:
    """Return the standing signatures of an appeal as last counted."""
    query = select(Total.state, func.sum(Total.n)).where(Total.slug == slug, Total.state.in_(STANDING))
    found = {state: int(n) for state, n in session.execute(query.group_by(Total.state))}
    return Signed(found.get(State.CONFIRMED, 0), found.get(State.UNVERIFIED, 0))
