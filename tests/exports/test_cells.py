"""No spreadsheet program takes anything a supporter typed for a formula, and names stay as they are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.exports import text_cell, write_csv

FORMULAS = [
    "=cmd()",
    "=1+1",
    "+8613800000000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\tplain",
    "\rplain",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "   =1+1",
    "\u00a0=1",
    "\u3000＝1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "-",
]
NAMES = [
    "Aygül Qadir",
    "Ngũgĩ wa Thiong'o",
    "Anne-Marie",
    "ئايگۈل",
    "李明",
    "محمد\u200cرضا",
    "A = B",
    "a@b.org",
    "",
    "007",
]


@pytest.mark.parametrize("typed", FORMULAS)
def test_a_formula_becomes_text(typed: str) -> None:
    assert text_cell(typed) == "'" + typed


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_as_it_is(name: str) -> None:
    assert text_cell(name) == name


def test_a_formula_behind_a_list_separator_becomes_text_too() -> None:
    assert text_cell("Ottawa;=cmd()") == "Ottawa;'=cmd()"
    assert text_cell("Ottawa; ;+1;@x") == "Ottawa; ;'+1;'@x"


@given(st.text(st.sampled_from("=+-@＝＋－＠;,\t\r\n \u00a0\u200b\"'ab") | st.characters(codec="utf-8")))
def test_no_cell_or_part_of_one_begins_with_a_formula_sign(typed: str) -> None:
    cell = text_cell(typed)
    for part in cell.split(";"):
        assert part.strip(" \u00a0\u200b\t\r\n\x00\ufeff")[:1] not in set("=+-@＝＋－＠") - {""}
    assert cell.replace("'", "") == typed.replace("'", "")


def test_a_csv_file_says_that_it_is_utf_8_and_ends_its_lines_as_the_standard_says() -> None:
    out = io.BytesIO()
    assert write_csv(out, ["name"], [["ئايگۈل"], ['with "quotes", and\nbreaks']]) == 2
    assert out.getvalue() == b"\xef\xbb\xbf" + 'name\r\nئايگۈل\r\n"with ""quotes"", and\nbreaks"\r\n'.encode()
    assert not out.closed


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_from_a_csv_file(rows: list[list[str]]) -> None:
    out = io.BytesIO()
    write_csv(out, ["one", "two"], rows)
    found = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""), strict=True))
    assert found[1:] == [[text_cell(cell) for cell in row] for row in rows]
