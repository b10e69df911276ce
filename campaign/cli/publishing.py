"""Publishing a pack from a folder, as every command does it: the edition, and its line in the audit log."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from campaign import audit
from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published, publish
from campaign.appeals.keeping import check_kept_days
from campaign.appeals.pack import PackError, files_in_folder, read_pack
from campaign.appeals.pack_table import APPEAL_FILE
from campaign.appeals.problems import Problem
from campaign.appeals.state import State, standing
from campaign.cli.server_keys import OFFLINE
from campaign.core.clock import Clock, today
from campaign.keys import find_key, newest_key
from campaign.letters import uncovered
from campaign.runtime import Runtime
from campaign.signatures import IndexKeys
from campaign.signatures.promised_days import given_for_less


def publish_folder(runtime: Runtime, folder: Path) -> tuple[Published, bool]:
    """Publish the pack in a folder and say whether it was new.

    Raises :class:`campaign.appeals.pack.PackError`, also for a pack that would open an appeal whose keys are destroyed,
    or that promises to delete names while they can still be confirmed.
    """
    files = files_in_folder(folder)
    reading = read_pack(folder.name, files, advise=False, undrawable=uncovered)
    if reading.appeal is None:
        raise PackError(folder.name, reading.errors)
    problem = reopening(runtime.index_keys, runtime.clock, reading.appeal)
    problems = (*check_kept_days(APPEAL_FILE, files[APPEAL_FILE].decode("utf-8-sig")), *([problem] if problem else ()))
    if problems:
        raise PackError(folder.name, problems)
    # An appeal is closed on the day of the edition that says so, and its days end at midnight where it is at home.
    day = today(runtime.clock, reading.appeal.time_zone)
    with runtime.database.unit_of_work() as session:
        book, new = publish(session, folder.name, files, day)
        if new:
            name = f"{book.appeal.slug} edition {book.edition}"
            audit.record(session, today(runtime.clock), audit.Actor.COMMAND, audit.Action.PUBLISHED, name)
        earlier = given_for_less(session, book.appeal) if new else {}
    for promised, n in earlier.items():
        click.echo(
            f"{folder.name}: {n:,} signature(s) were given for an earlier day, and are deleted on {promised}, as their "
            "page said."
        )
    return book, new


def nobody_signs_yet(runtime: Runtime, session: Session, appeal: Appeal) -> str:
    """Return the sentence that nobody can sign an appeal yet for want of a key, and the next step; or nothing."""
    if standing(appeal, runtime.clock).state not in {State.OPEN, State.NOT_YET} or find_key(session, appeal.slug):
        return ""
    told = f"{appeal.slug}: nobody can sign yet. "
    if newest_key(session, appeal.slug):
        return f"{told}Its key waits to be tried out: bin/campaign keys test {appeal.slug} --out test.json"
    add = f"“bin/campaign keys add {appeal.slug} FILE.pub”"
    if (runtime.settings.instance / OFFLINE).exists():
        return f"{told}Bring a key: {add}."
    return f"{told}“bin/campaign setup” makes a key here; {add} brings your own."


def reopening(index_keys: IndexKeys, clock: Clock, appeal: Appeal) -> Problem | None:
    """Return what is wrong with an appeal that is open although its index key was destroyed: nobody could sign it."""
    if standing(appeal, clock).state not in {State.OPEN, State.NOT_YET} or not index_keys.is_destroyed(appeal.slug):
        return None
    return Problem(
        APPEAL_FILE,
        1,
        f"{appeal.slug} is over: its keys were destroyed together with its signatures, so it cannot be opened again. "
        "Publish it under a new name.",
    )
