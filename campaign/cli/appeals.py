"""``appeals``: check, publish and list the packs."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from operator import itemgetter
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from campaign.appeals.closing import deletion_day
from campaign.appeals.definition import Appeal, in_locale
from campaign.appeals.editions import Published, Unreadable
from campaign.appeals.pack import PackReading, files_in_folder, read_pack
from campaign.appeals.pack_table import APPEAL_FILE
from campaign.appeals.problems import Problem
from campaign.appeals.state import State, standing
from campaign.cli.graph import echo_json, letters_folder, opened, pack_folders
from campaign.cli.publishing import nobody_signs_yet, publish_folder, reopening
from campaign.core.clock import SystemClock, today
from campaign.core.errors import CampaignError
from campaign.letters import uncovered
from campaign.recipients.directory_check import check_folder
from campaign.recipients.directory_file import Table
from campaign.recipients.directory_rules import Finding, FindingKind
from campaign.runtime import Runtime
from campaign.settings import SettingsError, load_settings
from campaign.signatures import IndexKeys
from campaign.signatures.public_names import names_waiting

_PATH = click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=letters_folder)

_NO_END = (
    "There is no “deadline”, so every name is kept until somebody writes “closed = true” and publishes. If the "
    "document gives no date, agree now on a day when you will look at it again."
)
_NAMED_KINDS = {
    FindingKind.ERROR: "rows that cannot be used",
    FindingKind.STALE: "rows too old to be believed",
    FindingKind.DOUBT: "doubtful rows",
}


@click.group()
def appeals() -> None:
    """Check, publish and list appeals."""


@appeals.command(epilog="Example: bin/campaign appeals check letters/ua-61-21")
@_PATH
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(path: Path, *, as_json: bool) -> None:
    """Check packs and report every error with file and line.

    PATH is a pack or a folder of packs; default: all in letters/.
    """
    folders = pack_folders(path)
    if not folders:
        raise CampaignError(f"There is no pack at {path}: a pack is a folder with a file appeal.toml.")
    found = {folder: _problems(_read(folder)) for folder in folders}
    errors = sum(problem.fatal for problems in found.values() for problem in problems)
    if as_json:
        echo_json(
            [
                {"pack": folder.name, "file": one.file, "line": one.line, "message": one.message, "error": one.fatal}
                for folder, problems in found.items()
                for one in problems
            ]
        )
    else:
        for folder, problems in found.items():
            for problem in problems:
                click.echo(replace(problem, file=_from_here(folder / problem.file)))
            if not any(problem.fatal for problem in problems):
                click.echo(f"{folder.name}: ready to publish")
    if errors:
        raise CampaignError(f"{errors} error(s); nothing with errors can be published.")


def _read(folder: Path) -> PackReading:
    return read_pack(folder.name, files_in_folder(folder), undrawable=uncovered)


def _from_here(path: Path) -> str:
    """Return the path as it opens from the current folder; whole where that would lead upwards."""
    whole, here = path.resolve(), Path.cwd().resolve()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def _problems(reading: PackReading) -> tuple[Problem, ...]:
    """Return what is wrong with a pack, and as advice what has aged in the missions it writes to."""
    if reading.appeal is None:
        return reading.problems
    states = sorted({one.mission for one in reading.appeal.recipients if one.mission})
    missions = (advice for state in states for advice in _about_missions(state))
    return (*reading.problems, *_about_its_end(reading.appeal), *missions)


def _about_its_end(appeal: Appeal) -> Iterator[Problem]:
    """Yield whether it has ended already on this server, if this is one, and the advice to name the day it ends."""
    with suppress(SettingsError):
        index_keys = IndexKeys(load_settings().instance / "keys", b"")  # it is only asked what was destroyed
        problem = reopening(index_keys, SystemClock(), appeal)
        if problem:
            yield problem
    if not (appeal.deadline or appeal.closed):
        yield Problem(APPEAL_FILE, 1, _NO_END, fatal=False)
    elif standing(appeal, SystemClock()).state is State.EXPIRED:
        message = f"The deadline, {appeal.deadline}, is over: nobody can sign this, or write its letters."
        yield Problem(APPEAL_FILE, 1, message, fatal=False)


def _about_missions(state: str) -> Iterator[Problem]:
    """Yield one piece of advice per table and kind: dozens of rows age at once, and `missions check` has them all."""
    folder = letters_folder() / "directory" / state
    more = f"bin/campaign missions check --state {state}"
    if not (folder / Table.MISSIONS.file).is_file():
        message = (
            f"The directory has no missions of {state}, so nobody gets that letter. "
            "“bin/campaign missions import --help” tells how to bring some."
        )
        yield Problem(str(folder / Table.MISSIONS.file), 1, message, fatal=False)
        return
    rows: dict[tuple[str, FindingKind], list[Finding]] = {}
    for one in check_folder(folder, today(SystemClock())):
        if one.kind in _NAMED_KINDS:
            rows.setdefault((one.file, one.kind), []).append(one)
    for (name, kind), those in rows.items():
        countries = " ".join(dict.fromkeys(one.country or f"line {one.line}" for one in those))
        message = f"{_NAMED_KINDS[kind]}: {countries}. “{more}” says why."
        yield Problem(str(folder / name), those[0].line, message, fatal=False)


@appeals.command(epilog="Example: bin/campaign appeals publish letters/ua-61-21")
@_PATH
def publish(path: Path) -> None:
    """Publish packs as new editions; unchanged ones stay as they are.

    PATH is a pack or a folder of packs; default: all in letters/.
    """
    with opened() as runtime:
        for folder in pack_folders(path):
            book, new = publish_folder(runtime, folder)
            word = "published as" if new else "unchanged, still"
            click.echo(f"{folder.name}: {word} edition {book.edition}")
            with runtime.database.reading() as session:
                keyless = nobody_signs_yet(runtime, session, book.appeal)
            if keyless:
                click.echo(keyless)


@appeals.command("list", epilog="Example: bin/campaign appeals list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """List the published appeals and say what waits for you. Each comes with edition, state and signatures."""
    with opened() as runtime, runtime.database.reading() as session:
        waiting = names_waiting(session)
        rows = [_row(runtime, book, deletion_day(session, book.appeal), waiting) for book in runtime.shelf.all()]
        lost = runtime.shelf.unreadable()
        rows = sorted([*rows, *(_unread_row(runtime, one, waiting) for one in lost)], key=itemgetter("slug"))
        keyless = {book.appeal.slug: nobody_signs_yet(runtime, session, book.appeal) for book in runtime.shelf.all()}
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(_in_lines(row))
    for row in rows:
        if row["state"] == State.OPEN and row["kept_until"] is None:
            click.echo(f"{row['slug']} has no closing date: every name is kept until you close it.")
        if row["names_waiting"]:
            click.echo(
                f"{row['slug']}: {row['names_waiting']:,} name(s) wait for a look: "
                f"bin/campaign names list {row['slug']}"
            )
        if keyless.get(row["slug"]):
            click.echo(keyless[row["slug"]])
    for one in lost:
        click.echo(_how_to_mend(one))


def _how_to_mend(lost: Unreadable) -> str:
    """Return what an edition that cannot be read means, and the way out: only the next edition replaces one."""
    folder = letters_folder() / lost.slug
    first = "" if (folder / APPEAL_FILE).is_file() else f"Bring its folder “{lost.slug}” into {folder.parent}. "
    return (
        f"{lost.slug}: this version of the program cannot read edition {lost.edition} ({lost.error}). Until it can, "
        f"the appeal has no pages, nobody can sign, and nothing of it is deleted when its day comes. {first}"
        f"“bin/campaign appeals check {folder}” says what to mend; then: bin/campaign appeals publish {folder}"
    )


def _in_lines(row: Mapping[str, Any]) -> str:
    """Return an appeal in lines of at most 80 columns; what other commands ask for is never cut or wrapped."""
    margin = "  "
    title = wrap(row["title"] or "", 80, initial_indent=margin, subsequent_indent=margin)
    reference = f"{row['reference']}, " if row["reference"] else ""
    edition = f"{margin}{reference}edition {row['edition']}, published {row['published']}"
    counts = f"{margin}{row['confirmed']:,} confirmed, {row['unverified']:,} unverified"
    return "\n".join([f"{row['slug']}  {row['state']}", *title, edition, counts])


def _row(runtime: Runtime, book: Published, kept_until: date | None, waiting: Mapping[str, int]) -> dict[str, Any]:
    appeal, signed = book.appeal, runtime.signed(book.appeal.slug)
    return {
        "slug": appeal.slug,
        "reference": appeal.reference,
        "title": in_locale(appeal.title, "en"),
        "edition": book.edition,
        "published": book.day,
        "state": runtime.standing(appeal).state.value,
        "confirmed": signed.confirmed,
        "unverified": signed.unverified,
        "kept_until": kept_until,
        "names_waiting": waiting.get(appeal.slug, 0),
    }


def _unread_row(runtime: Runtime, lost: Unreadable, waiting: Mapping[str, int]) -> dict[str, Any]:
    """Return the same columns of an edition that cannot be read: what only its pack says is missing."""
    signed = runtime.signed(lost.slug)
    return {
        "slug": lost.slug,
        "reference": None,
        "title": None,
        "edition": lost.edition,
        "published": lost.day,
        "state": "unreadable",
        "confirmed": signed.confirmed,
        "unverified": signed.unverified,
        "kept_until": None,
        "names_waiting": waiting.get(lost.slug, 0),
    }
