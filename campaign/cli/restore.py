"""``restore-check``: after a backup was copied back, whoever had withdrawn is taken out again."""

from pathlib import Path

import click

from campaign import audit
from campaign.appeals.closing import is_over
from campaign.cli.graph import opened
from campaign.core.clock import today
from campaign.runtime import Runtime
from campaign.signatures import Erasure, ErasureJournal, count_new, erase_signature, still_there


@click.command("restore-check", epilog="Example: bin/campaign restore-check --apply")
@click.option("--apply", "for_good", is_flag=True, help="Erase them again; without this nothing is changed.")
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The list of another machine, beside this one's own; may be given several times.",
)
def restore_check(*, for_good: bool, journals: tuple[Path, ...]) -> None:
    """Compare a restored database with the list of erased signatures, and erase them again with --apply.

    Do it before the site is opened again. The list is ERASURE_JOURNAL, INSTANCE/erasures.log by default: never restore
    it from the same backup as the database. What has become too old in the meantime goes as with “purge”.
    """
    with opened() as runtime:
        known = [one for path in journals for one in ErasureJournal(path, runtime.clock).read()]
        known += runtime.journal.read()
        with runtime.database.reading() as session:
            found = still_there(session, known)
        click.echo(f"{len(known):,} erasures are listed; {len(found):,} of them are in this database all the same.")
        due = runtime.retention.due()
        for what, n in due.items():
            click.echo(f"Due to be deleted: {n:,} {what}")
        if for_good:
            _erase_again(runtime, found)
            click.echo(runtime.retention.purge().text(), nl=False)
            click.echo(f"Erased again: {len(found):,}. The totals are counted anew.")
        elif found or due:
            click.echo("To erase and delete: bin/campaign restore-check --apply")


def _erase_again(runtime: Runtime, found: list[Erasure]) -> None:
    for one in found:
        with runtime.database.unit_of_work() as session:
            erase_signature(session, one.slug, one.signature_id)
    for book in runtime.shelf.all():
        with runtime.database.unit_of_work() as session:
            if not is_over(session, book.appeal, runtime.clock.now()):
                count_new(session, book.appeal.slug)
    with runtime.database.unit_of_work() as session:
        told = f"{len(found)} signatures again, after a backup was restored"
        audit.record(session, today(runtime.clock), audit.Actor.COMMAND, audit.Action.ERASED, told)
    runtime.database.forget_deleted()
