"""An exported name is never a formula: what people type comes out of every export as the text it is.

Signed through the form, exported by the command, read as a spreadsheet program reads it.
"""

import csv
import io
import unicodedata

import pytest

from campaign.core.text import clean_line, has_letter
from campaign.exports import Purpose
from campaign.keys import lock
from tests.exports.test_cells import FORMULAS
from tests.keys.test_key_file import CHEAP, WORDS
from tests.visitor import SLUG

MORE_FORMULAS = ["=cmd()|' /C calc'!A0", "+cmd|' /C calc'!A0", "-1+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0",
                 "＝cmd()", "＠SUM(A1)", "=IMPORTXML(A1;x)", "x;=cmd()", "x\t=cmd()", "x\r\n=cmd()",
                 '";=cmd();"', "' =cmd()"]  # fmt: skip
TEXTS = ["007", "0049 30 901820", "0613 789 1911", "1e5", "1-2", "12/11", "TRUE", "O'Connor", "Anne-Marie", "A = B",
         "李明", "ئايگۈل"]  # fmt: skip
"""What spreadsheet programs like to improve; it is what people have typed."""
PHONES = ["+49 30 901820", "-0", "+0613"]
TYPED = [*FORMULAS, *MORE_FORMULAS, *TEXTS, *PHONES]
ADDRESSES = ["=1+1@example.org", "+1@example.org", "-2+3@example.org", "=cmd@example.org", "＝1@example.org",
             "-@example.org", "+4930901820@example.org", "0049@example.org", "007@example.org"]  # fmt: skip
OF_PEOPLE = {"name", "email", "city"}


def is_formula(cell):
    """Say whether a spreadsheet program may take a cell, or what a semicolon cuts off it, for something to work out.

    The full-width signs have the plain ones as their compatibility forms; nothing that cannot be seen is in their way.
    """
    parts = [unicodedata.normalize("NFKC", part) for part in cell.split(";")]
    signs = {next((one for one in part if unicodedata.category(one)[0] not in "ZC"), "") for part in parts}
    return cell.startswith(("\t", "\r", "\n")) or bool(signs & set("=+-@"))


@pytest.fixture
def signed(visitor):
    """Let people sign: each string as a city, as a name where a name may be that, and the addresses as addresses."""
    names, cities, addresses = set(), set(), set()
    for number, typed in enumerate(TYPED):
        email = ADDRESSES[number] if number < len(ADDRESSES) else f"n{number}@example.org"
        name = typed if has_letter(clean_line(typed)) and "://" not in typed else "Aygül"
        response = visitor.sign(name=name, city=typed, email=email, consent_handover="y")
        assert response.status_code == 303, (typed, email)
        names.add(clean_line(name))
        cities.add(clean_line(typed))
        addresses.add(email)
    return {"name": names, "city": cities, "email": addresses}


@pytest.fixture
def command(campaign, key_pair, tmp_path):
    """Export with the command, on the server or from a bundle at home, and read the file."""
    (tmp_path / "team.key").write_text(lock(key_pair, WORDS, CHEAP))
    (tmp_path / "passphrase.txt").write_text(WORDS)
    with_key = ["--key", str(tmp_path / "team.key"), "--passphrase-file", str(tmp_path / "passphrase.txt")]

    def export(purpose, *, at_home):
        out = tmp_path / f"{purpose}-{at_home}.csv"
        wanted = ["--for", purpose.value, *([] if purpose is Purpose.COUNT else with_key), "--out", str(out)]
        wanted += ["--with-unverified"] if purpose is Purpose.HANDOVER else []
        if at_home:
            campaign("signatures", "bundle", SLUG, "--out", str(tmp_path / f"{purpose}.bundle"))
            campaign("signatures", "open", str(tmp_path / f"{purpose}.bundle"), *wanted)
        else:
            campaign("signatures", "export", "--appeal", SLUG, *wanted)
        return out.read_bytes()

    return export


def rows_of(content):
    """Return the rows of a file by their headings, after holding the file against what spreadsheet programs need."""
    assert content.startswith("\ufeff".encode()), "without this mark, letters with accents come out broken"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if is_formula(cell)] == []
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # names were sealed, and come from no column
def test_no_cell_of_any_export_is_a_formula_and_every_text_is_as_it_was_typed(signed, command):
    seen = set()
    for purpose in Purpose:
        for at_home in {False, purpose is not Purpose.COUNT}:
            rows = rows_of(command(purpose, at_home=at_home))
            assert purpose is Purpose.COUNT or len(rows) == len(TYPED)
            for heading in OF_PEOPLE & rows[0].keys():
                cells = {row[heading] for row in rows}
                seen.add(heading)
                assert {cell.replace("'", "") for cell in cells} == {one.replace("'", "") for one in signed[heading]}
                assert {one for one in signed[heading] if not is_formula(one)} <= cells, "only formulas are touched"
    assert seen == OF_PEOPLE


def test_this_test_would_see_a_formula():
    for formula in [*FORMULAS, *MORE_FORMULAS[:8], *PHONES]:
        assert is_formula(formula), formula
    for text in TEXTS:
        assert not is_formula(text), text
    assert len(FORMULAS + MORE_FORMULAS) >= 19
    with pytest.raises(AssertionError):
        rows_of("\ufeffname\r\n=cmd()\r\n".encode())
