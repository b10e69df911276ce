"""Publishing a pack from a folder, as every command does it: the edition, and its line in the audit log."""

from pathlib import Path

from campaign import audit
from campaign.appeals.editions import Published, publish
from campaign.appeals.pack import files_in_folder
from campaign.core.clock import today
from campaign.runtime import Runtime


def publish_folder(runtime: Runtime, folder: Path) -> tuple[Published, bool]:
    """Publish the pack in a folder and say whether it was new; raises :class:`campaign.appeals.pack.PackError`."""
    day = today(runtime.clock)
    with runtime.database.unit_of_work() as session:
        book, new = publish(session, folder.name, files_in_folder(folder), day)
        if new:
            name = f"{book.appeal.slug} edition {book.edition}"
            audit.record(session, day, audit.Actor.COMMAND, audit.Action.PUBLISHED, name)
    return book, new
