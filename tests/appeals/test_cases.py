"""The cases of a pack: every row has a source and consent, or the pack is not published."""

import pytest

from campaign.appeals.definition import Slot
from campaign.appeals.pack import files_in_folder, from_zip, load_pack, read_pack, to_zip
from campaign.appeals.problems import Problem
from campaign.settings import ROOT

FIRST = "id,name,facts.en,facts.fr,facts.zh-Hans,source,consent,url"
ROW = 'one,Sample Person,"Detained, it is said.",Une phrase.,一句话。,update,yes,https://example.org/one'


@pytest.fixture
def files() -> dict[str, bytes]:
    pack = dict(files_in_folder(ROOT / "letters" / "ua-61-21"))
    letter = pack["president.en.md"].replace(b"((words))", b"((case))\n\n((words))")
    return {**pack, "president.en.md": letter}


def with_rows(files: dict[str, bytes], *rows: str, first: str = FIRST) -> dict[str, bytes]:
    return {**files, "cases.csv": "\n".join((first, *rows)).encode()}


def problems(files: dict[str, bytes]) -> list[Problem]:
    return [one for one in read_pack("x", files).problems if one.file == "cases.csv"]


def test_a_case_is_read_with_its_facts_in_every_letter_language(files):
    appeal = load_pack("x", with_rows(files, ROW))
    [case] = appeal.cases
    assert (case.id, case.name, case.source, case.url) == ("one", "Sample Person", "update", "https://example.org/one")
    assert case.facts == {"en": "Detained, it is said.", "fr": "Une phrase.", "zh-Hans": "一句话。"}
    assert Slot("case") in appeal.letters["president", "en"].blocks


def test_ua_61_21_names_nobody_its_document_does_not_name():
    pack = files_in_folder(ROOT / "letters" / "ua-61-21")
    assert "cases.csv" not in pack
    assert load_pack("x", pack).cases == ()


def test_the_file_is_part_of_the_pack_in_a_folder_and_in_a_zip(files, tmp_path):
    for name, content in with_rows(files, ROW).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "people.csv").write_text("private,notes\n")
    found = files_in_folder(tmp_path)
    assert "cases.csv" in found
    assert "people.csv" not in found
    assert from_zip(to_zip(found)) == found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",yes,", ",,", "must say “yes”"),
        (",yes,", ",no,", "must say “yes”"),
        ("one,Sample", "One Person,Sample", "is not an id"),
        ("Sample Person", " ", "The name is empty"),
        (",update,", ",hearsay,", "No [[source]] of appeal.toml has the id “hearsay”"),
        ("Une phrase.", "", "no text for “fr”"),
        ("https://", "ftp://", "begins with https://"),
        ('"Detained, it is said."', "Detained, it is said.", "another number of cells"),
    ],
)
def test_a_case_that_lacks_something_is_an_error_at_its_line(files, old, new, said):
    second = ROW.replace("one,", "two,", 1)
    assert old in ROW
    [problem] = problems(with_rows(files, second, ROW.replace(old, new)))
    assert said in problem.message
    assert (problem.line, problem.fatal) == (3, True)


def test_the_same_id_twice_is_an_error(files):
    [problem] = problems(with_rows(files, ROW, ROW))
    assert (problem.line, problem.message) == (3, "The id “one” is used twice.")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",consent", ",consented", "The column “consent” is missing."),
        (",url", ",uri", "There is no column “uri”; is it misspelt?"),
        (",facts.fr", "", "The column “facts.fr” is missing."),
        (",url", ",name", "The column “name” stands there twice."),
    ],
)
def test_a_wrong_column_is_an_error_before_any_row_is_read(files, old, new, said):
    found = problems(with_rows(files, ROW, first=FIRST.replace(old, new)))
    assert said in [one.message for one in found]
    assert {one.line for one in found} == {1}


@pytest.mark.parametrize("content", [b"", FIRST.encode(), b'id,"name', b"\xff\xfe", b"\x00"])
def test_a_file_without_a_readable_case_is_an_error(files, content):
    assert problems({**files, "cases.csv": content})
    assert read_pack("x", {**files, "cases.csv": content}).appeal is None


def test_a_letter_that_speaks_of_a_case_needs_cases(files):
    [problem] = read_pack("x", files).errors
    assert problem.file == "president.en.md"
    assert files["president.en.md"].decode().splitlines()[problem.line - 1] == "((case))"


def test_cases_that_no_letter_speaks_of_are_advised_against(files):
    plain = {**files, "president.en.md": files["president.en.md"].replace(b"((case))\n\n", b"")}
    [advice] = problems(with_rows(plain, ROW))
    assert not advice.fatal


def test_a_case_inside_a_sentence_is_an_error(files):
    bad = {**files, "president.en.md": files["president.en.md"].replace(b"Thank you", b"((case)) Thank you")}
    assert "must stand alone" in read_pack("x", with_rows(bad, ROW)).errors[0].message
