"""``setup``: everything a first start needs, and nothing a second one does."""

import os
import secrets
from pathlib import Path

import click

from campaign.appeals.pack import PackError
from campaign.cli.graph import opened, pack_folders
from campaign.cli.passphrases import NewPassphrase
from campaign.cli.private_files import write_private
from campaign.cli.publishing import publish_folder
from campaign.cli.server_keys import OFFLINE, RISK, make_key
from campaign.core.migrating import migrate
from campaign.keys import newest_key
from campaign.letters import missing_libraries
from campaign.runtime import Runtime
from campaign.settings import ROOT, SECRET_BYTES, secret_places
from campaign.signatures import adopt_changes, adopt_unasked

_SECRETS = ("secret_key", "index_key", "row_key", "outbox_key")


@click.command(epilog="Example: INSTANCE=/var/lib/letters bin/campaign setup")
@click.option("--offline-keys", is_flag=True, help="Make no keys on this server, now or later: you bring your own.")
def setup(*, offline_keys: bool) -> None:
    """Prepare a site: folder, database, appeals and keys. Publishes the appeals in letters/; safe to run again.

    An appeal without a key gets one, made on this server, locked by a passphrase into two files and tried out at once.
    It is the easy way: whoever controls the server while somebody types the passphrase there can read every name. With
    --offline-keys, nobody can sign before you have brought the public half of a key of your own (“keys new” on a
    computer of your own, then “keys add” here).
    """
    instance = Path(os.environ.get("INSTANCE", ROOT / "instance")).resolve()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _SECRETS:
        if name.upper() not in os.environ and not any((place / name).exists() for place in secret_places(instance)):
            write_private(instance / "secrets" / name, secrets.token_hex(SECRET_BYTES))
            click.echo(f"Made {instance / 'secrets' / name}.")
    with opened() as runtime:
        migrate(runtime.database)
        _publish(runtime)
        _adopt(runtime)
        if offline_keys and not (instance / OFFLINE).exists():
            write_private(instance / OFFLINE, "Keys are made elsewhere: bin/campaign setup makes none here.\n")
        if not (instance / OFFLINE).exists():
            _make_missing_keys(runtime)
    advice = missing_libraries()
    if advice:
        click.echo(advice, err=True)


def _adopt(runtime: Runtime) -> None:
    """Bring along what an older version has left.

    That is signatures nobody was asked about, rows that do not know how often their consents were changed, and index
    keys without a file.
    """
    with runtime.database.unit_of_work() as session:
        adopted = adopt_unasked(session, runtime.keys.row_key)
        adopt_changes(session, runtime.keys.row_key)
    if adopted:
        click.echo(f"{adopted:,} signatures that nobody was ever asked to confirm count as unverified from now on.")
    runtime.index_keys.keep([book.appeal.slug for book in runtime.shelf.all()])


def _publish(runtime: Runtime) -> None:
    for folder in pack_folders(runtime.settings.letters_dir):
        try:
            book, new = publish_folder(runtime, folder)
        except PackError as error:
            # One broken pack must not take the other appeals down; its last good edition stays.
            click.echo(f"Not published, see “bin/campaign appeals check”: {error}", err=True)
            continue
        if new:
            click.echo(f"Published {book.appeal.reference} as edition {book.edition}.")
    runtime.shelf.forget()


def _make_missing_keys(runtime: Runtime) -> None:
    """Lock every key made now with one passphrase: one sheet of paper for a small group's first start."""
    passphrase = NewPassphrase(runtime.settings.instance)
    risk_told = False
    for book in runtime.shelf.all():
        slug = book.appeal.slug
        with runtime.database.reading() as session:
            if newest_key(session, slug):  # also one from elsewhere that waits to be tried out
                continue
        first, second = make_key(runtime, slug, passphrase)
        click.echo(f"Made the key for {book.appeal.reference}, and opened both locked copies: {first}, {second}.")
        if not risk_told:
            click.echo(RISK)
        risk_told = True
