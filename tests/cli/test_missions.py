"""The directory from the terminal: seen, checked, and renewed as a whole or not at all."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import ROOT


class Terminal:
    """A letters folder of our own with the shipped directory, and commands that use it."""

    def __init__(self, letters: Path) -> None:
        self.letters = letters
        self.directory = letters / "directory"
        self.table = self.directory / "CN" / "missions.csv"
        self.names = self.directory / "CN" / "ambassadors.csv"

    def run(self, *arguments: str) -> Result:
        """Run a command that must not fail."""
        result = CliRunner().invoke(cli, arguments, env={"LETTERS_DIR": str(self.letters)}, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result

    def refused(self, *arguments: str) -> tuple[str, str]:
        """Run a command that must fail with a sentence; return what it printed, and the sentence."""
        result = CliRunner().invoke(cli, arguments, env={"LETTERS_DIR": str(self.letters)})
        assert isinstance(result.exception, CampaignError), result.output
        return result.output, str(result.exception)

    def newer(self, *changes: tuple[str, str], of: Path | None = None) -> str:
        """Write a copy of a table with some texts replaced, and return its path."""
        text = (of or self.table).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = self.letters / "newer.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def terminal(tmp_path):
    shutil.copytree(ROOT / "letters", tmp_path / "letters")
    return Terminal(tmp_path / "letters")


def line_of(path: Path, start: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if line.startswith(start))


def test_list_shows_every_mission_of_a_state(terminal):
    rows = json.loads(terminal.run("missions", "list", "--state", "cn", "--json").stdout)
    assert len(rows) == 178
    [ottawa] = [row for row in rows if row["country"] == "CA"]
    assert ottawa["mission"]["lines"] == ["515 St. Patrick Street", "Ottawa, ON K1N 5H3"]
    assert ottawa["mission"]["printed"] is True
    assert "embassy in Ottawa" in terminal.run("missions", "list").stdout


def test_list_says_where_people_in_a_country_write_and_why(terminal):
    [row] = json.loads(terminal.run("missions", "list", "--country", "AD", "--json").stdout)
    assert (row["why"], row["covered_by"], row["mission"]["city"]) == ("covered_elsewhere", "ES", "Madrid")
    [row] = json.loads(terminal.run("missions", "list", "--country", "BT", "--json").stdout)
    assert (row["why"], row["mission"]) == ("none", None)
    assert "nobody" in terminal.run("missions", "list", "--country", "BT").stdout


def test_list_prints_a_bracket_in_an_address_as_it_is(terminal):
    terminal.run("missions", "import", terminal.newer(("515 St. Patrick Street", "[c/o] 515 St. Patrick Street")))
    assert "[c/o] 515" in terminal.run("missions", "list", "--country", "CA").stdout


def test_check_names_file_line_and_country_and_counts(terminal):
    output = terminal.run("missions", "check", "--state", "CN").stdout
    assert f"CN/missions.csv:{line_of(terminal.table, 'IQ,')}: doubt: IQ: there is no postal address" in output
    assert f"CN/ambassadors.csv:{line_of(terminal.names, 'US,')}: stale: US: Xie Feng was last seen" in output
    assert output.splitlines()[-1].startswith("CN: ")


def test_check_as_json_is_a_list_of_findings(terminal):
    found = json.loads(terminal.run("missions", "check", "--json").stdout)
    assert {one["state"] for one in found} == {"CN"}
    assert {"kind", "file", "line", "country", "message"} <= found[0].keys()


def test_check_fails_when_a_table_cannot_be_used(terminal):
    text = terminal.table.read_text(encoding="utf-8").replace("chineseembassy.ca@gmail.com", "ask in Ottawa")
    terminal.table.write_text(text, encoding="utf-8")
    output, sentence = terminal.refused("missions", "check")
    assert "error: CA: email “ask in Ottawa” is not one address" in output
    assert sentence.startswith("1 error(s)")


def test_an_import_shows_what_changes_writes_it_and_keeps_the_table_before(terminal):
    before = terminal.table.read_bytes()
    newer = terminal.newer(("515 St. Patrick Street", "1 Another Street"))
    output = terminal.run("missions", "import", newer, "--state", "CN").stdout
    assert "changed: CA / embassy\n    address_lines: 515 St. Patrick Street|Ottawa" in output
    assert "1 changed" in output
    assert MissionsDirectory.load(terminal.directory)
    assert terminal.table.read_bytes() == Path(newer).read_bytes()
    assert terminal.table.with_name("missions.csv.bak").read_bytes() == before
    assert "nothing changes" in terminal.run("missions", "import", newer).stdout


def test_a_dry_run_shows_the_same_and_writes_nothing(terminal):
    before = terminal.table.read_bytes()
    output = terminal.run("missions", "import", terminal.newer(("515 St. P", "517 St. P")), "--dry-run").stdout
    assert "changed: CA / embassy" in output
    assert "Nothing was written" in output
    assert terminal.table.read_bytes() == before
    assert not terminal.table.with_name("missions.csv.bak").exists()


def test_one_wrong_row_refuses_the_whole_file_and_every_wrong_row_is_named(terminal):
    before = terminal.table.read_bytes()
    newer = terminal.newer(("613 789 1911", "by post only"), ("515 St. P", "517 St. P"), ("\nZW,Zimb", "\nZZ,Zimb"))
    output, sentence = terminal.refused("missions", "import", newer)
    assert f"newer.csv:{line_of(terminal.table, 'CA,')}: CA: fax “by post only” is not a telephone number." in output
    assert f"newer.csv:{line_of(terminal.table, 'ZW,')}: ZZ: host_country “ZZ” is not a country code" in output
    assert "2 error(s) in newer.csv; nothing was changed" in sentence
    assert terminal.table.read_bytes() == before


def test_a_file_with_a_part_of_the_countries_is_refused_unless_that_is_meant(terminal):
    before = terminal.table.read_bytes()
    part = terminal.letters / "part.csv"
    part.write_bytes(b"".join(line for line in before.splitlines(keepends=True) if not line.startswith(b"AL,")))
    output, sentence = terminal.refused("missions", "import", str(part))
    assert "removed: AL / embassy" in output
    assert "says nothing about what missions.csv has for AL" in sentence
    assert terminal.table.read_bytes() == before
    assert "1 removed" in terminal.run("missions", "import", str(part), "--remove").stdout
    assert b"\nAL," not in terminal.table.read_bytes()


def test_a_table_of_ambassadors_is_known_by_its_first_line(terminal):
    row = "FR,France,Name Somebody,Somebody,,2026-10-01,in office,A page,\nGA,"
    output = terminal.run("missions", "import", terminal.newer(("GA,", row), of=terminal.names)).stdout
    assert "added: FR / Name Somebody / 2026-10-01" in output
    assert "CN/ambassadors.csv: 1 added" in output


def test_a_new_state_gets_a_folder_of_its_own(terminal):
    terminal.run("missions", "import", str(terminal.table), "--state", "TR")
    assert MissionsDirectory.load(terminal.directory).states == {"CN", "TR"}
    assert "error" not in terminal.run("missions", "check", "--state", "TR").stdout
    assert "Say with --state" in terminal.refused("missions", "import", str(terminal.table))[1]


def test_a_broken_table_can_be_mended_by_an_import(terminal):
    sound = terminal.newer()
    terminal.table.write_text("garbage\n")
    result = terminal.run("missions", "import", sound)
    assert "every row counts as new" in result.stderr
    assert "253 added" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["list", "--state", "China"], "“China” is not a country code"),
        (["list", "--country", "XX"], "“XX” is not a country code"),
        (["check", "--state", "TR"], "The directory has no missions of TR; it has CN."),
        (["import", str(ROOT / "pyproject.toml")], "must name the columns"),
    ],
)
def test_a_mistake_gets_a_sentence(terminal, arguments, sentence):
    assert sentence in terminal.refused("missions", *arguments)[1]


def test_an_instance_without_a_directory_says_where_it_was_looked_for(terminal):
    shutil.rmtree(terminal.directory)
    assert "There is no directory at" in terminal.refused("missions", "check")[1]


def test_appeals_check_names_stale_and_doubtful_missions_as_advice(terminal):
    output = terminal.run("appeals", "check").stdout
    line = line_of(terminal.names, "AO,")
    assert f"\n{terminal.names.resolve()}:{line}: advice: rows too old to be believed: AO" in f"\n{output}"
    assert "advice: doubtful rows: ET GE IQ" in output
    assert "ua-61-21: ready to publish" in output


def test_appeals_check_says_when_the_directory_has_no_missions_of_the_state(terminal):
    terminal.table.unlink()
    assert "advice: The directory has no missions of CN" in terminal.run("appeals", "check").stdout
