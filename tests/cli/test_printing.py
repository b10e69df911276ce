"""Layouts, faxes and envelopes from the terminal."""

import io
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from campaign.cli.graph import letters_folder
from campaign.cli.letters import envelope, letter, mailto

SLUG = "ua-61-21"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "made.pdf"


def run(command: object, out: Path, to: str, country: str, *more: str) -> Result:
    given = [SLUG, "--to", to, "--country", country, "--name", "Aygül Qadir", "--out", str(out), *more]
    return CliRunner().invoke(command, given)


def page(out: Path) -> tuple[int, str]:
    first = PdfReader(io.BytesIO(out.read_bytes())).pages[0]
    return round(float(first.mediabox.width)), first.extract_text()


def test_a_letter_takes_the_layout_asked_for_and_its_paper(out):
    assert run(letter, out, "president", "CA", "--layout", "din").exit_code == 0
    assert page(out)[0] == 595
    assert run(letter, out, "president", "CA", "--layout", "fax").exit_code == 0
    assert "+861062381025" in page(out)[1]


def test_an_address_too_long_for_the_usual_window_is_said_and_printed_without_one(out):
    done = run(letter, out, "embassy", "FR", "--embassy", "MX")
    assert done.exit_code == 0
    assert "takes 8 lines and the window shows 6" in done.stderr
    assert run(letter, out, "embassy", "FR").stderr == ""


@pytest.mark.parametrize(
    ("to", "country", "more", "sentence"),
    [
        ("embassy", "MX", ("--layout", "right"), "takes 7 lines and the window shows 6"),
        ("president", "FR", ("--layout", "us10", "--paper", "a4"), "made for letter paper only"),
        ("embassy", "FR", ("--layout", "fax"), "No fax number is known"),
    ],
)
def test_a_layout_that_cannot_be_is_a_sentence_and_no_file(out, to, country, more, sentence):
    assert sentence in str(run(letter, out, to, country, *more).exception)
    assert not out.exists()


@pytest.mark.parametrize(("more", "width"), [((), 684), (("--size", "c6"), 459)])
def test_an_envelope_is_written_in_the_size_asked_for(out, more, width):
    assert run(envelope, out, "embassy", "CA", *more).exit_code == 0
    assert page(out)[0] == width
    assert "Aygül Qadir" in page(out)[1]
    assert "515 St. Patrick Street" in page(out)[1]


def test_an_envelope_to_an_address_in_doubt_is_refused(out):
    assert "No confirmed postal address" in str(run(envelope, out, "embassy", "IQ").exception)
    assert not out.exists()


def test_an_address_in_doubt_stands_in_no_text(tmp_path):
    out = tmp_path / "letter.txt"
    assert run(letter, out, "embassy", "LY").exit_code == 0
    assert "Gammarth" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("country", "more", "sentence"),
    [
        ("IQ", (), "No confirmed postal address is known for this recipient; write an .eml or .txt instead."),
        ("LT", (), "No confirmed postal address is known for this recipient, nor any other way"),
        ("SD", (), "No confirmed postal address is known for this recipient; fax it with --layout fax."),
        ("IQ", ("--layout", "fax"), "No fax number is known for this recipient; write an .eml or .txt instead."),
        ("FR", ("--layout", "fax"), "No fax number is known for this recipient; write a PDF and post it."),
        ("LT", ("--layout", "fax"), "No fax number is known for this recipient, nor any other way"),
    ],
)
def test_a_way_that_does_not_exist_is_refused_with_one_that_does(out, country, more, sentence):
    assert sentence in str(run(letter, out, "embassy", country, *more).exception)
    assert not out.exists()


@pytest.mark.parametrize(
    ("country", "sentence"),
    [
        ("FR", "No e-mail address is known for this recipient; write a PDF and post it."),
        ("SD", "No e-mail address is known for this recipient; fax it with --layout fax."),
        ("LT", "No e-mail address is known for this recipient, nor any other way to send it; choose"),
    ],
)
def test_a_mail_link_to_nobody_is_refused_with_a_way_that_exists(country, sentence):
    given = [SLUG, "--to", "embassy", "--country", country, "--name", "A B"]
    assert sentence in str(CliRunner().invoke(mailto, given).exception)


@pytest.mark.parametrize("command", [letter, envelope])
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--name", "A" * 101), "The name is 101 characters long; please keep it to 100."),
        (("--city", "A" * 101), "The town is 101 characters long; please keep it to 100."),
        (("--address", "A" * 301), "The address is 301 characters long; please keep it to 300."),
        (("--address", r"1\n2\n3\n4\n5\n6"), "Please keep the address to 5 lines."),
    ],
)
def test_what_has_no_room_in_a_letter_is_a_sentence_and_no_file(out, command, more, sentence):
    assert sentence in str(run(command, out, "president", "CA", *more).exception)
    assert not out.exists()


def test_another_embassy_gets_the_letter_when_it_is_asked_for(out):
    assert run(letter, out, "embassy", "CA", "--embassy", "fr").exit_code == 0
    assert "20, rue Monsieur" in page(out)[1]
    assert "FRANCE" in page(out)[1]
    assert run(letter, out, "president", "CA", "--embassy", "FR").exit_code == 0
    assert "People's Republic of China, Paris" in page(out)[1]
    assert run(envelope, out, "embassy", "CA", "--embassy", "FR").exit_code == 0
    assert "20, rue Monsieur" in page(out)[1]


def test_a_mail_link_goes_to_the_embassy_asked_for():
    given = [SLUG, "--to", "embassy", "--country", "BT", "--name", "A B"]
    done = CliRunner().invoke(mailto, [*given, "--embassy", "CA"])
    assert done.stdout.startswith("mailto:chineseembassy.ca@gmail.com?")
    assert "no embassy for Bhutan" in str(CliRunner().invoke(mailto, given).exception)


@pytest.mark.parametrize("command", [letter, envelope])
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--embassy", "XX"), "“XX” is not a country code"),
        (("--embassy", "BT"), "There is no embassy for Bhutan; choose another with --embassy."),
        (("--case", "one"), "This appeal has no cases; leave --case out."),
    ],
)
def test_an_embassy_or_a_case_that_is_not_there_is_a_sentence_and_no_file(out, command, more, sentence):
    assert sentence in str(run(command, out, "embassy", "CA", *more).exception)
    assert not out.exists()


def test_the_letter_speaks_of_the_case_asked_for(out, tmp_path, monkeypatch):
    pack = tmp_path / "letters" / SLUG
    shutil.copytree(letters_folder(), tmp_path / "letters")
    text = pack / "president.en.md"
    text.write_text(text.read_text(encoding="utf-8").replace("((words))", "((case))\n\n((words))"), encoding="utf-8")
    source = re.search(r'^id = "(.+)"', (pack / "appeal.toml").read_text(encoding="utf-8"), re.MULTILINE).group(1)
    languages = ("en", "fr", "zh-Hans")
    rows = [["id", "name", *(f"facts.{one}" for one in languages), "source", "consent"]]
    rows += [[f"case-{n}", f"Person {n}", *(f"Facts {n}." for _ in languages), source, "yes"] for n in (1, 2)]
    (pack / "cases.csv").write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path / "letters"))
    assert run(letter, out, "president", "CA", "--case", "case-2").exit_code == 0
    assert "Facts 2." in page(out)[1]
    assert "There is no case “x”; choose case-1, case-2." in str(
        run(letter, out, "president", "CA", "--case", "x").exception
    )


def test_a_translation_comes_with_the_letter_when_it_is_asked_for(tmp_path):
    out = tmp_path / "letter.txt"
    assert run(letter, out, "president", "CA", "--translated").exit_code == 0
    assert "尊敬的习近平主席" in out.read_text(encoding="utf-8")
    assert run(letter, out, "president", "CA").exit_code == 0
    assert "尊敬的习近平主席" not in out.read_text(encoding="utf-8")


def test_on_paper_the_translation_has_a_page_of_its_own(out):
    assert run(letter, out, "president", "CA", "--translated").exit_code == 0
    assert ["尊敬的习近平主席" in one.extract_text() for one in PdfReader(out).pages] == [False, True]
