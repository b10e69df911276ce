"""``drill``: break a site that exists for nothing else, and count what is lost."""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from campaign.cli.drills.faults import disk_error, disk_full
from campaign.cli.drills.killing import kill_postgresql, kill_render_workers, kill_sqlite, restart_postgresql
from campaign.cli.drills.mailing import kill_mail_workers, smtp_down
from campaign.cli.drills.outcome import LeftOutError, Orders, Outcome, Tell
from campaign.cli.graph import echo_json

DRILLS: dict[str, Callable[[Orders], Outcome]] = {
    "kill-sqlite": kill_sqlite,
    "kill-postgresql": kill_postgresql,
    "restart-postgresql": restart_postgresql,
    "disk-error": disk_error,
    "disk-full": disk_full,
    "kill-render": kill_render_workers,
    "smtp-down": smtp_down,
    "kill-worker": kill_mail_workers,
}

_WIDTH = 110


@click.command(epilog="Examples: bin/campaign drill; bin/campaign drill kill-sqlite --kills 5; drill smtp-down --json")
@click.argument("names", nargs=-1, type=click.Choice(list(DRILLS)))
@click.option("--kills", type=click.IntRange(1, 10_000), help="How often, instead of each drill's own number.")
@click.option("--postgresql", default="", metavar="URL", help="A server on which a database may be made and dropped.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of {name, acknowledged, lost, duplicated}.")
def drill(names: Sequence[str], kills: int | None, postgresql: str, *, as_json: bool) -> None:
    """Kill, cut off and starve a site while people sign, and count what is lost; all drills take some minutes.

    Each drill makes a site of its own in a temporary folder, with the real server, and removes it afterwards. Your own
    site is not touched, nor its settings read. People are “acknowledged” when they were told that they have signed;
    “lost” when they are not in the database afterwards, and “duplicated” when they are there twice. Of mails the same,
    and a second copy is excused where the mail server had accepted one in the moment of a kill. Ends with status 1 when
    anything else was lost or duplicated.
    """
    outcomes: list[Outcome] = []
    left_out: dict[str, str] = {}
    with _progress() as tell:
        for name in names or DRILLS:
            with tempfile.TemporaryDirectory(prefix="drill-") as folder:
                orders = Orders(Path(folder), lambda far, name=name: tell(f"{name}: {far}"), kills or 0, postgresql)  # type: ignore[misc]
                tell(f"{name}: making a site")
                try:
                    outcomes.append(DRILLS[name](orders))
                except LeftOutError as reason:
                    left_out[name] = str(reason)
    if as_json:
        echo_json([outcome.as_json() for outcome in outcomes])
        for name, why in left_out.items():
            click.echo(f"{name} was left out: {why}", err=True)
    else:
        console = Console()
        console.print(_table(outcomes, left_out), width=max(console.width, _WIDTH))
    for outcome in outcomes:
        for sentence in outcome.broken:
            click.echo(f"{outcome.name}: the database has {sentence}", err=True)
    if not all(outcome.holds for outcome in outcomes):
        sys.exit(1)


@contextlib.contextmanager
def _progress() -> Iterator[Tell]:
    """Show how far it has come: in one line that changes on a terminal, else in a line for each step."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: click.echo(text, err=True)
        return
    with console.status("") as status:
        yield lambda text: status.update(escape(text))


def _table(outcomes: Sequence[Outcome], left_out: dict[str, str]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("drill", no_wrap=True)
    for heading in ("acknowledged", "lost", "duplicated"):
        table.add_column(heading, justify="right")
    table.add_column("what was done")
    table.add_column("holds")
    for one in outcomes:
        figures = (f"{one.acknowledged:,}", f"{one.lost:,}", f"{one.duplicated:,}")
        table.add_row(one.name, *figures, one.done, "yes" if one.holds else "[bold red]NO[/]")
    for name, why in left_out.items():
        table.add_row(name, "", "", "", f"left out: {escape(why)}", "")
    return table
