"""``names``: look at the names that people want to be shown, approve them, and let them out in batches."""

import re
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from campaign import audit
from campaign.appeals.definition import Appeal
from campaign.cli.graph import echo_json, opened
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.runtime import Runtime
from campaign.signatures.name_flags import name_flags
from campaign.signatures.public_names import (
    BATCH,
    ListedName,
    NameState,
    decide_names,
    keep_confirmed,
    listed_names,
    release_names,
)

_ID = re.compile(r"[0-9a-f]{32}")


@click.group()
def names() -> None:
    """Approve or refuse names for the public list."""


@names.command("list", epilog="Example: bin/campaign names list ua-61-21 --state waiting")
@click.argument("appeal")
@click.option("--state", type=click.Choice([state.value for state in NameState]), help="Only names of this state.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(appeal: str, *, state: str | None, as_json: bool) -> None:
    """List an appeal's public names, with what to look at twice.

    \b
    mixed-script  a word with letters of two scripts, which may imitate another name
    signs         digits or signs that names do not have
    twice         the list has the same name again
    addressee     it stands in the address of somebody who is written to
    """  # noqa: D301  click reads \b as "keep these lines"
    with opened() as runtime:
        book = runtime.published(appeal)
        _tidy(runtime, appeal)
        with runtime.database.reading() as session:
            found = listed_names(session, appeal)
    rows = [(one, _flags(one, found, book.appeal)) for one in found if state in {None, one.state.value}]
    if as_json:
        echo_json([{"id": one.id.hex(), "state": one.state, "name": one.name, "flags": flags} for one, flags in rows])
        return
    for one, flags in rows:
        click.echo(f"{one.id.hex()}  {one.state:<8}  {one.name}{'  [' + ', '.join(flags) + ']' if flags else ''}")
    click.echo(f"{len(rows):,} name(s).")


@names.command(epilog="Example: bin/campaign names approve ua-61-21 8fb6c1…")
@click.argument("appeal")
@click.argument("name_ids", metavar="[NAME-ID...]", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every waiting name without a remark.")
def approve(appeal: str, name_ids: tuple[str, ...], *, everything: bool) -> None:
    """Approve names by the ids that “names list” prints. They come out twenty or more at a time; fewer wait."""
    if not (name_ids or everything):
        raise CampaignError("Say which names, by the ids that “names list” prints, or --all for all without a remark.")
    with opened() as runtime:
        book = runtime.published(appeal)
        _tidy(runtime, appeal)
        with runtime.database.unit_of_work() as session:
            found = listed_names(session, appeal)
            wanted = set(_ids(name_ids))
            if everything:
                wanted |= {
                    one.id for one in found if one.state is NameState.WAITING and not _flags(one, found, book.appeal)
                }
            changed = decide_names(session, appeal, wanted, NameState.APPROVED)
            out = release_names(session, appeal)
            waiting = len(listed_names(session, appeal, NameState.APPROVED))
            if changed or out:
                _note(session, runtime, appeal, f"{changed} name(s) approved, {out} came out")
    click.echo(f"Approved: {changed:,}. Came out now: {out:,}.")
    if waiting:
        click.echo(f"{waiting:,} wait until there are {BATCH}, so that nobody can tell who came when.")


@names.command(epilog="Example: bin/campaign names refuse ua-61-21 8fb6c1…")
@click.argument("appeal")
@click.argument("name_ids", metavar="NAME-ID...", nargs=-1, required=True)
def refuse(appeal: str, name_ids: tuple[str, ...]) -> None:
    """Refuse names, also ones that are shown: they are deleted at once. Their owners see it, and may give others."""
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.unit_of_work() as session:
            changed = decide_names(session, appeal, _ids(name_ids), NameState.REFUSED)
            if changed:
                _note(session, runtime, appeal, f"{changed} name(s) refused")
        runtime.database.forget_deleted()
    click.echo(f"Refused: {changed:,}.")


def _tidy(runtime: Runtime, appeal: str) -> None:
    """Take out the names of signatures that do not count any more, before anybody looks at them."""
    keep_confirmed(runtime.database, runtime.keys.row_key, appeal)


def _flags(one: ListedName, found: Sequence[ListedName], appeal: Appeal) -> list[str]:
    lines = [line for recipient in appeal.recipients for line in (*recipient.lines, recipient.local_line)]
    return name_flags(one.name, [other.name for other in found], lines) if one.name else []


def _ids(name_ids: Sequence[str]) -> list[bytes]:
    wrong = [one for one in name_ids if not _ID.fullmatch(one.lower())]
    if wrong:
        raise CampaignError(f"These are no ids of names, as “names list” prints them: {', '.join(wrong)}")
    return [bytes.fromhex(one) for one in name_ids]


def _note(session: Session, runtime: Runtime, appeal: str, done: str) -> None:
    audit.record(session, today(runtime.clock), audit.Actor.COMMAND, "names", f"{appeal}: {done}")
