"""Nothing is deleted while people may still sign or confirm, however few days a pack asks for."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.appeals.closing import (
    CONFIRMED_AFTER_CLOSING,
    closing_moment,
    deletion_day,
    deletion_days,
    editions_over,
    is_over,
    takes_confirmations,
)
from campaign.appeals.editions import Shelf
from campaign.appeals.pack import load_pack, to_zip
from campaign.appeals.state import kept_until, standing
from campaign.appeals.tables import Edition
from tests.clock import FixedClock
from tests.site import FILES
from tests.visitor import SLUG

DAY = date(2026, 11, 21)
TOO_FEW = (0, 1)


def pack(days: int, more: str = "deadline = 2026-11-21") -> dict[str, bytes]:
    """The appeal with another number of days, and some more lines."""
    toml = FILES["appeal.toml"].decode()
    changed, n = re.subn(r"(?m)^keep_days_after_close = .*$", f"keep_days_after_close = {days}\n{more}", toml)
    assert n == 1
    return {**FILES, "appeal.toml": changed.encode()}


@pytest.fixture
def published_before(database):
    """Store an edition as a version of the program did that knew no least number of days; return its appeal."""

    def store(days, more="deadline = 2026-11-21", number=1):
        content = to_zip(pack(days, more))
        with database.unit_of_work() as session:
            digest = hashlib.sha256(content).digest()
            session.add(Edition(slug=SLUG, number=number, digest=digest, day=DAY, files=content))
        return Shelf(database).get(SLUG).appeal

    return store


@pytest.mark.parametrize("days", TOO_FEW)
@pytest.mark.parametrize("ends", ["deadline = 2026-11-21", "closed = true", "deadline = 2026-11-21\nclosed = true"])
def test_an_edition_from_before_that_names_fewer_days_is_read_as_two(database, published_before, days, ends):
    appeal = published_before(days, ends)
    with database.reading() as session:
        assert deletion_day(session, appeal) == date(2026, 11, 23)
        assert deletion_days(session, appeal) == {1: date(2026, 11, 23)}


@pytest.mark.parametrize("days", [*TOO_FEW, 2])
def test_nothing_is_deleted_before_the_last_can_have_confirmed(database, published_before, days):
    appeal = published_before(days)
    with database.reading() as session:
        end = closing_moment(session, appeal) + CONFIRMED_AFTER_CLOSING
        for moment in (datetime(2026, 11, 21, tzinfo=UTC), end - timedelta(hours=24), end - timedelta(seconds=1)):
            assert takes_confirmations(session, appeal, moment)
            assert not is_over(session, appeal, moment)
            assert editions_over(session, appeal, moment) == []
        assert not takes_confirmations(session, appeal, end)
        assert is_over(session, appeal, end)


def test_an_older_edition_is_read_so_too_when_the_present_one_keeps_longer(database, published_before):
    published_before(0)
    appeal = published_before(90, number=2)
    with database.reading() as session:
        assert deletion_days(session, appeal)[1] == date(2026, 11, 23)
        assert editions_over(session, appeal, datetime(2026, 11, 21, 12, tzinfo=UTC)) == []


@pytest.mark.parametrize("days", TOO_FEW)
def test_the_page_names_the_day_on_which_they_really_go(days):
    appeal = load_pack("x", pack(days))
    assert kept_until(appeal) == date(2026, 11, 23)
    assert load_pack("x", pack(days, "")).keep_days_after_close == 2
    assert standing(appeal, FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))).is_open


def test_whoever_signs_on_the_last_day_is_not_deleted_on_it(runtime, visitor, clock, published_before):
    published_before(0, number=2)
    runtime.shelf.forget()
    runtime.forget()
    assert visitor.sign().status_code == 303
    for hours in (0, 12, 23):  # at once, at midnight in London, and in the last hour in which it can be confirmed
        clock.advance(timedelta(hours=hours))
        assert runtime.retention.purge().over == []
    clock.advance(timedelta(hours=1))
    assert runtime.retention.purge().over == [SLUG]
