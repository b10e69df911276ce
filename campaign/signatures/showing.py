"""Numbers that everybody may see: they move in steps, so that nobody can watch one person sign, write or withdraw.

Whoever watches an exact number sees it rise a minute after somebody they follow has left the room, and fall when that
person was made to withdraw. So the pages show another number, kept in a row of its own:

- It is rounded down to its two leading digits and never finer than ten: 10, 20 … 90, 100, 110 … 990, 1,000, 1,100 …
  Below ten there is none, so that nobody can tell none from one.
- It is compared with the real number once a day (UTC), from a thousand on once an hour, and stands still in between,
  whatever happens.
- It never claims more than there were when it was compared, and five more people than it says must be there. So five
  must go before it falls, and at least five, and by lot up to nine, must come before it rises again. The lot keeps
  somebody who adds signatures of their own from knowing when exactly one is missing.

So between two different numbers at least five people have come or gone, and a single one changes nothing that anybody
could have foreseen. Confirmed and unverified signatures, each country and each kind of letter are such a number of
their own. No rounded sum of real numbers is shown beside them, so nothing can be found by subtraction: ``signatures``
in ``count.json`` adds up the two numbers that are shown there. A country has a number from its first step
on, which takes at least fifteen confirmed signatures; the others are “other countries”, without a number.

The organisers' own numbers (``bin/campaign signatures count``) are exact.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.core.database import Database, take_turn
from campaign.signatures.public_names import any_shown
from campaign.signatures.public_tables import ShownNumber
from campaign.signatures.tables import State, Total
from campaign.signatures.totals import letter_counts, letter_totals, signed_total

FIRST_STEP = 10
"""The smallest number that is ever shown."""

APART = 5
"""How many people come or go, at least, between two different numbers."""

_HOURLY_FROM = 1000
_HOUR, _DAY = 3600, 24 * 3600
_COUNTRY, _LETTERS = "country/", "letters/"


@dataclass(frozen=True)
class Shown:
    """What pages may show of an appeal's numbers; 0, or a missing entry, stands for too few to say.

    ``letters`` has the numbers of letters by recipient and kind (``"generated"``, ``"opened"``, ``"reported"``);
    ``names`` says whether there is a public list.
    """

    confirmed: int = 0
    unverified: int = 0
    letters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)
    names: bool = False


@dataclass(frozen=True)
class Step:
    """One shown number, and how many there must be before it rises."""

    n: int
    rises_at: int


def step_below(count: int) -> int:
    """Return the number to show for ``count`` people: two leading digits, tens at the finest, 0 below ten."""
    return count - count % _width(count)


def _width(count: int) -> int:
    width: int = 10 ** max(len(str(count)) - 2, 1)
    return width


def next_step(count: int, before: Step | None = None) -> Step:
    """Return what is shown from now on, given how many there are and what was shown before."""
    if before and before.n <= count < before.rises_at:
        return before
    n = step_below(max(count - APART, 0))
    rises_at = max(n + _width(n), count) + APART + secrets.randbelow(APART)
    return Step(n, rises_at)


def is_due(looked_at: int, count: int, now: datetime) -> bool:
    """Say whether a shown number may be compared with the real one: a new day has begun, or for many a new hour."""
    every = _HOUR if count >= _HOURLY_FROM else _DAY
    return int(now.timestamp()) // every > looked_at // every


def show_numbers(database: Database, appeal: Appeal, now: datetime) -> None:
    """Bring an appeal's shown numbers up to date with its totals, those that are due; nothing is written otherwise."""
    with database.reading() as session:
        if not _due(session, appeal, now):
            return
    with database.unit_of_work() as session:
        take_turn(session, f"show {appeal.slug}")
        for what, count, row in _due(session, appeal, now):
            step = next_step(count, Step(row.n, row.rises_at) if row else None)
            values = {"n": step.n, "rises_at": step.rises_at, "looked_at": int(now.timestamp())}
            session.merge(ShownNumber(slug=appeal.slug, what=what, **values))


def _due(session: Session, appeal: Appeal, now: datetime) -> list[tuple[str, int, ShownNumber | None]]:
    rows = {row.what: row for row in session.scalars(select(ShownNumber).where(ShownNumber.slug == appeal.slug))}
    counts = {**dict.fromkeys(rows, 0), **dict(_counts(session, appeal))}
    found = ((what, count, rows.get(what)) for what, count in counts.items())
    return [(what, count, row) for what, count, row in found if row is None or is_due(row.looked_at, count, now)]


def _counts(session: Session, appeal: Appeal) -> Iterator[tuple[str, int]]:
    """Give every number that has a row, by the name of that row; a country gets one when ten have confirmed there."""
    signed = signed_total(session, appeal.slug)
    yield "confirmed", signed.confirmed
    yield "unverified", signed.unverified
    letters = letter_totals(session, appeal.slug)
    for recipient in appeal.recipients:
        for kind, count in vars(letter_counts(letters, recipient.id)).items():
            yield f"{_LETTERS}{recipient.id}/{kind}", count
    if not appeal.keep_country:
        return
    total = func.sum(Total.n)
    query = select(Total.country, total).where(Total.slug == appeal.slug, Total.state == State.CONFIRMED)
    for country, count in session.execute(query.group_by(Total.country).having(total >= FIRST_STEP)):
        if country:
            yield f"{_COUNTRY}{country}", int(count)


def shown_numbers(session: Session, appeal: Appeal) -> Shown:
    """Return the numbers of an appeal that pages may show."""
    rows = select(ShownNumber.what, ShownNumber.n).where(ShownNumber.slug == appeal.slug, ShownNumber.n > 0)
    found = {row.what: row.n for row in session.execute(rows)}
    letters = {
        (recipient, kind): n
        for what, n in found.items()
        if what.startswith(_LETTERS)
        for recipient, kind in [what.removeprefix(_LETTERS).rsplit("/", 1)]
    }
    countries = {what.removeprefix(_COUNTRY): n for what, n in found.items() if what.startswith(_COUNTRY)}
    kept = countries if appeal.keep_country else {}
    return Shown(found.get("confirmed", 0), found.get("unverified", 0), letters, kept, any_shown(session, appeal.slug))
