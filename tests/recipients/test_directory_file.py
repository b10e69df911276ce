"""The directory's tables: read as people save them, compared row by row, replaced in one step."""

import pytest

from campaign.core.errors import CampaignError
from campaign.recipients.directory_file import (
    DirectoryFileError,
    Sheet,
    Table,
    differences,
    read_folder,
    read_sheet,
    write_sheet,
)
from campaign.settings import ROOT
from tests.recipients.directory_rows import AMBASSADOR, EMBASSY, NOBODY, ambassadors, as_csv, missions


@pytest.mark.parametrize("table", list(Table))
def test_the_directory_we_ship_is_written_exactly_as_it_was_read(table, tmp_path):
    shipped = ROOT / "letters" / "directory" / "CN"
    write_sheet(read_folder(shipped, table), tmp_path / table.file)
    assert (tmp_path / table.file).read_bytes() == (shipped / table.file).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + as_csv(Table.MISSIONS, EMBASSY),
        as_csv(Table.MISSIONS, EMBASSY).replace(b"\n", b"\r\n"),
        as_csv(Table.MISSIONS, EMBASSY, delimiter=";"),
        as_csv(Table.MISSIONS, EMBASSY).rstrip(b"\n"),
    ],
    ids=["byte order mark", "CRLF", "semicolons", "no last line end"],
)
def test_what_spreadsheets_write_is_read(content):
    assert read_sheet(content, "x.csv").rows == missions().rows


def test_a_row_knows_the_line_it_begins_in_even_after_a_cell_of_several_lines():
    content = as_csv(Table.MISSIONS, EMBASSY | {"notes": "one\ntwo"}, NOBODY)
    assert [row.line for row in read_sheet(content, "x.csv").rows] == [2, 4]


def test_the_header_says_which_table_it_is_in_any_order_of_columns():
    header, row = (line.split(",") for line in as_csv(Table.AMBASSADORS, AMBASSADOR).decode().splitlines())
    content = "\n".join(",".join(reversed(cells)) for cells in (header, row)).encode()
    sheet = read_sheet(content, "x.csv")
    assert sheet.table is Table.AMBASSADORS
    assert sheet.rows[0]["name"] == "Name Of Somebody"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "x.csv:1: The file is empty."),
        (b"\n\n", "x.csv:1: The file is empty."),
        (b"name,town\n", "x.csv:1: The first line must name the columns of ambassadors.csv"),
        (as_csv(Table.MISSIONS).replace(b"fax,", b"telefax,"), "(missing: fax; unknown: telefax)"),
        (as_csv(Table.MISSIONS).replace(b"fax,", b"fax,fax,"), "(twice: fax)"),
        (as_csv(Table.MISSIONS) + b"FR,France\n", "x.csv:2: This row has 2 cells instead of 20"),
        (as_csv(Table.MISSIONS, EMBASSY) + b"\xff\xfe", "x.csv:3: This is not UTF-8"),
        (as_csv(Table.MISSIONS, EMBASSY) + b'FR,"open', "x.csv:3: This row cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(content, sentence):
    with pytest.raises(DirectoryFileError) as error:
        read_sheet(content, "x.csv")
    assert sentence in str(error.value)


def test_differences_name_every_row_that_is_new_gone_or_different():
    before = missions(EMBASSY, NOBODY)
    after = missions(EMBASSY | {"city": "Lyon", "phone": ""}, NOBODY | {"host_country": "AD"})
    found = {change.key: (change.kind, change.cells) for change in differences(before, after)}
    assert found == {
        ("AD", "none"): ("added", ()),
        ("FR", "embassy"): ("changed", (("city", "Paris", "Lyon"), ("phone", "+33 1 53 75 88 05", ""))),
        ("MC", "none"): ("removed", ()),
    }


def test_the_same_table_in_another_order_is_no_difference():
    assert differences(missions(EMBASSY, NOBODY), missions(NOBODY, EMBASSY)) == ()


def test_writing_keeps_the_table_before_and_its_permissions_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "CN" / "missions.csv"
    write_sheet(missions(EMBASSY), path)
    before = path.read_bytes()
    path.chmod(0o640)
    write_sheet(missions(EMBASSY, NOBODY), path)
    assert read_folder(path.parent, Table.MISSIONS).rows == missions(EMBASSY, NOBODY).rows
    assert path.with_name("missions.csv.bak").read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in path.parent.iterdir()) == ["missions.csv", "missions.csv.bak"]


def test_a_table_that_cannot_be_written_is_a_sentence_and_the_old_one_stays(tmp_path):
    path = tmp_path / "missions.csv"
    write_sheet(missions(EMBASSY), path)
    before = path.read_bytes()
    (tmp_path / "missions.csv.bak").mkdir()
    with pytest.raises(CampaignError, match="Nothing was changed"):
        write_sheet(missions(NOBODY), path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["missions.csv", "missions.csv.bak"]


def test_a_folder_without_a_table_has_no_rows(tmp_path):
    assert read_folder(tmp_path, Table.AMBASSADORS) == Sheet(Table.AMBASSADORS, ())
    assert ambassadors().rows == ()
