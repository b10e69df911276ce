"""No command writes a letter of an appeal that has ended: a late one can harm the people it is about."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.letters_print import letters
from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from campaign.settings import ROOT
from tests.locks import cheap_locks

SLUG = "ua-61-21"
ENDED = {
    "closed = true": "The organisers have closed UA 61/21",
    "deadline = 2022-09-27": "UA 61/21 closed on 2022-09-27",
}
FOR_ONE = ("--to", "president", "--country", "CA", "--name", "A. Q.")
COMMANDS = ("letter", "envelope", "mailto", "print")


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``appeal.toml`` of a letters folder beside which nothing is set up."""
    shutil.copytree(ROOT / "letters" / SLUG, tmp_path / "letters" / SLUG)
    (tmp_path / "letters" / "directory").symlink_to(ROOT / "letters" / "directory")
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path / "letters"))
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "letters" / SLUG / "appeal.toml"


def written(pack: Path, line: str) -> None:
    original = (ROOT / "letters" / SLUG / "appeal.toml").read_text(encoding="utf-8")
    pack.write_text(original.replace("format = 1\n", f"format = 1\n{line}\n"), encoding="utf-8")


def run(command: str, folder: Path) -> Result:
    out = ("--out", str(folder / "made.pdf"))
    people = folder / "people.csv"
    people.write_text("name;country\nA. Q.;CA\n", encoding="utf-8")
    if command == "print":
        return CliRunner().invoke(letters, ["print", SLUG, "--list", str(people), *out])
    return CliRunner().invoke(cli, [command, SLUG, *FOR_ONE, *(out if command != "mailto" else ())])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("line", ENDED)
def test_an_appeal_that_has_ended_writes_no_letter(pack, tmp_path, command, line):
    written(pack, line)
    done = run(command, tmp_path)
    assert isinstance(done.exception, CampaignError)
    assert ENDED[line] in str(done.exception)
    assert done.stdout == ""
    assert not (tmp_path / "made.pdf").exists()


def test_an_appeal_that_is_not_open_yet_may_be_tried(pack, tmp_path):
    written(pack, "opens = 2999-01-01")
    assert run("mailto", tmp_path).exit_code == 0


def test_on_a_server_the_published_appeal_counts_and_not_the_folder(pack, tmp_path):
    written(pack, "closed = true")
    with cheap_locks():
        assert CliRunner().invoke(cli, ["setup"]).exit_code == 0
    written(pack, "")
    assert ENDED["closed = true"] in str(run("mailto", tmp_path).exception)
