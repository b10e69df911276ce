"""``drill``: break a site that exists for nothing else, and count what is lost."""

import contextlib
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from campaign.cli.drills.faults import disk_error, disk_full, disk_waits
from campaign.cli.drills.killing import kill_postgresql, kill_render_workers, kill_sqlite, restart_postgresql
from campaign.cli.drills.mailing import kill_mail_workers, smtp_down
from campaign.cli.drills.outcome import DrillError, LeftOutError, Orders, Outcome, Tell
from campaign.cli.graph import echo_json

DRILLS: dict[str, Callable[[Orders], Outcome]] = {
    "kill-sqlite": kill_sqlite,
    "kill-postgresql": kill_postgresql,
    "restart-postgresql": restart_postgresql,
    "disk-waits": disk_waits,
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
    """Break a site while people sign, and count what is lost.

    It is killed, cut off and starved; all drills take some minutes.

    Each drill makes a site of its own in a temporary folder, with the real server, and removes it afterwards. Your own
    site is not touched, nor its settings read. People are “acknowledged” when they were told that they have signed;
    “lost” when they are not in the database afterwards, and “duplicated” when they are there twice. Of mails the same,
    and a second copy is excused where the mail server had accepted one in the moment of a kill. Ends with status 1 when
    anything else was lost or duplicated, or a drill could not be carried out.
    """
    report = Report()
    with _ended_well(), _progress() as tell:
        for name in names or DRILLS:
            tell(f"{name}: making a site")
            report.take(name, kills or 0, postgresql, tell)
    if as_json:
        echo_json([outcome.as_json() for outcome in report.outcomes])
    else:
        console = Console()
        console = console if console.is_terminal else Console(width=_WIDTH)
        console.print(report.table())
    for sentence in report.sentences(with_left_out=as_json):
        click.echo(sentence, err=True)
    if not report.holds:
        sys.exit(1)


@dataclass
class Report:
    """What the drills have shown; one that could not be carried out takes nothing away from the others."""

    outcomes: list[Outcome] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, kills: int, postgresql: str, tell: Tell) -> None:
        """Carry out one drill in a folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            orders = Orders(Path(folder), lambda far: tell(f"{name}: {far}"), kills, postgresql)
            try:
                self.outcomes.append(DRILLS[name](orders))
            except LeftOutError as reason:
                self.left_out[name] = str(reason)
            except DrillError as reason:
                self.failed[name] = str(reason)

    @property
    def holds(self) -> bool:
        """Whether every drill that this machine can do was done, and holds."""
        return not self.failed and all(outcome.holds for outcome in self.outcomes)

    def table(self) -> Table:
        """Return the report for people."""
        table = Table(box=SIMPLE_HEAD)
        table.add_column("drill", no_wrap=True)
        for heading in ("acknowledged", "lost", "duplicated"):
            table.add_column(heading, justify="right")
        table.add_column("what was done")
        table.add_column("holds")
        for one in self.outcomes:
            figures = (f"{one.acknowledged:,}", f"{one.lost:,}", f"{one.duplicated:,}")
            table.add_row(one.name, *figures, one.done, "yes" if one.holds else "[bold red]NO[/]")
        for name, why in self.left_out.items():
            table.add_row(name, "", "", "", f"left out: {escape(why)}", "")
        for name in self.failed:
            table.add_row(name, "", "", "", "could not be carried out", "[bold red]NO[/]")
        return table

    def sentences(self, *, with_left_out: bool) -> Iterator[str]:
        """Give what the figures do not say."""
        yield from (f"{one.name}: the database has {sentence}" for one in self.outcomes for sentence in one.broken)
        yield from (f"{name} could not be carried out: {why}" for name, why in self.failed.items())
        if with_left_out:
            yield from (f"{name} was left out: {why}" for name, why in self.left_out.items())


@contextlib.contextmanager
def _ended_well() -> Iterator[None]:
    """Let SIGTERM end a drill as an error does, so that no server of it stays behind."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit("The drill was stopped."))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _progress() -> Iterator[Tell]:
    """Show how far it has come: in one line that changes on a terminal, else in a line for each step."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: click.echo(text, err=True)
        return
    with console.status("") as status:
        yield lambda text: status.update(escape(text))
