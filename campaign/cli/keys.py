"""``keys``: make a key pair for an appeal, and show which one its signatures are sealed to."""

import os
import secrets
import sys
from pathlib import Path

import click

from campaign.cli.graph import echo_json, opened
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.runtime import Runtime
from campaign.signatures import find_key, lock, new_key_pair, new_passphrase, shown_fingerprint, store_public_key

_SHEET = "passphrase"


@click.group()
def keys() -> None:
    """Make and show the keys that signatures are sealed to."""


@keys.command(epilog="Example: bin/campaign keys new --appeal ua-61-21 --out /media/stick/ua-61-21.key")
@click.option("--appeal", required=True, help="Name of the appeal.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the locked private key goes.")
def new(appeal: str, out: Path | None) -> None:
    """Make a new key pair for an appeal; signatures from now on are sealed to it.

    The private key is locked by a passphrase of six random words, shown once. Keep the old key file and passphrase:
    signatures sealed before today still need them.
    """
    with opened() as runtime:
        runtime.published(appeal)
        passphrase = new_passphrase()
        path = make_key(runtime, appeal, passphrase, out)
        click.echo(f"The locked private key is in {path}.")
        show_passphrase(runtime.settings.instance, passphrase)


@keys.command(epilog="Example: bin/campaign keys show --appeal ua-61-21")
@click.option("--appeal", required=True, help="Name of the appeal.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(appeal: str, *, as_json: bool) -> None:
    """Show the fingerprint of the key an appeal's signatures are sealed to."""
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.reading() as session:
            current = find_key(session, appeal)
        if current is None:
            raise CampaignError(f"{appeal} has no key yet: run “bin/campaign keys new --appeal {appeal}”.")
        path = key_path(runtime, appeal, current.epoch)
    words = shown_fingerprint(current.public)
    if as_json:
        echo_json(
            {"appeal": appeal, "epoch": current.epoch, "fingerprint": words, "file": str(path), "here": path.exists()}
        )
        return
    click.echo(f"Key {current.epoch} of {appeal}\nFingerprint: {words}")
    if path.exists():
        click.echo(f"The private key lies on this server in {path}, locked by its passphrase.")
    else:
        click.echo("The private key is not in the instance folder of this server.")


def key_path(runtime: Runtime, slug: str, epoch: int) -> Path:
    """Return where the locked private key of an epoch lies when it is kept on this server."""
    return runtime.settings.instance / "keys" / f"{slug}-{epoch}.key"


def make_key(runtime: Runtime, slug: str, passphrase: str, out: Path | None = None) -> Path:
    """Make a key pair, store its public half as the appeal's next key, and write the locked private half."""
    pair = new_key_pair()
    locked = lock(pair, passphrase)
    with runtime.database.unit_of_work() as session:
        epoch = store_public_key(session, slug, pair.public, today(runtime.clock))
        path = out or key_path(runtime, slug, epoch)
        # Written before the commit: a public key whose private half was never saved would lose every name.
        write_private(path, locked)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read; an existing file is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CampaignError(f"{path} exists already; choose another file with --out.") from None
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def show_passphrase(instance: Path, passphrase: str) -> None:
    """Show the passphrase once on the terminal; without one, leave it in a file that must be moved away."""
    if sys.stdout.isatty():
        click.echo("\nThe passphrase, shown only now. Write it on paper, twice, and keep both sheets apart:\n")
        click.secho(f"    {passphrase}\n", bold=True)
        click.echo("Without it nobody, not even you, can ever read the names of those who sign.")
        return
    path = instance / _SHEET
    if path.exists():  # an earlier passphrase nobody has moved away yet must not be lost
        path = instance / f"{_SHEET}-{secrets.token_hex(4)}"
    write_private(path, passphrase + "\n")
    click.echo(
        f"The passphrase is in {path}. Write it on paper and delete the file: beside the key it protects nothing."
    )
