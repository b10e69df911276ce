"""The directory of missions: the right embassy for every country, or an honest none."""

import csv
from dataclasses import replace
from datetime import date

import pytest

from campaign.core.errors import CampaignError
from campaign.recipients.countries import country_names
from campaign.recipients.directory import MissionsDirectory, fresh_until, is_fresh
from campaign.recipients.directory_file import Table
from campaign.recipients.mission import Confidence, Envoy, Why
from campaign.settings import ROOT
from tests.recipients.directory_rows import AMBASSADOR, EMBASSY, NOBODY, as_csv

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def directory() -> MissionsDirectory:
    return MissionsDirectory.load(ROOT / "letters" / "directory")


def test_canada_gets_exactly_the_embassy_of_the_urgent_action(directory):
    mission = directory.choose("CN", "CA", TODAY).mission
    assert mission.lines == ("515 St. Patrick Street", "Ottawa, ON K1N 5H3")
    assert mission.email == "chineseembassy.ca@gmail.com"
    assert mission.fax == "613 789 1911"
    assert mission.fax_e164 == "+16137891911"
    assert mission.confidence is Confidence.HIGH


def test_a_superseded_ambassador_is_never_named(directory):
    envoy = directory.choose("CN", "CA", TODAY).envoy
    assert (envoy.name, envoy.as_of) == ("Wang Di", date(2025, 12, 12))


def test_a_name_is_used_while_it_is_at_most_two_years_old():
    envoy = Envoy("A Name", "", date(2024, 11, 26))
    assert is_fresh(envoy, TODAY)
    assert is_fresh(replace(envoy, as_of=date(2024, 11, 21)), TODAY)
    assert not is_fresh(replace(envoy, as_of=date(2024, 11, 20)), TODAY)
    assert not is_fresh(replace(envoy, as_of=date(2027, 1, 1)), TODAY)


def test_a_stale_name_is_not_given(directory):
    choice = directory.choose("CN", "US", TODAY)
    assert choice.mission.lines
    assert choice.envoy is None


def test_kazakhstan_has_an_embassy_of_medium_confidence_that_may_be_printed(directory):
    mission = directory.choose("CN", "KZ", TODAY).mission
    assert mission.confidence is Confidence.MEDIUM
    assert mission.postable


def test_andorra_is_served_from_spain_and_it_is_said(directory):
    choice = directory.choose("CN", "AD", TODAY)
    assert choice.covered_by == "ES"
    assert choice.mission.host == "ES"


def test_san_marino_is_served_from_rome(directory):
    mission = directory.choose("CN", "SM", TODAY).mission
    assert (mission.host, mission.located_in) == ("SM", "IT")


@pytest.mark.parametrize("country", ["TW", "BT", "HK", "GT", "VA", "XK"])
def test_a_country_without_a_mission_gets_none_instead_of_a_guess(directory, country):
    assert directory.choose("CN", country, TODAY).mission is None


@pytest.mark.parametrize("country", ["IQ", "LT", "LY"])
def test_an_address_of_low_confidence_is_not_printed(directory, country):
    assert not directory.choose("CN", country, TODAY).mission.postable


def test_no_row_carries_an_address_without_a_source():
    with (ROOT / "letters" / "directory" / "CN" / "missions.csv").open(encoding="utf-8", newline="") as file:
        unsourced = [row for row in csv.DictReader(file) if "UNSOURCED" in row["source"]]
    assert unsourced
    assert not any(row["address_lines"] or row["postcode"] for row in unsourced)


def test_liechtenstein_where_no_ambassador_is_accredited_is_covered_by_no_embassy(directory):
    assert directory.choose("CN", "LI", TODAY).why is Why.NONE


def test_every_country_has_an_answer_and_no_united_nations_mission_is_taken_for_an_embassy(directory):
    for country in country_names("en"):
        choice = directory.choose("CN", country, TODAY)
        assert choice.asked == country
        if choice.mission:
            assert choice.mission.kind in {"embassy", "office"}
    assert directory.choose("CN", "CH", TODAY).mission.city == "Bern"


def test_a_state_nobody_collected_has_no_missions(directory):
    assert directory.choose("DE", "CA", TODAY).mission is None


@pytest.mark.parametrize(
    ("country", "why"),
    [
        ("CA", Why.IN_COUNTRY),
        ("SM", Why.SEATED_ELSEWHERE),
        ("LY", Why.SEATED_ELSEWHERE),
        ("AD", Why.COVERED_ELSEWHERE),
        ("BT", Why.NONE),
        ("CN", Why.HOME),
    ],
)
def test_a_choice_says_why_it_was_made(directory, country, why):
    assert directory.choose("CN", country, TODAY).why is why


def test_a_country_the_directory_says_nothing_about_is_not_said_to_have_no_mission(directory):
    assert directory.choose("DE", "CA", TODAY).why is Why.NOT_LISTED


def test_a_name_too_old_to_print_is_known_to_organisers(directory):
    assert directory.choose("CN", "US", TODAY).stale_envoy.as_of == date(2023, 5, 24)
    assert directory.choose("CN", "CA", TODAY).stale_envoy is None
    assert directory.choose("CN", "BT", TODAY).stale_envoy is None


def test_a_leap_day_is_believed_until_the_last_of_february():
    assert fresh_until(date(2024, 2, 29)) == date(2026, 2, 28)


def _written(folder, *rows, names=()):
    (folder / "CN").mkdir()
    (folder / "CN" / "missions.csv").write_bytes(as_csv(Table.MISSIONS, *rows))
    (folder / "CN" / "ambassadors.csv").write_bytes(as_csv(Table.AMBASSADORS, *names))
    return folder


def test_a_superseded_name_is_not_used_even_when_nobody_knows_the_successor(tmp_path):
    name = AMBASSADOR | {"kind": "in office (superseded)"}
    choice = MissionsDirectory.load(_written(tmp_path, EMBASSY, names=[name])).choose("CN", "FR", TODAY)
    assert choice.envoy is None
    assert choice.stale_envoy is None


def test_a_directory_that_cannot_be_read_says_which_command_names_the_line(tmp_path):
    folder = _written(tmp_path, EMBASSY, NOBODY | {"mission_type": "embassy", "source_date": "last year"})
    with pytest.raises(CampaignError, match="missions check --state CN"):
        MissionsDirectory.load(folder)
