"""The documents stay true: every setting, every command and every page of a guide is where they say it is."""

import re

import click
import pytest

from campaign.cli.main import cli
from campaign.settings import Settings
from tests.conventions.source_tree import ROOT, short

SETTINGS = [name.upper() for name in Settings.model_fields]
START_SETTINGS = ["HOST", "PORT"]  # bin/start reads these two itself
COMMANDS = ["start", "test", "lint", "bench", "campaign"]


def _leaves(command: click.Command, path: tuple[str, ...]) -> list[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        return [leaf for name, inner in command.commands.items() for leaf in _leaves(inner, (*path, name))]
    return [(" ".join(path), command)]


def _groups(group: click.Group, path: tuple[str, ...]) -> list[tuple[str, click.Group]]:
    inner = [(name, one) for name, one in group.commands.items() if isinstance(one, click.Group)]
    return [(" ".join(path), group), *(found for name, one in inner for found in _groups(one, (*path, name)))]


LEAVES = _leaves(cli, ("bin/campaign",))
GROUPS = _groups(cli, ("bin/campaign",))


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETTINGS + START_SETTINGS)
def test_the_readme_and_the_example_name_every_setting(name):
    assert f"`{name}`" in _read("README.md"), f"README.md has no row for `{name}`."
    assert re.search(rf"^(?:# ?)?{name}=", _read(".env.example"), re.MULTILINE), f".env.example has no line {name}=…"


def test_the_example_names_no_setting_that_does_not_exist():
    named = set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", _read(".env.example"), re.MULTILINE))
    assert named - {*SETTINGS, *START_SETTINGS} == set()


def test_every_setting_is_described_where_it_is_defined():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_the_help_of_every_command_explains_it_and_shows_an_example(path, command):
    name = path.rpartition(" ")[2]
    text = command.get_help(click.Context(command, info_name=name))
    assert command.help, f"{path} says nothing about itself."
    assert path in re.sub(r"\s+", " ", text.partition("Options:")[2]), f"“{path} --help” shows no example."


@pytest.mark.parametrize(("path", "group"), GROUPS, ids=[path for path, _ in GROUPS])
def test_a_list_of_commands_cuts_no_sentence_at_eighty_columns(path, group):
    context = click.Context(group, info_name=path, terminal_width=78)  # click leaves two columns free
    commands = group.get_help(context).partition("Commands:")[2]
    assert [line for line in commands.splitlines() if line.endswith("...")] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command_in_bin(name):
    assert f"bin/{name}" in _read("README.md")


def test_every_link_between_the_documents_leads_somewhere():
    broken = []
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("letters/**/*.md")]:
        targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
        files = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
        broken += [f"{short(document)}: {file}" for file in files if not (document.parent / file).exists()]
    assert broken == []
