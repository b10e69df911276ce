"""The command line as a new user meets it: a fresh instance, sentences instead of tracebacks.

A process of its own sets up; what is typed afterwards is typed in this one, which saves a start for each command.
"""

import csv
import io
import json
import os
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pypdf import PdfReader

from campaign.cli.main import main
from campaign.settings import ROOT
from tests.locks import cheap_locks

SLUG = "ua-61-21"


def started(*arguments: str, instance: Path) -> subprocess.CompletedProcess[str]:
    """Type a command as a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return subprocess.run(
        [sys.executable, "-m", "campaign.cli", *arguments],
        env={**kept, "INSTANCE": str(instance), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=instance,
    )


def run(*arguments: str, instance: Path, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Type a command in this process, which ends as the process of its own would."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["bin/campaign", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        for name, value in ({"INSTANCE": str(instance)} | settings).items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as end:
            return subprocess.CompletedProcess(arguments, int(end.code or 0), out.getvalue(), err.getvalue())
    return subprocess.CompletedProcess(arguments, 0, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder after its first set-up without a terminal."""
    folder = tmp_path_factory.mktemp("instance")
    done = started("setup", instance=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_first_setup_leaves_the_passphrase_in_a_private_file_and_says_so(instance):
    sheet = instance / "passphrase"
    assert len(sheet.read_text().split()) == 6
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    for secret in (instance / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_second_setup_changes_nothing(instance):
    before = {path: path.read_bytes() for path in instance.rglob("*") if path.suffix != ".db" and path.is_file()}
    again = run("setup", instance=instance)
    assert again.returncode == 0
    assert again.stdout == ""
    assert all(path.read_bytes() == content for path, content in before.items())


def test_the_published_appeal_is_listed(instance):
    [row] = json.loads(run("appeals", "list", "--json", instance=instance).stdout)
    assert (row["slug"], row["edition"], row["state"]) == (SLUG, 1, "open")
    assert (row["confirmed"], row["unverified"]) == (0, 0)


def test_check_reports_every_error_with_file_and_line(instance, tmp_path):
    pack = tmp_path / "mine"
    pack.mkdir()
    for path in (ROOT / "letters" / SLUG).iterdir():
        (pack / path.name).write_bytes(path.read_bytes())
    (pack / "embassy.fr.md").unlink()
    letter = pack / "president.en.md"
    letter.write_text(letter.read_text().replace("((words))", "((wrods))"))
    done = run("appeals", "check", str(pack), instance=instance)
    assert done.returncode == 1
    line = letter.read_text().splitlines().index("((wrods))") + 1
    assert f"mine/president.en.md:{line}: There is no placeholder ((wrods))" in done.stdout
    assert "mine/embassy.fr.md:1: The file is missing." in done.stdout


def test_a_letter_is_written_as_pdf_as_draft_and_as_text(instance, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("I am a nurse.")
    given = ["--country", "CA", "--name", "Aygül Qadir", "--city", "Montréal", "--words", str(words)]
    for ending in ("pdf", "eml", "txt"):
        out = tmp_path / f"letter.{ending}"
        done = run("letter", SLUG, "--to", "embassy", *given, "--out", str(out), instance=instance)
        assert done.returncode == 0, done.stderr
        assert out.stat().st_size > 500
    pages = PdfReader(io.BytesIO((tmp_path / "letter.pdf").read_bytes())).pages
    assert len(pages) == 1
    assert round(float(pages[0].mediabox.width)) == 612
    assert "515 St. Patrick Street" in pages[0].extract_text()
    assert "I am a nurse." in (tmp_path / "letter.txt").read_text()


def test_a_mailto_link_is_printed_alone(instance):
    done = run("mailto", SLUG, "--to", "president", "--country", "FR", "--name", "A. Q.", instance=instance)
    link = urlsplit(done.stdout.strip())
    assert (link.scheme, link.path) == ("mailto", "english@mail.gov.cn")
    assert parse_qs(link.query)["body"][0].startswith("Dear President Xi Jinping:")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "president", "--country", "XX", "--name", "A"], "not a country code"),
        (["--to", "nobody", "--country", "CA", "--name", "A"], "gets no letter"),
        (["--to", "president", "--country", "CA"], "--without-name"),
        (["--to", "president", "--country", "CA", "--name", "A", "--locale", "de"], "choose en, fr, zh-Hans"),
        (["--to", "embassy", "--country", "BT", "--name", "A"], "no embassy for Bhutan"),
        (["--to", "embassy", "--country", "IQ", "--name", "A"], "No confirmed postal address"),
    ],
)
def test_a_mistake_gets_a_sentence_and_no_traceback(instance, tmp_path, arguments, sentence):
    done = run("letter", SLUG, *arguments, "--out", str(tmp_path / "x.pdf"), instance=instance)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_a_command_before_setup_says_what_to_run(tmp_path):
    done = started("signatures", "count", "--appeal", SLUG, instance=tmp_path)
    assert done.returncode == 1
    assert "bin/campaign setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_export_opens_with_the_passphrase_and_only_with_it(instance, tmp_path):
    key = instance / "keys" / f"{SLUG}-1.key"
    out = tmp_path / "list.csv"
    export = ["signatures", "export", "--appeal", SLUG, "--key", str(key), "--out", str(out), "--passphrase-file", "-"]
    wrong = run(*export, instance=instance, stdin="one two three four five six\n")
    assert wrong.returncode == 1
    assert not out.exists()
    right = run(*export, instance=instance, stdin=(instance / "passphrase").read_text())
    assert right.returncode == 0, right.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))) == 1


def test_an_export_takes_the_place_of_no_file_not_even_of_a_key(instance, tmp_path):
    key = instance / "keys" / f"{SLUG}-1.key"
    before = key.read_bytes()
    of_appeal = ["--appeal", SLUG, "--for", "count"]
    for words in (["bundle", SLUG], ["export", *of_appeal]):
        done = run("signatures", *words, "--out", str(key), instance=instance)
        assert done.returncode == 1
        assert "exists already, and is not overwritten" in done.stderr
    assert key.read_bytes() == before
    assert "bundled" not in run("audit", "show", instance=instance).stdout


def test_a_new_key_becomes_the_next_epoch_and_gets_a_sheet_of_its_own(instance, tmp_path):
    out = tmp_path / "new.key"
    with cheap_locks():
        done = run("keys", "rotate", SLUG, "--out", str(out), instance=instance)
    assert done.returncode == 0, done.stderr
    shown = json.loads(run("keys", "show", "--appeal", SLUG, "--json", instance=instance).stdout)
    assert shown["epoch"] == 2
    assert not shown["here"]
    assert len(list(instance.glob("passphrase*"))) == 2
    again = run("keys", "rotate", SLUG, "--out", str(out), instance=instance)
    assert "exists already" in again.stderr
    assert json.loads(run("keys", "show", "--appeal", SLUG, "--json", instance=instance).stdout)["epoch"] == 2


def test_one_broken_pack_does_not_take_the_other_appeals_down(instance, tmp_path):
    letters = tmp_path / "letters"
    for path in (ROOT / "letters" / SLUG).iterdir():
        (letters / SLUG).mkdir(parents=True, exist_ok=True)
        (letters / SLUG / path.name).write_bytes(path.read_bytes())
    (letters / "broken").mkdir()
    (letters / "broken" / "appeal.toml").write_text("format = 1\n")
    done = run("setup", instance=instance, LETTERS_DIR=str(letters))
    assert done.returncode == 0
    assert "Not published" in done.stderr
    assert "broken" in done.stderr
    assert len(json.loads(run("appeals", "list", "--json", instance=instance).stdout)) == 1
