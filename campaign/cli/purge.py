"""``purge``: delete what has been kept as long as was promised, and get a certificate."""

import click

from campaign.audit import Actor
from campaign.cli.graph import echo_json, opened
from campaign.jobs.tasks import purge as purge_now


@click.command(epilog="Example: bin/campaign purge --apply")
@click.option("--apply", "for_good", is_flag=True, help="Delete it; without this nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="Print what would go as JSON.")
def purge(*, for_good: bool, as_json: bool) -> None:
    """Show what is due to be deleted; with --apply delete it. Deleting prints a certificate.

    Unconfirmed signatures go after seven days, mail after 24 hours, the letters of visitors after one hour. On the day
    that an appeal's page names, all its signatures go, and with them the key of its index and the locked private keys
    in this instance folder. Who signed while the page named an earlier day goes on that day. An appeal without a
    deadline keeps its signatures until so many days after its pack says “closed = true”. The same is done by itself
    once an hour where jobs run.
    """
    with opened() as runtime:
        if for_good:
            click.echo(purge_now(runtime.retention, Actor.COMMAND).text(), nl=False)
            return
        found = runtime.retention.due()
    if as_json:
        echo_json(found)
        return
    for what, n in found.items():
        click.echo(f"{n:>9,}  {what}")
    click.echo("To delete it: bin/campaign purge --apply" if found else "Nothing is due.")
