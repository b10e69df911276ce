"""``setup``: everything a first start needs, and nothing a second one does."""

import os
import secrets
from pathlib import Path

import click

from campaign.appeals.editions import publish
from campaign.appeals.pack import PackError, files_in_folder
from campaign.cli.graph import opened, pack_folders
from campaign.cli.keys import make_key, show_passphrase, write_private
from campaign.core.clock import today
from campaign.core.migrating import migrate
from campaign.letters import missing_libraries
from campaign.runtime import Runtime
from campaign.settings import ROOT, SECRET_BYTES
from campaign.signatures import find_key, new_passphrase

_SECRETS = ("secret_key", "index_key", "row_key")


@click.command(epilog="Example: INSTANCE=/var/lib/letters bin/campaign setup")
def setup() -> None:
    """Prepare the instance folder, the database, the appeals in letters/ and their keys; safe to run again."""
    instance = Path(os.environ.get("INSTANCE", ROOT / "instance")).resolve()
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _SECRETS:
        if name.upper() not in os.environ and not (instance / "secrets" / name).exists():
            write_private(instance / "secrets" / name, secrets.token_hex(SECRET_BYTES))
            click.echo(f"Made {instance / 'secrets' / name}.")
    with opened() as runtime:
        migrate(runtime.database)
        _publish(runtime)
        _make_missing_keys(runtime)
    advice = missing_libraries()
    if advice:
        click.echo(advice, err=True)


def _publish(runtime: Runtime) -> None:
    for folder in pack_folders(runtime.settings.letters_dir):
        try:
            with runtime.database.unit_of_work() as session:
                book, new = publish(session, folder.name, files_in_folder(folder), today(runtime.clock))
        except PackError as error:
            # One broken pack must not take the other appeals down; its last good edition stays.
            click.echo(f"Not published, see “bin/campaign appeals check”: {error}", err=True)
            continue
        if new:
            click.echo(f"Published {book.appeal.reference} as edition {book.edition}.")
    runtime.shelf.forget()


def _make_missing_keys(runtime: Runtime) -> None:
    """Lock every key made now with one passphrase: one sheet of paper for a small group's first start."""
    passphrase = ""
    for book in runtime.shelf.all():
        slug = book.appeal.slug
        with runtime.database.reading() as session:
            if find_key(session, slug):
                continue
        passphrase = passphrase or new_passphrase()
        path = make_key(runtime, slug, passphrase)
        click.echo(
            f"Made the key for {book.appeal.reference}: {path}. Whoever has it and the passphrase reads every name."
        )
    if passphrase:
        show_passphrase(runtime.settings.instance, passphrase)
