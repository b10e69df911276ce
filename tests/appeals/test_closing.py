"""The end of an appeal: when the last can confirm, and on which day everything is deleted."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.appeals.closing import closing_moment, deletion_day, is_over, takes_confirmations
from campaign.appeals.definition import Appeal
from campaign.appeals.editions import publish
from campaign.core.database import Database
from tests.site import FILES

SLUG = "ua-61-21"
DAY = date(2026, 11, 21)


@pytest.fixture
def edition(database: Database):
    """Publish UA 61/21 on a day with some more lines in its appeal.toml."""

    def make(day: date = DAY, more: str = "", zone: str = "Europe/London") -> Appeal:
        text = re.sub('time_zone = ".*"', f'time_zone = "{zone}"\n{more}', FILES["appeal.toml"].decode(), count=1)
        with database.unit_of_work() as session:
            return publish(session, SLUG, {**FILES, "appeal.toml": text.encode()}, day)[0].appeal

    return make


def test_without_a_date_an_appeal_never_ends_by_itself(database, edition):
    appeal = edition()
    with database.reading() as session:
        assert closing_moment(session, appeal) is None
        assert deletion_day(session, appeal) is None
        assert takes_confirmations(session, appeal, datetime(2099, 1, 1, tzinfo=UTC))
        assert not is_over(session, appeal, datetime(2099, 1, 1, tzinfo=UTC))


def test_the_last_day_ends_at_midnight_where_the_appeal_is_at_home(database, edition):
    appeal = edition(more="deadline = 2026-11-21", zone="Asia/Urumqi")
    midnight = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # Urumqi is six hours ahead
    with database.reading() as session:
        assert closing_moment(session, appeal) == midnight
        assert takes_confirmations(session, appeal, midnight + timedelta(hours=23, minutes=59))
        assert not takes_confirmations(session, appeal, midnight + timedelta(hours=24))


def test_signatures_go_on_the_day_that_the_page_names(database, edition):
    appeal = edition(more="deadline = 2026-11-21")
    with database.reading() as session:
        assert deletion_day(session, appeal) == DAY + timedelta(days=90)
        assert not is_over(session, appeal, datetime(2027, 2, 18, 23, 59, tzinfo=UTC))
        assert is_over(session, appeal, datetime(2027, 2, 19, tzinfo=UTC))


def test_an_appeal_without_a_deadline_ends_with_the_edition_that_closed_it(database, edition):
    edition()
    edition(DAY + timedelta(days=1), "closed = true")
    appeal = edition(
        DAY + timedelta(days=9), "closed = true\nkeep_country = true"
    )  # a mended text does not prolong anything
    with database.reading() as session:
        assert closing_moment(session, appeal) == datetime(2026, 11, 23, tzinfo=UTC)
        assert deletion_day(session, appeal) == DAY + timedelta(days=91)


def test_closed_and_opened_again_counts_from_the_last_time(database, edition):
    edition(DAY, "closed = true")
    edition(DAY + timedelta(days=1))
    appeal = edition(DAY + timedelta(days=5), "closed = true")
    with database.reading() as session:
        assert deletion_day(session, appeal) == DAY + timedelta(days=95)


def test_closed_before_its_deadline_the_promised_day_stays(database, edition):
    edition(DAY, "deadline = 2026-12-24")
    appeal = edition(DAY + timedelta(days=1), "deadline = 2026-12-24\nclosed = true")
    with database.reading() as session:
        assert closing_moment(session, appeal) == datetime(2026, 11, 23, tzinfo=UTC)
        assert deletion_day(session, appeal) == date(2027, 3, 24)
