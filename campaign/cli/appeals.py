"""``appeals``: check, publish and list the packs."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table as Grid

from campaign.appeals.definition import in_locale
from campaign.appeals.pack import PackReading, files_in_folder, read_pack
from campaign.appeals.problems import Problem
from campaign.cli.graph import echo_json, letters_folder, opened, pack_folders
from campaign.cli.publishing import publish_folder
from campaign.core.clock import SystemClock, today
from campaign.core.errors import CampaignError
from campaign.recipients.directory_check import check_folder
from campaign.recipients.directory_file import Table
from campaign.recipients.directory_rules import Finding, FindingKind

_PATH = click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=letters_folder)

_NAMED_KINDS = {
    FindingKind.ERROR: "rows that cannot be used",
    FindingKind.STALE: "rows too old to be believed",
    FindingKind.DOUBT: "doubtful rows",
}


@click.group()
def appeals() -> None:
    """Check, publish and list appeals."""


@appeals.command(epilog="Example: bin/campaign appeals check letters/ua-61-21")
@_PATH
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(path: Path, *, as_json: bool) -> None:
    """Check the packs at PATH (default: all in letters/) and report every error at once, with file and line."""
    folders = pack_folders(path)
    if not folders:
        raise CampaignError(f"There is no pack at {path}: a pack is a folder with a file appeal.toml.")
    found = {folder.name: _problems(read_pack(folder.name, files_in_folder(folder))) for folder in folders}
    errors = sum(problem.fatal for problems in found.values() for problem in problems)
    if as_json:
        echo_json(
            [
                {"pack": slug, "file": one.file, "line": one.line, "message": one.message, "error": one.fatal}
                for slug, problems in found.items()
                for one in problems
            ]
        )
    else:
        for slug, problems in found.items():
            for problem in problems:
                click.echo(f"{slug}/{problem}")
            if not any(problem.fatal for problem in problems):
                click.echo(f"{slug}: ready to publish")
    if errors:
        raise CampaignError(f"{errors} error(s); nothing with errors can be published.")


def _problems(reading: PackReading) -> tuple[Problem, ...]:
    """Return what is wrong with a pack, and as advice what has aged in the missions it writes to."""
    recipients = reading.appeal.recipients if reading.appeal else ()
    states = sorted({one.mission for one in recipients if one.mission})
    return (*reading.problems, *(advice for state in states for advice in _about_missions(state)))


def _about_missions(state: str) -> Iterator[Problem]:
    """Yield one piece of advice per table and kind: dozens of rows age at once, and `missions check` has them all."""
    folder = letters_folder() / "directory" / state
    file, more = f"../directory/{state}/{Table.MISSIONS.file}", f"bin/campaign missions check --state {state}"
    if not (folder / Table.MISSIONS.file).is_file():
        yield Problem(file, 1, f"The directory has no missions of {state}, so nobody gets that letter.", fatal=False)
        return
    rows: dict[tuple[str, FindingKind], list[Finding]] = {}
    for one in check_folder(folder, today(SystemClock())):
        if one.kind in _NAMED_KINDS:
            rows.setdefault((one.file, one.kind), []).append(one)
    for (name, kind), those in rows.items():
        countries = " ".join(dict.fromkeys(one.country or f"line {one.line}" for one in those))
        message = f"{_NAMED_KINDS[kind]}: {countries}. “{more}” says why."
        yield Problem(f"../directory/{state}/{name}", those[0].line, message, fatal=False)


@appeals.command(epilog="Example: bin/campaign appeals publish letters/ua-61-21")
@_PATH
def publish(path: Path) -> None:
    """Publish the packs at PATH (default: all in letters/) as new editions; unchanged packs stay as they are."""
    with opened() as runtime:
        for folder in pack_folders(path):
            book, new = publish_folder(runtime, folder)
            word = "published as" if new else "unchanged, still"
            click.echo(f"{folder.name}: {word} edition {book.edition}")


@appeals.command("list", epilog="Example: bin/campaign appeals list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """List the published appeals with edition, state and signatures."""
    with opened() as runtime:
        rows = [
            {
                "slug": book.appeal.slug,
                "reference": book.appeal.reference,
                "title": in_locale(book.appeal.title, "en"),
                "edition": book.edition,
                "published": book.day,
                "state": runtime.standing(book.appeal).state.value,
                "confirmed": runtime.signed(book.appeal.slug).confirmed,
                "unverified": runtime.signed(book.appeal.slug).unverified,
            }
            for book in runtime.shelf.all()
        ]
    if as_json:
        echo_json(rows)
        return
    table = Grid("Appeal", "Reference", "Title", "Edition", "Published", "State", "Confirmed", "Unverified")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
