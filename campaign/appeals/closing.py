"""When an appeal is over: until when signatures can still be confirmed, and on which day they are deleted.

A signature goes on the day that the page named when it was given, or earlier if a later edition names an earlier day.
Whoever publishes a later deadline keeps only those longer who sign from then on.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.appeals.keeping import KeptDays
from campaign.appeals.pack import from_zip
from campaign.appeals.state import kept_until
from campaign.appeals.tables import Edition

CONFIRMED_AFTER_CLOSING = timedelta(hours=24)
"""Who signed in the last minute still finds the mail and presses the button."""


class _Dates(BaseModel):
    """What an edition says of its end."""

    deadline: date | None = None
    closed: bool = False
    keep_days_after_close: KeptDays


def takes_confirmations(session: Session, appeal: Appeal, now: datetime) -> bool:
    """Say whether a signature can be confirmed: while people may sign, and for 24 hours afterwards."""
    closing = closing_moment(session, appeal)
    return closing is None or now < closing + CONFIRMED_AFTER_CLOSING


def closing_moment(session: Session, appeal: Appeal) -> datetime | None:
    """Return the moment (UTC) at which nobody can sign any more, or ``None`` while no date is known.

    The deadline's own day still counts, in the appeal's time zone; the day on which the organisers close it does too.
    """
    days = [day for day in (appeal.deadline, _closed_on(session, appeal)) if day]
    if not days:
        return None
    midnight = datetime.combine(min(days) + timedelta(days=1), time(), ZoneInfo(appeal.time_zone))
    return midnight.astimezone(UTC)


def deletion_day(session: Session, appeal: Appeal) -> date | None:
    """Return the day on which the signatures of the present edition are deleted, as the appeal's page says it.

    That is a number of days after the deadline; without one, after the organisers have closed the appeal. ``None`` as
    long as it has neither: then nothing is deleted before they close it.
    """
    promised = kept_until(appeal)
    if promised is not None:
        return promised
    closed = _closed_on(session, appeal)
    return None if closed is None else closed + timedelta(days=appeal.keep_days_after_close)


def deletion_days(session: Session, appeal: Appeal, edition: int | None = None) -> dict[int, date]:
    """Return the day on which the signatures of each edition, or one, are deleted, as far as there is one: by number.

    It is the day that the edition named, or the present one's if that is earlier. Where an edition has no deadline its
    own number of days is counted from the end of the present one.
    """
    present = deletion_day(session, appeal)
    end = appeal.deadline or _closed_on(session, appeal)
    days = {}
    for number, _day, dates in _editions(session, appeal.slug, edition):
        closes = dates.deadline or end
        own = closes + timedelta(days=dates.keep_days_after_close) if closes else None
        found = [day for day in (own, present) if day]
        if found:
            days[number] = min(found)
    return days


def is_over(session: Session, appeal: Appeal, now: datetime) -> bool:
    """Say whether the day has come on which everything is deleted, in the appeal's time zone."""
    day = deletion_day(session, appeal)
    return day is not None and _has_come(day, appeal, now)


def editions_over(session: Session, appeal: Appeal, now: datetime) -> list[int]:
    """Return the editions whose signatures are to be gone by now, in the appeal's time zone."""
    return [number for number, day in deletion_days(session, appeal).items() if _has_come(day, appeal, now)]


def _has_come(day: date, appeal: Appeal, now: datetime) -> bool:
    return now.astimezone(ZoneInfo(appeal.time_zone)).date() >= day


def _closed_on(session: Session, appeal: Appeal) -> date | None:
    """Return the day of the first edition of those, up to now, that say the appeal is closed."""
    if not appeal.closed:
        return None
    found: date | None = None
    for _number, day, dates in _editions(session, appeal.slug):
        if not dates.closed:
            break
        found = day
    return found


def _editions(session: Session, slug: str, edition: int | None = None) -> Iterator[tuple[int, date, _Dates]]:
    """Give number, day of publication and dates of each edition, or of one, the newest first."""
    query = select(Edition.number, Edition.day, Edition.files).where(Edition.slug == slug)
    if edition is not None:
        query = query.where(Edition.number == edition)
    for number, day, files in session.execute(query.order_by(Edition.number.desc())):
        yield number, day, _Dates.model_validate(tomllib.loads(from_zip(files)["appeal.toml"].decode("utf-8-sig")))
