"""When an appeal takes signatures: from its opening day to the end of its deadline, in its own time zone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from campaign.appeals.pack import files_in_folder, load_pack
from campaign.appeals.state import State, kept_until, standing
from campaign.settings import ROOT
from tests.clock import FixedClock

APPEAL = load_pack("ua-61-21", files_in_folder(ROOT / "letters" / "ua-61-21"))


def at(*moment: int) -> FixedClock:
    return FixedClock(datetime(*moment, tzinfo=UTC))


def test_an_appeal_without_a_closing_date_stays_open():
    assert standing(APPEAL, at(2030, 1, 1)).is_open
    assert kept_until(APPEAL) is None


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ((2027, 1, 31, 23, 0), State.OPEN),
        ((2027, 2, 1, 4, 59), State.OPEN),  # still 31 January in Toronto
        ((2027, 2, 1, 5, 0), State.EXPIRED),
    ],
)
def test_the_last_day_ends_at_midnight_in_the_appeals_own_time_zone(moment, state):
    appeal = replace(APPEAL, deadline=date(2027, 1, 31), time_zone="America/Toronto")
    assert standing(appeal, at(*moment)).state is state


def test_an_appeal_is_not_open_before_its_day():
    appeal = replace(APPEAL, opens=date(2026, 12, 1))
    assert standing(appeal, at(2026, 11, 30, 12)).state is State.NOT_YET
    assert standing(appeal, at(2026, 12, 1, 12)).is_open


def test_a_closed_appeal_is_closed_whatever_its_dates():
    assert standing(replace(APPEAL, closed=True), at(2026, 1, 1)).state is State.CLOSED


def test_signatures_are_kept_for_the_promised_days_after_the_deadline():
    assert kept_until(replace(APPEAL, deadline=date(2027, 1, 31), keep_days_after_close=90)) == date(2027, 5, 1)


def test_an_appeal_whose_keys_are_destroyed_is_closed_and_one_past_its_deadline_keeps_its_day():
    opening = replace(APPEAL, opens=date(2031, 1, 1))
    for appeal in (APPEAL, opening, replace(opening, deadline=date(2032, 1, 1))):
        assert standing(appeal, at(2030, 1, 1), ended=True).state is State.CLOSED
    assert standing(replace(APPEAL, deadline=date(2029, 1, 1)), at(2030, 1, 1), ended=True).state is State.EXPIRED
