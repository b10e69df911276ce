"""The letters of many people in one file: in order, on fresh sheets, with envelopes, and nothing left behind."""

import errno
import io
import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import nullcontext

import pikepdf
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from campaign.cli.letters_print import letters
from campaign.cli.pack_output import finished_or_gone, nameless_file
from campaign.core.errors import CampaignError
from campaign.letters.workers import Renderer
from tests.conventions.source_tree import ROOT
from tests.letters.reading import page_sizes_mm, pages_by_pdfium
from tests.scanning import files_below

SLUG = "ua-61-21"
PEOPLE = """\
name;country;city;address;language;words
Zoé Martin;FR;Lyon;1 rue A | 69001 Lyon;fr;
Aygül Qadir;CA;Montréal;12 Rue Principale;en;I am a nurse.
Émile Roy;Canada;Ottawa;;French;
Bolat Nurlan;KZ;Almaty;;;
"""
IN_ORDER_OF_NAMES = ("Aygül Qadir", "Bolat Nurlan", "Émile Roy", "Zoé Martin")


@pytest.fixture(scope="module")
def drawing():
    """One worker for all tests here that only need letters drawn: starting one takes longer than a few letters."""
    with Renderer(seconds=120) as one:
        yield one


@pytest.fixture(autouse=True)
def _no_instance(tmp_path, monkeypatch, request):
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    if "own_workers" not in request.fixturenames:
        shared = request.getfixturevalue("drawing")
        monkeypatch.setattr("campaign.cli.letters_print.Renderer", lambda **_: nullcontext(shared))


@pytest.fixture
def own_workers():
    """Let the command start and end workers of its own, as it does outside of tests."""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "night"
    made.mkdir()
    (made / "people.csv").write_text(PEOPLE, encoding="utf-8-sig")
    return made


def run(folder, *more, people=""):
    if people:
        (folder / "people.csv").write_text(people, encoding="utf-8")
    given = ["print", SLUG, "--list", str(folder / "people.csv"), "--out", str(folder / "pack.pdf"), *more]
    return CliRunner().invoke(letters, given)


def summary(folder, *more, people=""):
    done = run(folder, "--json", *more, people=people)
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def pack(folder):
    return (folder / "pack.pdf").read_bytes()


def names_on(page):
    return [name for name in IN_ORDER_OF_NAMES if name in page]


def test_everybody_gets_every_letter_in_the_order_of_the_list(folder):
    told = summary(folder)
    assert (told["people"], told["letters"], told["pages"]) == (4, 8, {"letters": 8, "envelopes": 0, "labels": 0})
    pages = pages_by_pdfium(pack(folder))
    listed = [line.partition(";")[0] for line in PEOPLE.splitlines()[1:]]
    assert [names_on(page)[0] for page in pages] == [name for name in listed for _ in range(2)]
    assert "I am a nurse." in pages[2]
    assert "20, rue Monsieur" in pages[1]


def test_sorted_with_envelopes_and_labels_everything_comes_in_the_same_order(folder):
    more = ("--sort", "name", "--to", "embassy", "--envelopes", "c5", "--labels", "l7160", "--start", "20")
    assert summary(folder, *more)["pages"] == {"letters": 4, "envelopes": 4, "labels": 2}
    pages = pages_by_pdfium(pack(folder))
    streets = ["515 St. Patrick Street", "Tauelsizdik", "515 St. Patrick Street", "20, rue Monsieur"]
    for name, street, letter, envelope in zip(IN_ORDER_OF_NAMES, streets, pages[:4], pages[4:8], strict=True):
        assert name in letter
        assert name in envelope
        assert street in letter
        assert street in envelope
    assert page_sizes_mm(pack(folder))[4:] == [(229, 162)] * 4 + [(210, 297)] * 2
    assert [streets[0] in pages[8], streets[1] in pages[8], streets[3] in pages[9]] == [True, True, True]


def test_on_both_sides_every_letter_and_envelope_begins_on_a_fresh_sheet(folder):
    told = summary(folder, "--duplex", "--to", "president", "--envelopes", "10")
    assert told["pages"] == {"letters": 8, "envelopes": 8, "labels": 0}
    assert [bool(page.strip()) for page in pages_by_pdfium(pack(folder))] == [True, False] * 8


def test_paper_and_window_are_each_countrys_own_unless_one_is_asked_for_all(folder):
    assert summary(folder, "--to", "president")["letters_by_paper"] == {"a4": 2, "letter": 2}
    assert summary(folder, "--to", "president", "--paper", "a4")["letters_by_paper"] == {"a4": 4}
    assert summary(folder, "--layout", "us10", "--to", "embassy")["letters_by_paper"] == {"letter": 4}
    done = run(folder, "--layout", "us10", "--paper", "a4")
    assert "made for letter paper only" in str(done.exception)


def test_the_file_is_one_sound_pdf_that_says_nothing_of_anybody_in_its_metadata(folder):
    summary(folder)
    (folder / "check.pdf").write_bytes(pack(folder))
    checked = subprocess.run(["qpdf", "--check", str(folder / "check.pdf")], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    with pikepdf.open(folder / "check.pdf") as opened:
        assert dict(opened.docinfo) == {"/Title": "Letters – UA 61/21"}
        assert str(opened.Root.Lang) == "en"
    assert len(PdfReader(io.BytesIO(pack(folder))).pages) == 8


def test_the_same_list_gives_the_same_bytes_with_any_number_of_workers(folder, own_workers):
    people = "name,country\n" + "".join(f"Person {chr(97 + n % 26)} {chr(97 + n // 26)},CA\n" for n in range(120))
    assert summary(folder, "--to", "president", people=people)["letters"] == 120
    first = pack(folder)
    assert summary(folder, "--to", "president", "--jobs", "2")["letters"] == 120
    assert pack(folder) == first
    pages = pages_by_pdfium(first)
    assert [f"Person {chr(97 + n % 26)} {chr(97 + n // 26)}" in pages[n] for n in range(120)] == [True] * 120


def test_an_address_too_long_for_its_window_is_counted_and_printed_without_one(folder):
    told = summary(folder, "--to", "embassy", people="name,country,embassy\nA B,FR,MX\nC D,FR,\n")
    assert (told["letters"], told["not_in_the_window"]) == (2, {"FR": 1})


def test_optional_recipients_are_written_to_by_who_asks_or_by_all(folder):
    people = "name,country,also to\nA B,CA,high-commissioner\nC D,CA,\n"
    assert summary(folder, people=people)["letters"] == 5
    assert summary(folder, "--to", "high-commissioner")["letters"] == 2


def test_a_translation_stands_on_the_back_of_its_letter(folder):
    people = "name,country,translated\nA B,CA,yes\nC D,CA,no\n"
    more = ("--to", "president", "--duplex")
    assert summary(folder, *more, people=people)["pages"]["letters"] == 4
    assert ["习近平主席" in page for page in pages_by_pdfium(pack(folder))] == [False, True, False, False]
    summary(folder, *more, "--translated")
    assert ["习近平主席" in page for page in pages_by_pdfium(pack(folder))] == [False, True, False, True]


def test_people_without_an_embassy_are_told_and_still_write_to_the_president(folder):
    told = summary(folder, people="name,country\nA B,BT\nC D,IQ\nE F,CA\n")
    assert (told["letters"], told["no_embassy"], told["no_confirmed_address"]) == (4, {"BT": 1}, {"IQ": 1})
    said = run(folder).stdout
    assert "no embassy serves: Bhutan (1)" in said
    assert "not confirmed, for: Iraq (1)" in said


def test_bad_rows_are_told_all_at_once_and_nothing_is_written(folder):
    done = run(folder, people="name,country\nA,XX\nB B,CA\n,CA\n")
    assert "2 row(s) must be mended first; nothing was written" in str(done.exception)
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["line 2", "line 4"]
    assert os.listdir(folder) == ["people.csv"]  # noqa: PTH208 - hidden files too
    told = summary(folder, "--skip-bad")
    assert (told["people"], [row["line"] for row in told["skipped"]]) == (1, [2, 4])


@pytest.mark.parametrize(
    ("more", "people", "sentence"),
    [
        (("--to", "pope"), "", "“pope” gets no letter in this appeal; choose president"),
        (("--labels", "l7160", "--start", "22"), "", "choose one from 1 to 21"),
        (("--start", "2"), "", "of a sheet chosen with --labels"),
        (("--country", "XX"), "", "not a country code"),
        (("--locale", "de"), "", "choose en, fr, zh-Hans"),
        ((), "name\n", "nothing to print"),
        ((), "one,two\n", "has no column “name”"),
        (("--to", "embassy"), "name,country\nA B,BT\n", "nothing to print"),
    ],
)
def test_a_wish_that_cannot_be_is_a_sentence_and_no_file(folder, more, people, sentence):
    done = run(folder, *more, people=people)
    assert sentence in str(done.exception)
    assert os.listdir(folder) == ["people.csv"]  # noqa: PTH208


def test_only_its_owner_reads_the_file_and_one_that_was_there_stays_until_the_new_one_is_whole(folder, monkeypatch):
    (folder / "pack.pdf").write_bytes(b"before")
    monkeypatch.setattr("campaign.letters.pack_file.PackFile.finish", lambda _self: 1 / 0)
    assert isinstance(run(folder, "--to", "president").exception, ZeroDivisionError)
    assert sorted(os.listdir(folder)) == ["pack.pdf", "people.csv"]  # noqa: PTH208
    assert pack(folder) == b"before"
    monkeypatch.undo()
    summary(folder, "--to", "president")
    assert stat.S_IMODE((folder / "pack.pdf").stat().st_mode) == 0o600


@pytest.mark.parametrize("which", ["spool", "result"])
def test_a_full_disk_is_a_sentence_and_nothing_is_left(folder, which):
    given = nameless_file(folder) if which == "spool" else finished_or_gone(folder / "pack.pdf")
    with pytest.raises(CampaignError, match="no room left in"):
        _write_until_full(given)
    assert os.listdir(folder) == ["people.csv"]  # noqa: PTH208


# Draws letters as the command does, says so when the first of them are in the file, and goes no further.
# A shell that starts the tests in the background lets them, and whom they start, ignore Ctrl-C.
# It looks up again and again: a signal that comes just before a read without end would be heard only after it.
STANDS_STILL = """
import select
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from campaign.cli.main import main
from campaign.letters.pack_file import PackFile
add = PackFile.add
def add_and_wait(pack, pdf, **more):
    add(pack, pdf, **more)
    print("drawn", flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        pass
PackFile.add = add_and_wait
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whoever_stops_it_finds_nothing_left_and_no_name_in_the_temporary_folder(folder, tmp_path, number):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    rows = "".join(f"Aygül Qadir {chr(97 + n)},CA\n" for n in range(26))  # more letters than are drawn at once
    (folder / "people.csv").write_text("name,country\n" + rows, encoding="utf-8")
    command = [sys.executable, "-c", STANDS_STILL, "letters", "print", SLUG, "--list", str(folder / "people.csv")]
    with subprocess.Popen(
        [*command, "--out", str(folder / "pack.pdf")], cwd=ROOT, env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "drawn\n", process.communicate()
        [partial] = folder.glob(".pack.pdf.*.partial")
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
        assert not [name for name, content in files_below(temporary) if b"Ayg" in content]
        process.send_signal(number)
        try:
            process.wait(120)  # before its input is closed: nothing but the signal ends it
        finally:
            process.kill()
        said = process.stderr.read()
    assert process.returncode != 0
    assert said.splitlines()[-1] == "Stopped."
    assert os.listdir(folder) == ["people.csv"]  # noqa: PTH208
    assert list(temporary.iterdir()) == []


def _write_until_full(given):
    with given as file:
        file.write(b"x" * 100_000)
        raise OSError(errno.ENOSPC, "No space left on device")
