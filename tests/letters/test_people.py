"""The list of a letter night: whatever a spreadsheet makes of it, every row becomes a person or a reason."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.appeals.definition import Case
from campaign.letters.people import BadRow, Otherwise, PeopleList, Person
from campaign.letters.people_table import COLUMNS, ListError
from tests.letters.builders import ALL_DEMANDS, EMBASSY, PRESIDENT, sample_appeal

OPTIONAL = replace(PRESIDENT, id="commissioner", optional=True)
APPEAL = replace(sample_appeal(), recipients=(PRESIDENT, EMBASSY, OPTIONAL))
CASES = (Case("one", "A B", {"en": "x"}, "s"), Case("two", "C D", {"en": "y"}, "s"))


def read(content, appeal=APPEAL, otherwise=None):
    raw = content.encode() if isinstance(content, str) else content
    return list(PeopleList(io.BytesIO(raw), "people.csv", appeal, otherwise or Otherwise("CA")))


def only(content, **more):
    [one] = read(content, **more)
    assert isinstance(one, Person), one
    return one.values


def problems(content, **more):
    return {one.line: " ".join(one.problems) for one in read(content, **more) if isinstance(one, BadRow)}


def test_every_column_becomes_the_value_it_is_for():
    values = only(
        "name,country,city,address,locale,words,recipients,demands,embassy,without name,translated\n"
        'Aygül Qadir,France,Lyon,"1 rue A\n69001 Lyon",fr,"I am a nurse.",commissioner,"release, protect",CA,no,x\n'
    )
    assert (values.name, values.country, values.city, values.locale) == ("Aygül Qadir", "FR", "Lyon", "fr")
    assert (values.address, values.words) == ("1 rue A\n69001 Lyon", "I am a nurse.")
    assert (values.recipients, values.demands) == (("commissioner",), ("release", "protect"))
    assert (values.mission_country, values.without_name, values.translated) == ("CA", False, True)


def test_a_row_with_a_name_alone_takes_everything_else_from_what_is_usual():
    values = only("name\nAygül\n", otherwise=Otherwise("KZ", "zh-Hans"))
    assert (values.country, values.locale, values.demands) == ("KZ", "zh-Hans", ALL_DEMANDS)
    assert (values.recipients, values.words, values.mission_country) == ((), "", "")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_commas_semicolons_tabs_and_every_line_end_are_understood(separator, ending, mark):
    rows = [["Name", "COUNTRY", "City"], ["Aygül, Q.; x", "CA", "Ottawa"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)
    values = only(mark + out.getvalue())
    assert (values.name, values.country, values.city) == ("Aygül, Q.; x", "CA", "Ottawa")


def test_the_line_with_which_excel_names_its_separator_is_no_row():
    [one] = read("sep=;\nname;country\nA;CA\n")
    assert (one.line, one.values.name) == (3, "A")


@pytest.mark.parametrize("heading", ["PAYS", " Country ", "country_of_residence", "Land"])
def test_headings_are_known_in_capitals_with_lines_and_in_other_languages(heading):
    assert only(f"Nom,{heading}\nA,FR\n").country == "FR"


def test_no_heading_stands_for_two_columns():
    aliases = [alias for known in COLUMNS.values() for alias in known]
    assert len(aliases) == len(set(aliases))


def test_a_heading_that_means_nothing_is_told_and_not_guessed():
    people = PeopleList(io.BytesIO(b"name,adress,phone\nA,1 Road,5\n"), "people.csv", APPEAL, Otherwise("CA"))
    assert people.unused == ("adress", "phone")
    [one] = people
    assert one.values.address == ""


@pytest.mark.parametrize("country", ["CA", "ca", "Canada", "Kanada", "加拿大"])
def test_a_country_may_be_a_code_or_a_name(country):
    assert only(f"name,country\nA,{country}\n").country == "CA"


@pytest.mark.parametrize(
    ("typed", "locale"), [("FR", "fr"), ("fr_CA", "fr"), ("French", "fr"), ("Français", "fr"), ("中文", "zh-Hans")]
)
def test_a_language_may_be_a_code_or_its_name(typed, locale):
    assert only(f"name,language\nA,{typed}\n").locale == locale


@pytest.mark.parametrize("typed", ["1 Road\\nTown", "1 Road | Town", "1 Road|Town"])
def test_an_address_on_one_line_can_be_broken_where_it_says_so(typed):
    assert only(f"name,address\nA,{typed}\n").address == "1 Road\nTown"


def test_every_bad_row_is_told_with_its_line_and_with_everything_that_is_wrong():
    told = problems(
        "name,country,locale,recipients,without name\n"
        "A,CA,en,,\n"
        ",XX,de,pope,perhaps\n"
        "\n"
        '"B\nB",Atlantis,en,,\n'
        "C,CA,en,,,,extra\n"
    )
    assert list(told) == [3, 5, 7]
    for word in ("No name", "“XX”", "“de”. Choose en, fr, zh-Hans", "“pope”", "“perhaps”"):
        assert word in told[3]
    assert "“Atlantis”" in told[5]
    assert "7 cells and 5 headings" in told[7]


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("name", "x" * 101, "101 characters are too many"),
        ("name", "12345", "is no name"),
        ("name", "see https://a.example", "is no name"),
        ("city", "\U00012000", "cannot print \U00012000 (U+12000)"),
        ("address", "a|b|c|d|e|f", "more than 5 lines"),
        ("words", "x" * 1001, "1,001 characters are too many; keep it to 1,000"),
        ("words", r"x\n" * 60 + "x", "more than 60 lines"),
        ("demands", "everything", "There is no demand “everything”. Choose from release, disclose, protect"),
        ("embassy", "Atlantis", "is no country"),
    ],
)  # fmt: skip
def test_what_a_letter_cannot_hold_is_a_sentence(column, cell, sentence):
    name = "" if column == "name" else "A"
    told = problems(f"{column},{'city' if column == 'name' else 'name'}\n{cell},{name}\n")
    assert sentence in told[2]


def test_a_letter_without_a_name_needs_a_yes():
    assert only("name,without name\n,yes\n").without_name
    assert "No name" in problems("name,city\n,Ottawa\n")[2]
    assert "No country" in problems("name\nA\n", otherwise=Otherwise())[2]


def test_cases_nobody_chose_go_round_so_that_each_gets_as_many_letters():
    appeal = replace(APPEAL, cases=CASES)
    rows = read("name,case\nA,\nB,\nC,two\nD,\nE,c d\n", appeal=appeal)
    assert [one.values.case for one in rows] == ["one", "two", "two", "one", "two"]
    assert "There is no case “x”. Choose from one, two" in problems("name,case\nA,x\n", appeal=appeal)[2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name,city\nA,Montréal\n".encode("latin-1"), "is not UTF-8 (line 2)"),
        ("name,city\nA,Montréal\n".encode("utf-16"), "is not UTF-8 (line 1)"),
        (b"", "has no column “name”"),
        (b"vorname,city\nA,B\n", "has no column “name”"),
        (b"name,nom\nA,B\n", "more than one column for “name”"),
        (b'name,city\nA,B\n"C,D\nE,F\n', "line 3: a quotation mark"),
    ],
)
def test_a_file_that_is_no_list_is_a_sentence_that_says_what_to_do(content, sentence):
    with pytest.raises(ListError, match=r"^(?:people\.csv)") as refused:
        read(content)
    assert sentence in str(refused.value)


_CELLS = st.text(max_size=12) | st.sampled_from(
    ["CA", "Canada", "fr", "yes", '"', ";", "a|b", "=1+1", "\x00", "\ufeff"]
)


@given(st.lists(st.lists(_CELLS, max_size=8), max_size=8), st.sampled_from(",;\t"))
def test_a_wild_table_gives_people_and_reasons_and_never_an_accident(rows, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["name", "country", "city", "address", "locale", "words"])
    for row in rows:
        writer.writerow(row)
    try:
        found = read(out.getvalue())
    except ListError:
        return
    lines = [one.line for one in found]
    assert lines == sorted(set(lines))
    for one in found:
        if isinstance(one, Person):
            assert one.values.name
            assert len(one.values.country) == 2
        else:
            assert one.problems


@given(st.binary(max_size=300))
def test_wild_bytes_are_refused_or_read_and_never_an_accident(content):
    try:
        found = read(b"name,country\n" + content)
    except ListError:
        return
    assert all(one.line > 1 for one in found)
