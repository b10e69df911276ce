"""``missions``: see which embassies the directory knows, what has aged in it, and put a newer table in its place."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from campaign.cli.graph import echo_json, letters_folder
from campaign.core.clock import SystemClock, today
from campaign.core.errors import CampaignError
from campaign.recipients.countries import country_name, is_country
from campaign.recipients.directory import MissionsDirectory
from campaign.recipients.directory_check import check_folder
from campaign.recipients.directory_file import (
    Change,
    DirectoryFileError,
    Sheet,
    Table,
    differences,
    read_folder,
    read_sheet,
    write_sheet,
)
from campaign.recipients.directory_rules import Finding, FindingKind, broken_rules
from campaign.recipients.mission import MissionChoice, Why

_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
_LIST_EXAMPLE = "Examples: bin/campaign missions list --state CN; bin/campaign missions list --country FR"
_IMPORT_EXAMPLE = "Example: bin/campaign missions import newer.csv --state CN --dry-run"


@click.group()
def missions() -> None:
    """See, check and renew the directory of embassies. It lies in letters/directory/."""


@missions.command("list", epilog=_LIST_EXAMPLE)
@click.option("--state", default="", help="Only the missions of this state, two letters: CN.")
@click.option("--country", default="", help="Only where people in this country write, and why: FR.")
@_JSON
def list_(*, state: str, country: str, as_json: bool) -> None:
    """List the missions, or where people in one country write to."""
    directory = MissionsDirectory.load(_folder())
    states = [_known(_code(state, "--state"))] if state else sorted(directory.states)
    asked = [_code(country, "--country")] if country else []
    day = today(SystemClock())
    choices = [
        directory.choose(one, host, day)
        for one in states
        for host in asked or [mission.host for mission in directory.missions(one)]
    ]
    if as_json:
        echo_json([_as_row(choice) for choice in choices])
        return
    if not choices:
        raise CampaignError(f"The directory at {_folder()} has no missions.")
    grid = Grid("State", "From", "Goes to", "Confidence", "Ambassador", show_lines=True)
    for choice in choices:
        grid.add_row(*map(escape, _cells(choice)))
    Console().print(grid)


@missions.command(epilog="Example: bin/campaign missions check --state CN")
@click.option("--state", default="", help="Only the tables of this state, two letters: CN.")
@_JSON
def check(*, state: str, as_json: bool) -> None:
    """Report what is wrong, too old, doubtful or missing. Each comes with file and line.

    Ends with status 1 when a table cannot be used; age and doubt are reported, and are no failure.
    """
    states = [_known(_code(state, "--state"))] if state else _states()
    day = today(SystemClock())
    found = [(one, finding) for one in states for finding in check_folder(_folder() / one, day)]
    if as_json:
        echo_json([{"state": one, **_as_dict(finding)} for one, finding in found])
    else:
        for one, finding in found:
            click.echo(f"{one}/{finding}")
        click.echo(f"{', '.join(states)}: {_summary(finding for _, finding in found) or 'nothing to report'}")
    errors = sum(finding.kind is FindingKind.ERROR for _, finding in found)
    if errors:
        raise CampaignError(f"{errors} error(s): mend these lines before the directory is used.")


@missions.command("import", epilog=_IMPORT_EXAMPLE)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--state", default="", help="The state whose missions these are, two letters; default: the only one.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--remove", is_flag=True, help="Also remove the countries that FILE does not name.")
def import_(file: Path, *, state: str, dry_run: bool, remove: bool) -> None:
    """Put FILE in the place of a state's table. All of it, or nothing if one row is wrong.

    FILE is a whole missions.csv or ambassadors.csv; its first line says which. What changes is shown row by row, and
    the table before is kept beside the new one as “….csv.bak”.
    """
    one = _code(state, "--state") if state else _only_state()
    folder = _folder() / one
    after = read_sheet(file.read_bytes(), file.name)
    before = _readable(folder, after.table)
    _refuse_errors(after, file.name)
    changes = differences(before, after)
    for change in changes:
        _show(change)
    if not changes:
        click.echo(f"{one}/{after.table.file}: nothing changes.")
        return
    _refuse_removals(changes, after, file.name, allowed=remove)
    counted = Counter(change.kind for change in changes)
    words = ", ".join(f"{count} {kind}" for kind, count in counted.items())
    if dry_run:
        click.echo(f"{one}/{after.table.file}: {words}. Nothing was written (--dry-run).")
        return
    write_sheet(after, folder / after.table.file)
    click.echo(f"{one}/{after.table.file}: {words}. Restart the program to use it.")


def _folder() -> Path:
    return letters_folder() / "directory"


def _states() -> list[str]:
    states = sorted(path.parent.name for path in _folder().glob("*/missions.csv"))
    if not states:
        raise CampaignError(f"There is no directory at {_folder()}: it has a folder for each state, such as CN/.")
    return states


def _known(state: str) -> str:
    if state not in _states():
        raise CampaignError(f"The directory has no missions of {state}; it has {', '.join(_states())}.")
    return state


def _only_state() -> str:
    states = _states()
    if len(states) > 1:
        raise CampaignError(f"Say with --state whose missions these are; the directory has {', '.join(states)}.")
    return states[0]


def _code(given: str, option: str) -> str:
    code = given.upper()
    if not is_country(code):
        raise CampaignError(f"“{given}” is not a country code; write {option} with two letters, such as CN or FR.")
    return code


def _readable(folder: Path, table: Table) -> Sheet:
    """Return the table there is; one that is broken counts as empty, so that an import can mend it."""
    try:
        return read_folder(folder, table)
    except DirectoryFileError as error:
        click.echo(f"The table there cannot be read, so every row counts as new. {error}", err=True)
        return Sheet(table, ())


def _refuse_errors(after: Sheet, name: str) -> None:
    errors = broken_rules(after, today(SystemClock()))
    for one in errors:
        click.echo(f"{name}:{one.line}: {one.country}: {one.message}")
    if errors:
        raise CampaignError(f"{len(errors)} error(s) in {name}; nothing was changed.")
    if not after.rows:
        raise CampaignError(f"{name} has no rows; nothing was changed.")


def _refuse_removals(changes: Iterable[Change], after: Sheet, name: str, *, allowed: bool) -> None:
    left = {after.key(row)[0] for row in after.rows}
    gone = sorted({change.key[0] for change in changes if change.kind == "removed"} - left)
    if gone and not allowed:
        raise CampaignError(
            f"{name} says nothing about what {after.table.file} has for {', '.join(gone)}. Nothing was changed. "
            "A file must be the whole table; say --remove if these are meant to go."
        )


def _show(change: Change) -> None:
    click.echo(f"{change.kind}: {' / '.join(change.key)}")
    for column, before, after in change.cells:
        click.echo(f"    {column}: {before or '(empty)'} → {after or '(empty)'}")


def _summary(found: Iterable[Finding]) -> str:
    counted = Counter(finding.kind for finding in found)
    return ", ".join(f"{counted[kind]} {kind}" for kind in FindingKind if counted[kind])


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "file": finding.file,
        "line": finding.line or None,
        "country": finding.country,
        "message": finding.message,
    }


def _as_row(choice: MissionChoice) -> dict[str, Any]:
    mission, envoy = choice.mission, choice.envoy
    row: dict[str, Any] = {
        "state": choice.state,
        "country": choice.asked,
        "why": choice.why.value,
        "covered_by": choice.covered_by or None,
        "mission": None,
    }
    if mission:
        row["mission"] = {
            "host": mission.host,
            "kind": mission.kind,
            "city": mission.city,
            "located_in": mission.located_in,
            "lines": list(mission.lines),
            "email": mission.email,
            "fax": mission.fax,
            "phone": mission.phone,
            "confidence": mission.confidence.value,
            "printed": mission.postable,
            "source": mission.source,
            "source_date": mission.source_date,
            "ambassador": {"name": envoy.name, "as_of": envoy.as_of} if envoy else None,
        }
    return row


def _cells(choice: MissionChoice) -> tuple[str, ...]:
    why = "" if choice.why is Why.IN_COUNTRY else f"\n({choice.why.value.replace('_', ' ')})"
    asked = country_name(choice.asked, "en") + why
    mission = choice.mission
    if mission is None:
        return choice.state, asked, "nobody", "", ""
    if choice.envoy:
        name = f"{choice.envoy.name}\n({choice.envoy.as_of})"
    else:
        name = f"not named\n({choice.stale_envoy.as_of} is too old)" if choice.stale_envoy else "not named"
    where = mission.city if mission.located_in == choice.asked else f"{mission.city}, {mission.located_in}"
    goes_to = "\n".join((f"{mission.kind} in {where}", *(mission.lines or ("no postal address",))))
    return choice.state, asked, goes_to, f"{mission.confidence.value}\n{mission.source_date or 'no date'}", name
