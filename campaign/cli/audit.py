"""``audit``: show the log of what was done, and check that nobody has changed it."""

import click

from campaign import audit as log
from campaign.cli.graph import echo_json, opened
from campaign.core.errors import CampaignError


@click.group()
def audit() -> None:
    """Show and check the log of what organisers did.

    Keys, exports, publications and deletions stand in it; it names no person.
    """


@audit.command(epilog="Example: bin/campaign audit show")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(*, as_json: bool) -> None:
    """Show every line of the log, oldest first."""
    with opened() as runtime, runtime.database.reading() as session:
        if as_json:
            echo_json(
                [vars(one) | {"previous": one.previous.hex(), "hash": one.hash.hex()} for one in log.entries(session)]
            )
            return
        for one in log.entries(session):
            click.echo(f"{one.n:>5}  {one.day}  {one.actor:<12}  {one.action:<14}  {one.object}")


@audit.command(epilog="Example: bin/campaign audit check --hash 5f2c…")
@click.option("--hash", "known", help="A hash that “audit check” printed earlier: it must still be in the log.")
def check(known: str | None) -> None:
    """Check that no line was changed, and print the newest hash. Write that down."""
    try:
        wanted = bytes.fromhex(known) if known else None
    except ValueError:
        raise CampaignError("A hash has 64 digits from 0 to 9 and a to f.") from None
    with opened() as runtime, runtime.database.reading() as session:
        newest = log.check(session, wanted)
    if newest is None:
        click.echo("The audit log is empty.")
        return
    click.echo(f"{newest.n:,} line(s), none of them changed. Newest hash, to keep somewhere else:\n{newest.hash.hex()}")
