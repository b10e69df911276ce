"""Keys made on the server: whatever goes wrong, no name is ever sealed to a key whose passphrase nobody has seen."""

import errno
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from campaign.cli import passphrases, server_keys
from campaign.cli.main import cli
from campaign.cli.private_files import write_private
from campaign.core.errors import CampaignError
from campaign.keys import open_keys
from campaign.settings import ROOT
from tests.locks import COMMAND, cheap_locks

SLUG, SECOND = "ua-61-21", "zz-two"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letters folder with two packs: the second one is made after the first."""
    folder = tmp_path_factory.mktemp("packs")
    for name in (SLUG, SECOND):
        shutil.copytree(ROOT / "letters" / SLUG, folder / name)
    (folder / "directory").symlink_to(ROOT / "letters" / "directory")
    return folder


@pytest.fixture(autouse=True, scope="module")
def _cheap() -> Iterator[None]:
    """Let a lock cost little: what it costs is another test's business."""
    with cheap_locks():
        yield


@pytest.fixture
def run(tmp_path: Path, packs: Path) -> Run:
    """Type a command on a server with two packs, and expect it to end well or with a sentence."""

    def type_command(*arguments: str, error: str = "") -> Result:
        done = CliRunner().invoke(cli, arguments, env={"INSTANCE": str(tmp_path), "LETTERS_DIR": str(packs)})
        if error:
            assert isinstance(done.exception, CampaignError), (done.output, done.exception)
            assert error in str(done.exception)
        else:
            assert done.exit_code == 0, (done.output, done.exception)
        return done

    return type_command


def _opens(folder: Path, words: str, slug: str = SLUG, epoch: int = 1) -> bool:
    """Say whether both files of a key open with these words."""
    paths = [folder / "keys" / f"{slug}-{epoch}{end}.key" for end in ("", "-copy")]
    return len(open_keys([(path.read_text("utf-8"), words.strip()) for path in paths])) > 0


def _keys(folder: Path) -> set[str]:
    return {path.name for path in (folder / "keys").glob("*.key")}


def test_the_passphrase_of_a_first_key_is_in_its_file_though_the_second_key_could_not_be_made(run, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"{SECOND}-1.key").write_text("mine")
    run("setup", error=f"{SECOND}-1.key exists already")
    assert _opens(tmp_path, (tmp_path / "passphrase").read_text("utf-8"))
    assert (tmp_path / "keys" / f"{SECOND}-1.key").read_text("utf-8") == "mine"
    (tmp_path / "keys" / f"{SECOND}-1.key").unlink()
    run("setup")
    (second,) = tmp_path.glob("passphrase-*")
    assert _opens(tmp_path, second.read_text("utf-8"), SECOND)
    assert _opens(tmp_path, (tmp_path / "passphrase").read_text("utf-8"))


def test_the_passphrase_of_a_first_key_is_on_the_screen_though_the_second_key_could_not_be_made(tmp_path, packs):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"{SECOND}-1-copy.key").write_text("mine")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    environment |= {"INSTANCE": str(tmp_path), "LETTERS_DIR": str(packs), "NO_COLOR": "1"}
    shown = _on_a_terminal([sys.executable, "-c", COMMAND, "setup"], environment)
    assert f"{SECOND}-1-copy.key exists already" in shown
    lines = click.unstyle(shown).splitlines()
    (first,) = [number for number, line in enumerate(lines) if line.startswith("Made the key for")]
    (words,) = [line.strip() for line in lines[:first] if len(line.split()) == 6 and line.startswith("    ")]
    assert _opens(tmp_path, words), "the words stand there before the key is in use"
    assert not (tmp_path / "passphrase").exists()


def _on_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    """Run a command on a terminal of its own, and return what stands on it when it has ended."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # the way Linux says that nobody holds the other end any more
            pass
    os.close(ours)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def _full_at(monkeypatch: pytest.MonkeyPatch, module: object, number: int) -> None:
    """Let the disk be full from the file of this number on: it can be made, and nothing can be written into it."""
    begun = []

    def write(path: Path, text: str) -> None:
        begun.append(path)
        if len(begun) < number:
            write_private(path, text)
            return
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "write_private", write)


@pytest.mark.parametrize("number", [1, 2])
def test_a_full_disk_leaves_no_half_made_key_and_the_next_start_makes_one(run, tmp_path, monkeypatch, number):
    with monkeypatch.context() as full:
        _full_at(full, server_keys, number)
        run("setup", error="cannot be written: No space left on device.")
        assert _keys(tmp_path) == set()
    run("keys", "show", "--appeal", SLUG, error="has no key yet")
    run("setup")
    assert _opens(tmp_path, (tmp_path / "passphrase").read_text("utf-8"))


def test_a_full_disk_at_the_second_key_takes_neither_the_words_nor_the_files_of_the_first(run, tmp_path, monkeypatch):
    _full_at(monkeypatch, server_keys, 3)
    run("setup", error=f"{SECOND}-1.key cannot be written")
    assert _opens(tmp_path, (tmp_path / "passphrase").read_text("utf-8"))
    assert _keys(tmp_path) == {f"{SLUG}-1.key", f"{SLUG}-1-copy.key"}
    run("keys", "show", "--appeal", SECOND, error="has no key yet")


def test_a_key_is_not_used_when_its_passphrase_cannot_be_shown(run, tmp_path, monkeypatch):
    with monkeypatch.context() as full:
        _full_at(full, passphrases, 1)
        run("setup", error="The passphrase cannot be written")
    assert _keys(tmp_path) == set()
    run("keys", "show", "--appeal", SLUG, error="has no key yet")


def test_a_rotated_key_is_not_used_before_its_passphrase_was_shown(run, tmp_path, monkeypatch):
    run("setup")
    words = (tmp_path / "passphrase").read_text("utf-8")
    with monkeypatch.context() as full:
        _full_at(full, passphrases, 1)
        run("keys", "rotate", SLUG, error="The passphrase cannot be written")
        assert json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"] == 1
        assert f"{SLUG}-2.key" not in _keys(tmp_path)
    assert "Keep the old key" in run("keys", "rotate", SLUG).output
    assert json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"] == 2
    (newer,) = tmp_path.glob("passphrase-*")
    assert _opens(tmp_path, words)
    assert _opens(tmp_path, newer.read_text("utf-8"), epoch=2)


def test_a_site_whose_keys_come_from_elsewhere_makes_none_by_rotating_either(run, tmp_path):
    run("setup", "--offline-keys")
    run("keys", "rotate", SLUG, error="--to FILE.pub")
    run("setup")
    assert _keys(tmp_path) == set()
    assert not list(tmp_path.glob("passphrase*"))
    shown = run("keys", "show", "--appeal", SLUG, error="has no key yet")
    assert "make it here" not in str(shown.exception)


def test_a_first_key_made_by_rotating_speaks_of_no_older_one(run, tmp_path):
    run("setup", "--offline-keys")
    (tmp_path / server_keys.OFFLINE).unlink()
    assert "Keep the old key" not in run("keys", "rotate", SLUG).output


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "-x", "", "a b", "ü"])
def test_the_name_of_new_keys_cannot_lead_out_of_their_folder(run, tmp_path, name):
    (tmp_path / "k").mkdir()
    words = str(tmp_path / "words")
    run("keys", "new", f"--name={name}", "--out", str(tmp_path / "k"), "--passphrases", words, error="--name takes")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["k"]
