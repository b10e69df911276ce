"""``keys``: make keys, bring their public half to an appeal, try them out, and show which one is used."""

from datetime import date
from pathlib import Path

import click

from campaign import audit
from campaign.cli.graph import echo_json, opened
from campaign.cli.offline_keys import new, test_open
from campaign.cli.passphrases import NewPassphrase
from campaign.cli.private_files import check_new, read_small, write_new
from campaign.cli.server_keys import OFFLINE, RISK, key_path, make_key
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.keys import (
    CurrentKey,
    KeyState,
    LockedCopy,
    add_key,
    confirm_key,
    find_key,
    key_state,
    new_test,
    newest_key,
    read_public_file,
    shown_fingerprint,
)
from campaign.keys.key_tests import TRY_AGAIN_AFTER, last_tried, unproven
from campaign.runtime import Runtime
from campaign.signatures import older_keys

_PUBLIC_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def keys() -> None:
    """Make, try out and show the keys signatures are sealed to.

    Two ways: “keys new” on a computer of your own, with only the public half brought here (“keys add”, “test”,
    “confirm”); or a key made on this server by “setup” and “keys rotate”. The second is easier, and whoever controls
    the server while somebody types the passphrase there can read every name.
    """


keys.add_command(new)
keys.add_command(test_open)


@keys.command(epilog="Example: bin/campaign keys add ua-61-21 /media/stick/ua-61-21.pub")
@click.argument("appeal")
@click.argument("public_file", type=_PUBLIC_FILE)
def add(appeal: str, public_file: Path) -> None:
    """Bring the public half of a key to an appeal.

    It was made with “keys new”, and its private half never comes here.

    Nobody's name is sealed to it before every file of the private half has opened once: see “keys test”.
    """
    key = read_public_file(read_small(public_file))
    words = shown_fingerprint(key.public)
    with opened() as runtime:
        runtime.published(appeal)
        day = today(runtime.clock)
        with runtime.database.unit_of_work() as session:
            epoch = add_key(session, appeal, key, day)
            name = f"{appeal} key {epoch} {words}"
            audit.record(session, day, audit.Actor.COMMAND, audit.Action.KEY_ADDED, name)
            used = find_key(session, appeal)
    click.echo(f"Key {epoch} of {appeal} is here. Fingerprint, to compare with the sheet:\n  {words}")
    click.echo(_until_then(appeal, used))
    click.echo(f"Next: bin/campaign keys test {appeal} --out test.json")


def _until_then(appeal: str, used: CurrentKey | None) -> str:
    if used is None:
        return f"Until it has been tried out nobody can sign {appeal}; letters can be written."
    return f"Until it has been tried out, signatures are sealed to key {used.epoch} as before."


@keys.command(epilog="Example: bin/campaign keys test ua-61-21 --out test.json")
@click.argument("appeal")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def test(appeal: str, out: Path) -> None:
    """Write a test: secrets that only an appeal's keys can open.

    It is for the newest key and for older ones that stored signatures still need. Open it with “keys test-open” where
    the keys are, once for every file, and bring the words back to “keys confirm”. A key that is in use can be tested
    again at any time.
    """
    check_new(out)
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.unit_of_work() as session:
            write_new(out, new_test(session, appeal, older_keys(session, appeal)))
            state, unopened = key_state(session, appeal), unproven(session, appeal)
    click.echo(
        f"Wrote {out}. Carry it to where the key is, and there: bin/campaign keys test-open {out.name} --key FILE"
    )
    click.echo(_progress(appeal, state) + _tried_again(unopened))


@keys.command(epilog="Example: bin/campaign keys confirm ua-61-21 zoom abacus felt-tip")
@click.argument("appeal")
@click.argument("words", nargs=-1, required=True)
def confirm(appeal: str, words: tuple[str, ...]) -> None:
    """Take the words that “keys test-open” has shown. When all files have opened, signatures are sealed to the key."""
    with opened() as runtime:
        runtime.published(appeal)
        day = today(runtime.clock)
        with runtime.database.unit_of_work() as session:
            before = key_state(session, appeal)
            state = confirm_key(session, appeal, " ".join(words), day)
            if before.waiting and not state.waiting:
                key = newest_key(session, appeal)
                name = f"{appeal} key {state.epoch} {shown_fingerprint(key.public) if key else ''}"
                audit.record(session, day, audit.Actor.COMMAND, audit.Action.KEY_CONFIRMED, name)
            unopened = unproven(session, appeal)
    click.echo(_progress(appeal, state) + _tried_again(unopened))


def _progress(appeal: str, state: KeyState) -> str:
    if not state.waiting:
        return f"Every file of key {state.epoch} has opened. New signatures of {appeal} are sealed to it."
    rows = "".join(f"\n  {_named(copy)}" for copy in state.waiting)
    return f"{len(state.opened)} file(s) of key {state.epoch} have opened; these have not yet:{rows}"


def _tried_again(unopened: list[tuple[int, LockedCopy]]) -> str:
    """Return what the last test has asked for once more and nobody has brought back yet."""
    rows = "".join(f"\n  {_named(copy)} of key {epoch}" for epoch, copy in unopened)
    return f"\nTo be opened in this test, as they were before:{rows}" if rows else ""


def _named(copy: LockedCopy) -> str:
    return f"{copy.id}, person {copy.holder}" if copy.holder else copy.id


@keys.command(epilog="Example: bin/campaign keys rotate ua-61-21 --to /media/stick/ua-61-21-second.pub")
@click.argument("appeal")
@click.option("--to", "public_file", type=_PUBLIC_FILE, help="Public half of a key made with “keys new”.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the locked private key goes.")
@click.pass_context
def rotate(context: click.Context, appeal: str, public_file: Path | None, out: Path | None) -> None:
    """Give an appeal a new key. New signatures are sealed to it, older ones still need the old key.

    With --to it is one you have made elsewhere, as in “keys add”. Without, it is made on this server, and whoever
    controls the server while somebody types its passphrase there can read every name; a site that was set up with
    --offline-keys makes none. After a leak, first pause signing: until a key from elsewhere has been tried out,
    signatures are sealed to the old one.
    """
    if public_file:
        context.invoke(add, appeal=appeal, public_file=public_file)
        return
    if out:
        check_new(out)
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.reading() as session:
            older = newest_key(session, appeal)
        first, second = make_key(runtime, appeal, NewPassphrase(runtime.settings.instance), out)
    click.echo(f"Made the new key of {appeal}, and opened both locked copies: {first}, {second}. {RISK}")
    if older:
        click.echo("Keep the old key and its passphrase: signatures from before still need them.")


@keys.command(epilog="Example: bin/campaign keys show --appeal ua-61-21")
@click.option("--appeal", required=True, help="Name of the appeal.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(appeal: str, *, as_json: bool) -> None:
    """Show the fingerprint of an appeal's key, and what waits. It tells also when the key was tried out."""
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.reading() as session:
            current, newest = find_key(session, appeal), newest_key(session, appeal)
            if newest is None:
                here = f", or make it here with “bin/campaign keys rotate {appeal}”"
                raise CampaignError(
                    f"{appeal} has no key yet: make one with “bin/campaign keys new” on a computer of your own and "
                    f"bring it with “keys add”{'' if (runtime.settings.instance / OFFLINE).exists() else here}."
                )
            state = key_state(session, appeal)
            tried = last_tried(session, appeal, current.epoch) if current else None
            older = {key: last_tried(session, appeal, key.epoch) for key in older_keys(session, appeal)}
    if as_json:
        shown = _as_json(runtime, appeal, current or newest, state)
        needed = [{"epoch": key.epoch, "tried": day.isoformat() if day else None} for key, day in older.items()]
        echo_json(shown | {"tried": tried.isoformat() if tried else None, "older": needed})
        return
    if current:
        _show_used(appeal, current, key_path(runtime, appeal, current.epoch))
        if tried:
            _show_tried(appeal, tried, today(runtime.clock), newest=newest == current)
    if newest != current:
        click.echo(f"Key {newest.epoch} waits to be tried out\nFingerprint: {shown_fingerprint(newest.public)}")
        click.echo(_progress(appeal, state))
        click.echo(_until_then(appeal, current))
    for key, last in older.items():
        if key != current:
            _show_older(appeal, key.epoch, last, today(runtime.clock))


def _show_older(appeal: str, epoch: int, tried: date | None, day: date) -> None:
    click.echo(f"Key {epoch} is still needed: there are signatures from before.")
    if tried is None:
        click.echo("It was stored without a list of its files, so there is nothing to test.")
    else:
        _show_tried(appeal, tried, day, newest=True)


def _show_tried(appeal: str, tried: date, day: date, *, newest: bool) -> None:
    click.echo(f"Every file of it has opened; the last time all of them were tried out was {tried.isoformat()}.")
    if newest and day - tried > TRY_AGAIN_AFTER:
        click.echo(
            f"That is more than {TRY_AGAIN_AFTER.days} days ago. Try it out again, each file with the words from the "
            f"paper: bin/campaign keys test {appeal} --out test.json"
        )


def _as_json(runtime: Runtime, appeal: str, key: CurrentKey, state: KeyState) -> dict[str, object]:
    path = key_path(runtime, appeal, key.epoch)
    waiting = [copy.id for copy in state.waiting]
    words = shown_fingerprint(key.public)
    used = state.epoch != key.epoch or not waiting
    return {
        "appeal": appeal,
        "epoch": key.epoch,
        "fingerprint": words,
        "file": str(path),
        "here": path.exists(),
        "used": used,
        "newest": state.epoch,
        "waiting": waiting,
    }


def _show_used(appeal: str, key: CurrentKey, path: Path) -> None:
    click.echo(f"Key {key.epoch} of {appeal}\nFingerprint: {shown_fingerprint(key.public)}")
    if path.exists():
        click.echo(f"The private key lies on this server in {path}, locked by its passphrase. {RISK}")
    else:
        click.echo("The private key is not in the instance folder of this server.")
