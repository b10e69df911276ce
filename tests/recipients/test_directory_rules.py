"""What a table of the directory must keep to, and what a group is told to look at."""

from datetime import date

import pytest

from campaign.recipients.directory_check import check_directory, check_folder
from campaign.recipients.directory_file import Table
from campaign.recipients.directory_rules import FindingKind, broken_rules
from campaign.settings import ROOT
from tests.recipients.directory_rows import AMBASSADOR, EMBASSY, NOBODY, ambassadors, missions

TODAY = date(2026, 11, 21)
SHIPPED = ROOT / "letters" / "directory" / "CN"


def found(kind, *rows, names=(), day=TODAY):
    """Return the findings of a kind about rows and names, without the countries that have none."""
    every = check_directory(missions(*rows), ambassadors(*names), day)
    return [(one.line, one.country, one.message) for one in every if one.kind is kind and one.line]


def test_sound_rows_break_no_rule_and_raise_no_doubt():
    assert broken_rules(missions(EMBASSY, NOBODY), TODAY) == ()
    assert broken_rules(ambassadors(AMBASSADOR), TODAY) == ()
    every = check_directory(missions(EMBASSY, NOBODY), ambassadors(AMBASSADOR), TODAY)
    assert {one.kind for one in every} == {FindingKind.MISSING}


def test_the_joiners_that_persian_and_hindi_spell_with_are_not_called_invisible():
    assert broken_rules(missions(EMBASSY | {"notes": "می\u200cخواهم"}), TODAY) == ()


def test_a_row_that_breaks_a_rule_is_reported_for_that_alone():
    assert found(FindingKind.DOUBT, EMBASSY | {"confidence": "low"})
    assert found(FindingKind.DOUBT, EMBASSY | {"confidence": "low", "email": "nobody"}) == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"host_country": "fr"}, "host_country “fr” is not a country code"),
        ({"host_country": ""}, "host_country “” is not a country code"),
        ({"located_in": "XX"}, "located_in “XX” is not a country code"),
        ({"mission_type": "high commission"}, "mission_type “high commission”"),
        ({"mission_type": "none"}, "there is no mission, but the row has located_in, address_lines, email, phone"),
        ({"confidence": "good"}, "confidence “good” is none of high, medium, low"),
        ({"source": ""}, "source is empty"),
        ({"source_date": ""}, "source_date is empty"),
        ({"source_date": "15.01.2026"}, "source_date “15.01.2026” is not a day"),
        ({"source_date": "2026-02-30"}, "is not a day"),
        ({"source_date": "2026-11-22"}, "source_date 2026-11-22 lies in the future"),
        ({"address_lines": "A street||A town"}, "address_lines has an empty line"),
        ({"address_lines": "A street | A town"}, "blanks beside a “|”"),
        ({"address_lines": ""}, "address_level “street” does not agree with address_lines (0 lines)"),
        ({"address_level": "none"}, "does not agree with address_lines (2 lines)"),
        ({"address_level": "good"}, "address_level “good” is none of"),
        ({"email": "a@mission.org, b@mission.org"}, "is not one address"),
        ({"email": "a@mission.org?bcc=x@mission.org"}, "is not one address"),
        ({"fax": "ask for it"}, "fax “ask for it” is not a telephone number"),
        ({"website": "mission.org"}, "does not begin with http"),
        ({"lat": "48,85"}, "lat “48,85” is not a number"),
        ({"lon": "181"}, "lon “181” is not a number"),
        ({"covered_by": "ES"}, "a country with a mission is not covered by another one"),
        ({"notes": "a\u202eb"}, "notes holds an invisible character (U+202E)"),
        ({"notes": "one\ntwo"}, "notes holds an invisible character (U+000A)"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_with_its_line(cells, sentence):
    errors = broken_rules(missions(NOBODY | {"covered_by": ""}, EMBASSY | cells), TODAY)
    assert {one.line for one in errors} == {3}
    assert any(sentence in str(one) for one in errors)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"country": "France"}, "country “France” is not a country code"),
        ({"family_name": "Another"}, "family_name “Another” is not a part of name"),
        ({"family_name": ""}, "is not a part of name"),
        ({"honorific": "Sir"}, "honorific “Sir”"),
        ({"as_of": ""}, "as_of is empty"),
        ({"as_of": "2027-01-01"}, "lies in the future"),
        ({"source": ""}, "source is empty"),
    ],
)
def test_a_name_that_breaks_a_rule_is_named_with_its_line(cells, sentence):
    [error] = broken_rules(ambassadors(AMBASSADOR | cells), TODAY)
    assert (error.line, sentence in error.message) == (2, True)


def test_covered_by_must_point_to_a_mission():
    [error] = broken_rules(missions(EMBASSY, NOBODY | {"covered_by": "ES"}), TODAY)
    assert (error.line, error.country) == (3, "MC")
    assert "where there is no embassy" in error.message


def test_two_rows_may_not_answer_one_question():
    twice = broken_rules(missions(EMBASSY, EMBASSY), TODAY)
    assert [one.message for one in twice] == ["this is the same row as line 2; keep one."]
    contrary = broken_rules(missions(EMBASSY, NOBODY | {"host_country": "FR", "covered_by": ""}), TODAY)
    assert [one.message for one in contrary] == ["this contradicts line 2: only one of them can be true."]
    names = broken_rules(ambassadors(AMBASSADOR, AMBASSADOR | {"name": "Other Person", "family_name": "Other"}), TODAY)
    assert [one.line for one in names] == [3]


def test_a_source_is_stale_after_24_months_and_not_before():
    dated = EMBASSY | {"source_date": "2024-11-21"}
    assert found(FindingKind.STALE, dated) == []
    [(line, country, message)] = found(FindingKind.STALE, dated, day=date(2026, 11, 22))
    assert (line, country) == (2, "FR")
    assert "2024-11-21" in message


def test_a_name_is_announced_before_it_is_stale_and_then_called_stale():
    name = AMBASSADOR | {"as_of": "2025-01-15"}
    assert found(FindingKind.SOON, EMBASSY, names=[name], day=date(2026, 10, 1)) == []
    assert "2027-01-15" in found(FindingKind.SOON, EMBASSY, names=[name], day=date(2026, 12, 1))[0][2]
    assert found(FindingKind.STALE, EMBASSY, names=[name], day=date(2027, 1, 15)) == []
    assert found(FindingKind.STALE, EMBASSY, names=[name], day=date(2027, 1, 16))[0][1] == "FR"


def test_an_old_name_is_no_matter_once_a_newer_one_is_there_or_nobody_is_addressed():
    old = AMBASSADOR | {"as_of": "2020-01-15"}
    assert found(FindingKind.STALE, EMBASSY, names=[old])
    assert found(FindingKind.STALE, EMBASSY, names=[old, AMBASSADOR]) == []
    assert found(FindingKind.STALE, EMBASSY, names=[old | {"kind": "in office (superseded)"}]) == []
    assert found(FindingKind.STALE, EMBASSY, names=[old | {"country": "MC"}]) == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"confidence": "low"}, "confidence is low"),
        ({"address_lines": "", "address_level": "none"}, "there is no postal address"),
        ({"phone": "+33 1 53"}, "is not a number that exists"),
        ({"address_lines": "75007 Paris"}, "a single line"),
        ({"address_lines": "A street|75007 Paris|FRANCE"}, "which the program adds itself"),
        ({"address_lines": "улица|75007 Paris"}, "another script than Latin"),
    ],
)
def test_what_a_group_should_doubt_is_said(cells, sentence):
    [(line, country, message)] = found(FindingKind.DOUBT, EMBASSY | cells)
    assert (line, country) == (2, "FR")
    assert sentence in message


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {"address_lines": "12, rue d'une ligne bien trop longue, Passy|Paris"},
            "a line has 43 characters",
        ),
        ({"address_level": "district"}, "names a district"),
        ({"address_lines": "1|2|3|4|75007 Paris"}, "below it takes 9 lines, too many for a window"),
    ],
)
def test_what_would_be_better_otherwise_is_only_advice(cells, sentence):
    [(_, _, message)] = found(FindingKind.ADVICE, EMBASSY | cells)
    assert sentence in message


def test_a_town_that_has_its_countrys_name_is_a_town():
    singapore = {"host_country": "SG", "located_in": "SG", "city": "Singapore", "phone": "", "postcode": ""}
    assert found(FindingKind.DOUBT, EMBASSY | singapore | {"address_lines": "150 Any Road|Singapore"}) == []
    [(_, _, message)] = found(FindingKind.DOUBT, EMBASSY | singapore | {"address_lines": "Singapore"})
    assert "a single line" in message


def test_long_lines_count_as_the_lines_they_become():
    long = "12, rue d'une ligne bien trop longue, Passy|Second line of it|Third line of it|75007 Paris"
    messages = [message for _, _, message in found(FindingKind.ADVICE, EMBASSY | {"address_lines": long})]
    assert any("it takes 9 lines" in message for message in messages)


def test_a_country_without_a_row_is_missing():
    every = check_directory(missions(EMBASSY), ambassadors(), TODAY)
    missing = {one.country for one in every if one.kind is FindingKind.MISSING}
    assert "DE" in missing
    assert "FR" not in missing


def test_the_directory_we_ship_has_no_error_and_no_gap():
    every = check_folder(SHIPPED, TODAY)
    assert [str(one) for one in every if one.kind in {FindingKind.ERROR, FindingKind.MISSING}] == []
    low = {one.country for one in every if one.kind is FindingKind.DOUBT and one.file == Table.MISSIONS.file}
    assert {"ET", "IQ", "LY", "YE"} <= low


def test_a_file_that_cannot_be_read_is_a_finding_with_its_line(tmp_path):
    (tmp_path / "missions.csv").write_text("a,b\n")
    [finding] = check_folder(tmp_path, TODAY)
    assert (finding.kind, finding.file, finding.line) == (FindingKind.ERROR, "missions.csv", 1)
