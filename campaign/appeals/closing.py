"""When an appeal is over: until when signatures can still be confirmed, and on which day they are deleted."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.appeals.definition import Appeal
from campaign.appeals.pack import from_zip
from campaign.appeals.state import kept_until
from campaign.appeals.tables import Edition

CONFIRMED_AFTER_CLOSING = timedelta(hours=24)
"""Who signed in the last minute still finds the mail and presses the button."""


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
    """Return the day on which the signatures are deleted, as the appeal's page says it.

    That is a number of days after the deadline; without one, after the organisers have closed the appeal. ``None`` as
    long as it has neither: then nothing is deleted before they close it.
    """
    promised = kept_until(appeal)
    if promised is not None:
        return promised
    closed = _closed_on(session, appeal)
    return None if closed is None else closed + timedelta(days=appeal.keep_days_after_close)


def is_over(session: Session, appeal: Appeal, now: datetime) -> bool:
    """Say whether the day has come on which everything is deleted, in the appeal's time zone."""
    day = deletion_day(session, appeal)
    return day is not None and now.astimezone(ZoneInfo(appeal.time_zone)).date() >= day


def _closed_on(session: Session, appeal: Appeal) -> date | None:
    """Return the day of the first edition of those, up to now, that say the appeal is closed."""
    if not appeal.closed:
        return None
    query = select(Edition.day, Edition.files).where(Edition.slug == appeal.slug).order_by(Edition.number.desc())
    found: date | None = None
    for day, files in session.execute(query):
        if not tomllib.loads(from_zip(files)["appeal.toml"].decode("utf-8-sig")).get("closed"):
            break
        found = day
    return found
