"""One round is enough: a mistake in ``appeal.toml`` hides no other, and is told off once."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from campaign.appeals.pack import files_in_folder, read_pack
from campaign.settings import ROOT
from tests.visitor import SLUG

FILES = dict(files_in_folder(ROOT / "letters" / SLUG))
TOML = FILES["appeal.toml"].decode()
LANGUAGES = {"en", "fr", "locales"}  # another code may be right, and which pages there must be follows from them
KEYS = [n for n, line in enumerate(TOML.splitlines()) if " = " in line and line.split(" = ")[0] not in LANGUAGES]
HEADERS = [n for n, line in enumerate(TOML.splitlines()) if line.startswith("[")]


def found(**changed: bytes) -> list[tuple[str, int, str]]:
    """Return the errors of the pack with some files changed: ``appeal_toml=…``."""
    files = FILES | {name.replace("_", "."): content for name, content in changed.items()}
    return [(one.file, one.line, one.message) for one in read_pack("x", files).errors]


def toml(*changes: tuple[str, str]) -> bytes:
    text = TOML
    for old, new in changes:
        assert old in text, f"the pack no longer holds {old!r}"
        text = text.replace(old, new, 1)
    return text.encode()


def line_with(content: bytes, needle: str) -> int:
    return next(n for n, line in enumerate(content.decode().splitlines(), start=1) if needle in line)


@pytest.mark.parametrize("number", KEYS + HEADERS, ids=lambda number: f"line-{number + 1}")
def test_a_misspelt_key_hides_no_other_mistake_and_is_told_off_where_it_stands(number: int) -> None:
    lines = TOML.splitlines()
    lines[number] = re.sub(r"^(\[*[a-z_0-9]+?)([a-z0-9])\b", r"\1q\2", lines[number], count=1)
    bad = {
        **FILES,
        "appeal.toml": "\n".join(lines).encode(),
        "embassy.fr.md": FILES["embassy.fr.md"].replace(b"Salutation:", b"Salut:"),
    }
    del bad["page.fr.md"]
    errors = read_pack("x", bad).errors
    others = [one for one in errors if one.file != "appeal.toml"]
    assert {one.file for one in others} == {"embassy.fr.md", "page.fr.md"}
    own = [one for one in errors if one.file == "appeal.toml"]
    assert number + 1 in {one.line for one in own}
    assert all(re.search("misspelt|is missing|no text for", one.message) for one in own), own


def test_twenty_mistakes_of_every_kind_are_reported_in_one_round() -> None:
    bad = toml(
        ('reference = "UA 61/21"', 'referense = "UA 61/21"'),
        ("issued = 2022-07-29", 'issued = "last summer"'),
        ('time_zone = "Europe/London"', 'time_zone = "London"'),
        ("english@mail.gov.cn", "english at mail.gov.cn"),
        ("+861062381025", "01186106238"),
        ('source = "update"', 'source = "nowhere"'),
        ('text.fr = "faire savoir', 'text.de = "faire savoir'),
        ('role = "copy"', 'role = "other"'),
    )
    letter = FILES["president.en.md"].replace(b"Thank you", b"Thank you ((nmae))").replace(b"Closing:", b"Ending:")
    errors = found(appeal_toml=bad, president_en_md=letter)
    wanted = ["referense", '"last summer"', '"London"', "english at", "01186106238", '"nowhere"', '"other"']
    lines = {line for file, line, _ in errors if file == "appeal.toml"}
    assert {line_with(bad, one) for one in wanted} <= lines
    assert line_with(bad, "text.de") - 1 in lines
    assert sum(file == "president.en.md" for file, _, _ in errors) == 3  # header unknown, header missing, placeholder
    assert len(errors) == 12


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("english@mail.gov.cn", "english at mail", "write one plain address such as name@example.org"),
        ("+861062381025", "011/86/10", 'such as "+861062381025"'),
        ('mission = "CN"', 'mission = "China"', "two capitals"),
        ('title.fr = "', 'title.FR = "', "language code"),
        ('locales = ["en", "fr"]', 'locales = ["en", "FR"]', "language codes"),
        ('[[recipient]]\nid = "president"', '[[recipient]]\nid = "President"', "lower-case letters"),
        ('[[source]]\nid = "update"', '[[source]]\nid = "Update"', "lower-case letters"),
    ],
)
def test_a_value_that_cannot_be_right_is_told_off_once_and_in_plain_words(old: str, new: str, advice: str) -> None:
    bad = toml((old, new))
    [(file, line, message)] = found(appeal_toml=bad)
    assert (file, line) == ("appeal.toml", line_with(bad, new.splitlines()[-1]))
    assert advice in message
    assert "Input should" not in message
    assert "literal" not in message


@given(
    st.sampled_from(KEYS), st.sampled_from(["1", '""', '"x"', "[]", '[""]', "{}", '{en = ""}', "[{}]", "2022-07-29"])
)
def test_no_value_whatever_breaks_the_reader_or_hides_a_mistake_in_a_letter(number: int, value: str) -> None:
    lines = TOML.splitlines()
    assume((lines[number], value) != ('id = "embassy"', '"x"'))  # a good name, and another letter is asked for
    lines[number] = f"{lines[number].split(' = ')[0]} = {value}"
    files = {"appeal.toml": "\n".join(lines).encode(), "embassy.fr.md": b"Salut: Madame\n"}
    assert "embassy.fr.md" in {one.file for one in read_pack("x", FILES | files).errors}


def test_a_list_of_tables_written_as_one_table_is_explained() -> None:
    text = TOML.replace("[[translation]]", "[translation]")
    [(_, line, message)] = found(appeal_toml=text.encode())
    assert line == line_with(text.encode(), "[translation]")
    assert "[[translation]]" in message


def test_mistakes_in_letters_are_found_beside_a_file_that_is_not_toml_at_all() -> None:
    letter = FILES["president.fr.md"].replace(b"Salutation:", b"Salut:")
    for broken in (b'reference = "x\n', b"\xff\xfe", b"format = 1\n"):
        assert {"appeal.toml", "president.fr.md"} == {
            file for file, _, _ in found(appeal_toml=broken, president_fr_md=letter)
        }


@pytest.mark.parametrize("name", ["page.fr.md", "president.fr.md", "appeal.toml"])
def test_a_file_that_is_not_utf_8_is_not_called_missing_too(name: str) -> None:
    [(file, line, message)] = [
        (one.file, one.line, one.message) for one in read_pack("x", {**FILES, name: b"ok\n\xff\xfe"}).errors
    ]
    assert (file, line) == (name, 2)
    assert "UTF-8" in message
