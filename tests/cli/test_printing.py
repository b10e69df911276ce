"""Layouts, faxes and envelopes from the terminal."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from campaign.cli.letters import envelope, letter

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
    done = run(letter, out, "president", "FR")
    assert done.exit_code == 0
    assert "takes 6 lines and the window shows 5" in done.stderr
    assert run(letter, out, "embassy", "FR").stderr == ""


@pytest.mark.parametrize(
    ("to", "country", "more", "sentence"),
    [
        ("president", "FR", ("--layout", "right"), "takes 6 lines and the window shows 5"),
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
