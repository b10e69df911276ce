"""``appeals``: check, publish and list the packs."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from campaign.appeals.definition import in_locale
from campaign.appeals.editions import publish as publish_pack
from campaign.appeals.pack import files_in_folder, read_pack
from campaign.cli.graph import echo_json, letters_folder, opened, pack_folders
from campaign.core.clock import today
from campaign.core.errors import CampaignError

_PATH = click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=letters_folder)


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
    found = {folder.name: read_pack(folder.name, files_in_folder(folder)).problems for folder in folders}
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


@appeals.command(epilog="Example: bin/campaign appeals publish letters/ua-61-21")
@_PATH
def publish(path: Path) -> None:
    """Publish the packs at PATH (default: all in letters/) as new editions; unchanged packs stay as they are."""
    with opened() as runtime:
        for folder in pack_folders(path):
            with runtime.database.unit_of_work() as session:
                book, new = publish_pack(session, folder.name, files_in_folder(folder), today(runtime.clock))
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
                "signatures": runtime.signed(book.appeal.slug),
            }
            for book in runtime.shelf.all()
        ]
    if as_json:
        echo_json(rows)
        return
    table = Table("Appeal", "Reference", "Title", "Edition", "Published", "State", "Signatures")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)
