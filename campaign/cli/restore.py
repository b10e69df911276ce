"""``restore-check``: after a backup was copied back, what people have withdrawn or taken back since is so again."""

from pathlib import Path

import click

from campaign import audit
from campaign.cli.graph import opened
from campaign.core.clock import today
from campaign.runtime import Runtime
from campaign.signatures import (
    Change,
    Erasure,
    ErasureJournal,
    count_new,
    erase_signature,
    still_there,
    take_back_consents,
    undone_changes,
)


@click.command("restore-check", epilog="Example: bin/campaign restore-check --apply")
@click.option("--apply", "for_good", is_flag=True, help="Erase and take back again; without this nothing is changed.")
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The list of another machine, beside this one's own; may be given several times.",
)
def restore_check(*, for_good: bool, journals: tuple[Path, ...]) -> None:
    """Erase and change anew what a restored backup undid.

    Compares the database with the list of what was erased and changed since the backup; does it again with --apply.

    Who had withdrawn is erased again. Of those who had changed their choices nothing is shown and nothing handed over
    until they choose anew, for what they had chosen last is not in the backup. Do it before the site is opened again.
    The list is ERASURE_JOURNAL, INSTANCE/erasures.log by default: never restore it from the same backup as the
    database. What has become too old in the meantime goes as with “purge”.
    """
    with opened() as runtime:
        lists = [*(ErasureJournal(path, runtime.clock) for path in journals), runtime.journal]
        erasures = [one for each in lists for one in each.read()]
        changes = [one for each in lists for one in each.changes()]
        with runtime.database.reading() as session:
            found = still_there(session, erasures)
            going = {(one.slug, one.signature_id) for one in found}
            undone = [one for one in undone_changes(session, changes) if (one.slug, one.signature_id) not in going]
        click.echo(f"{len(erasures):,} erasures are listed; {len(found):,} of them are in this database all the same.")
        click.echo(
            f"{len(changes):,} changed choices are listed; "
            f"{len(undone):,} signature(s) have older choices than their owners made."
        )
        due = runtime.retention.due()
        for what, n in due.items():
            click.echo(f"Due to be deleted: {n:,} {what}")
        if for_good:
            _do_again(runtime, found, undone)
        elif found or undone or due:
            click.echo("To erase, take back and delete: bin/campaign restore-check --apply")


def _do_again(runtime: Runtime, found: list[Erasure], undone: list[Change]) -> None:
    _erase_again(runtime, found)
    taken_back = _take_back_again(runtime, undone)
    click.echo(runtime.retention.purge().text(), nl=False)
    click.echo(f"Erased again: {len(found):,}. The totals are counted anew.")
    if undone:
        click.echo(f"{taken_back:,} signature(s) are neither shown nor handed over until their owners choose anew.")
    if taken_back < len(undone):
        click.echo(f"{len(undone) - taken_back:,} were changed or forged in the database, and are in no export.")


def _erase_again(runtime: Runtime, found: list[Erasure]) -> None:
    for one in found:
        with runtime.database.unit_of_work() as session:
            erase_signature(session, one.slug, one.signature_id)
    for book in runtime.shelf.all():
        with runtime.database.unit_of_work() as session:
            if not runtime.retention.is_over(session, book.appeal):
                count_new(session, book.appeal.slug)
    with runtime.database.unit_of_work() as session:
        told = f"{len(found)} signatures again, after a backup was restored"
        audit.record(session, today(runtime.clock), audit.Actor.COMMAND, audit.Action.ERASED, told)
    runtime.database.forget_deleted()


def _take_back_again(runtime: Runtime, undone: list[Change]) -> int:
    """Let nothing be shown or handed over of those whose choices are older than they made them; return how many."""
    done = 0
    for one in undone:
        with runtime.database.unit_of_work() as session:
            done += take_back_consents(session, runtime.keys.row_key, one)
    if undone:
        with runtime.database.unit_of_work() as session:
            told = f"consents of {done} signatures, after a backup was restored"
            audit.record(session, today(runtime.clock), audit.Actor.COMMAND, "taken back", told)
    return done
