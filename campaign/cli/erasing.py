"""``signatures erase``: take people out for good, by the ids that an opened bundle shows."""

import re

import click

from campaign import audit
from campaign.cli.graph import opened
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.signatures.erasing import withdraw

_ID = re.compile(r"[0-9a-f]{32}")
# A choice and not a text of one's own: the log of what was done must not name anybody.
REASONS = ("asked", "not-theirs", "test", "law")


@click.command(epilog="Example: bin/campaign signatures erase ua-61-21 8fb6c1… --reason asked")
@click.argument("appeal")
@click.argument("row_ids", metavar="ROW-ID...", nargs=-1, required=True)
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why; it is written into the audit log.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(appeal: str, row_ids: tuple[str, ...], reason: str, *, yes: bool) -> None:
    """Erase signatures for good, with all that belongs to them. Nobody can bring them back.

    The ROW-IDs stand in the column “id” of a full export. Do it when somebody asks (asked), when it is not their
    signature (not-theirs), for trials of your own (test) and when a law or a court wants it (law).
    """
    wanted = [row_id.lower() for row_id in dict.fromkeys(row_ids)]
    wrong = [row_id for row_id in wanted if not _ID.fullmatch(row_id)]
    if wrong:
        raise CampaignError(f"These are no row ids, which have 32 digits from 0 to 9 and a to f: {', '.join(wrong)}")
    with opened() as runtime:
        runtime.published(appeal)
        if not yes:
            click.confirm(f"Erase {len(wanted)} signature(s) of {appeal} for good?", abort=True)
        day = today(runtime.clock)
        with runtime.database.unit_of_work() as session:
            key = runtime.keys.outbox_key
            gone = {row_id for row_id in wanted if withdraw(session, key, appeal, bytes.fromhex(row_id))}
            if gone:
                done = f"{appeal}: {len(gone)} signature(s), {reason}"
                audit.record(session, day, audit.Actor.COMMAND, audit.Action.ERASED, done)
        runtime.database.forget_deleted()
    click.echo(f"Erased {len(gone)} signature(s) of {appeal}. Delete the exports and bundles they are in as well.")
    missing = [row_id for row_id in wanted if row_id not in gone]
    if missing:
        raise CampaignError(f"{appeal} has no signature with these ids: {', '.join(missing)}")
