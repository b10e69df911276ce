"""Signatures that go before others of their appeal: their page named an earlier day than the present edition does."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.appeals.closing import deletion_day, deletion_days, editions_over, is_over
from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.signatures.tables import Signature


def outlived(session: Session, books: Sequence[Published], now: datetime) -> dict[str, list[int]]:
    """Return the editions whose signatures are to be gone by now although their appeal goes on, by its name."""
    going_on = [book.appeal for book in books if not is_over(session, book.appeal, now)]
    found = {appeal.slug: editions_over(session, appeal, now) for appeal in going_on}
    return {slug: editions for slug, editions in found.items() if editions}


def given_for_less(session: Session, appeal: Appeal) -> dict[date, int]:
    """Return how many signatures are deleted before those of the present edition will be, by their day."""
    days, last = deletion_days(session, appeal), deletion_day(session, appeal)
    query = select(Signature.edition, func.count()).where(Signature.slug == appeal.slug).group_by(Signature.edition)
    counts: Counter[date] = Counter()
    for edition, n in session.execute(query):
        if edition in days and (last is None or days[edition] < last):
            counts[days[edition]] += n
    return dict(sorted(counts.items()))
