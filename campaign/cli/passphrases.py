"""Passphrases on the terminal: shown once, asked for unseen; without a terminal, from and to files of their own."""

import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import click

from campaign.cli.private_files import read_small, read_words, write_new, write_private
from campaign.core.errors import CampaignError
from campaign.keys import OpenedKey, copy_in, new_passphrase, open_keys

_SHEET = "passphrase"
key_option = click.option(
    "--key",
    "key_files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A locked key file; give the option twice for a key that two people open.",
)
passphrase_option = click.option(
    "--passphrase-file",
    "passphrase_files",
    type=click.File(encoding="utf-8"),
    multiple=True,
    help="Read a passphrase here instead of asking; - is the input. One for each key file, in the same order.",
)


def opened_keys(key_files: Sequence[Path], passphrase_files: Sequence[IO[str]]) -> list[OpenedKey]:
    """Open key files with the passphrases from files, or with what is typed when there are none."""
    if not key_files:
        raise CampaignError("Give the locked private key with --key; only --for count works without one.")
    if passphrase_files and len(passphrase_files) != len(key_files):
        raise CampaignError("Give --passphrase-file as often as --key, in the same order, or not at all.")
    texts = [read_small(path) for path in key_files]
    for text in texts:  # what is no key file is said before anybody types six words for it
        copy_in(text)
    passphrases = [read_words(file).strip() for file in passphrase_files] or [_ask(path) for path in key_files]
    return open_keys(zip(texts, passphrases, strict=True))


def _ask(path: Path) -> str:
    typed: str = click.prompt(f"Passphrase of {path.name}", hide_input=True, err=True)
    return typed.strip()


class NewPassphrase:
    """Six new words that lock keys made on this server: shown once, and before any of those keys is used."""

    def __init__(self, instance: Path) -> None:
        """Choose the words; without a terminal they are shown in a file in ``instance``."""
        self.words = new_passphrase()
        self._instance = instance
        self._shown = False

    def show(self) -> None:
        """Show the words, unless that was done; :class:`CampaignError` when they cannot be written."""
        if not self._shown:
            _show(self._instance, self.words)
            self._shown = True


def _show(instance: Path, passphrase: str) -> None:
    """Show the passphrase on the terminal; without one, leave it in a file that must be moved away."""
    if sys.stdout.isatty():
        click.echo("\nThe passphrase, shown only now. Write it on paper, twice, and keep both sheets apart:\n")
        click.secho(f"    {passphrase}\n", bold=True)
        click.echo("Without it nobody, not even you, can ever read the names of those who sign.")
        return
    path = instance / _SHEET
    if path.exists():  # an earlier passphrase nobody has moved away yet must not be lost
        path = instance / f"{_SHEET}-{secrets.token_hex(4)}"
    try:
        write_private(path, passphrase + "\n")
    except OSError as error:  # it was begun: the disk is full
        path.unlink(missing_ok=True)
        raise CampaignError(f"The passphrase cannot be written into {path}: {error.strerror}.") from None
    click.echo(
        f"The passphrase is in {path}. Write it on paper and delete the file: beside the key it protects nothing."
    )


def check_showing(out: Path | None, keys_folder: Path) -> None:
    """Raise :class:`CampaignError` unless :func:`show_each` will be able to show passphrases."""
    if out is None:
        if not sys.stdout.isatty():
            raise CampaignError(
                "The passphrases are shown once, on a terminal, and this is none. Open one, or give --passphrases with "
                "a file in another folder than the keys."
            )
    elif out.resolve().parent == keys_folder.resolve():
        raise CampaignError("Beside the keys, passphrases protect nothing: choose another folder for --passphrases.")
    elif out.exists():
        raise CampaignError(f"{out} exists already, and is not overwritten: choose another name.")


def show_each(passphrases: Mapping[str, str], out: Path | None, *, one_by_one: bool) -> None:
    """Show which file opens with which words; ``one_by_one`` hides them from the next person at the screen."""
    if out is not None:
        write_new(out, "".join(f"{name}: {words}\n" for name, words in passphrases.items()))
        alone = " Nobody may see another person’s words." if one_by_one else ""
        click.echo(f"The passphrases are in {out}. Write each on its own sheet of paper, and delete the file.{alone}")
        return
    click.echo("\nThe passphrases, shown only now. Write each on its own sheet of paper and keep the sheets apart.")
    for name, words in passphrases.items():
        if one_by_one:
            click.pause(f"\nWhoever keeps {name} comes to the screen alone, and presses a key.")
        click.echo(f"\n{name} opens with:\n")
        click.secho(f"    {words}\n", bold=True)
        if one_by_one:
            click.pause("Press a key when it is written down: the screen is emptied.")
            click.clear()
            click.echo("\033[3J", nl=False)  # what was scrolled away goes too, where the terminal can do that
    click.echo("Without them nobody, not even you, can ever read the names of those who sign.")
