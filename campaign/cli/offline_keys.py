"""``keys new`` and ``keys test-open``: on an organiser's own computer, without a server, a database or settings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO

import click

from campaign.cli.key_sheet import check_sheet, write_sheet
from campaign.cli.passphrases import check_showing, key_option, opened_keys, passphrase_option, show_each
from campaign.cli.private_files import check_new, read_small, write_new
from campaign.core.errors import CampaignError
from campaign.keys import (
    CLASSICAL,
    DEFAULT_COST,
    HYBRID,
    Cost,
    KeyPair,
    best_way,
    copy_in,
    lock,
    lock_share,
    new_key_pair,
    new_passphrase,
    open_test,
    shown_fingerprint,
    split,
    write_public_file,
)

Locked = dict[str, tuple[str, str]]
"""Files by name: the locked text, and the passphrase that opens it."""


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _checked(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """Return the name of the files; one with a slash would lead out of the folder."""
    if not _NAME.fullmatch(name):
        raise CampaignError("--name takes letters, digits, “.”, “_” and “-”; --out says in which folder the files go.")
    return name


@click.command(epilog="Example: bin/campaign keys new --name ua-61-21 --out /media/stick --sheet sheet.html")
@click.option("--name", default="campaign", show_default=True, callback=_checked, help="How the files are called.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(),
    help="Folder for the files, which must be there.", show_default="this folder",
)  # fmt: skip
@click.option("--two-person", is_flag=True, help="It takes two people, each with a passphrase, to open the key.")
@click.option(
    "--pairs", type=click.Choice(["1", "3"]), default="1", show_default=True,
    help="With --two-person: 1 for two people who both are needed, 3 for any two of three people.",
)  # fmt: skip
@click.option("--classical", is_flag=True, help="X25519 alone, for servers whose cryptography has no ML-KEM.")
@click.option(
    "--sheet", type=click.Path(dir_okay=False, path_type=Path), help="Recovery sheet to print: .txt or .html."
)
@click.option("--passphrases", type=click.Path(dir_okay=False, path_type=Path), help="Write them here, not on screen.")
def new(
    name: str, out: Path, *, two_person: bool, pairs: str, classical: bool, sheet: Path | None, passphrases: Path | None
) -> None:
    """Make a key pair on this computer, away from the server. Nothing is sent anywhere.

    The private key is locked into at least two files, each by a passphrase of six random words of its own, shown once.
    Only the .pub file goes to the server: “bin/campaign keys add”. A key that is made on the server by “setup” or
    “keys rotate” is easier, and less safe: whoever controls the server while somebody types the passphrase there can
    read every name.
    """
    holders = (2 if pairs == "1" else 3) if two_person else 0
    check_showing(passphrases, out)
    check_sheet(sheet)
    named_here = [out / file for file in (f"{name}.pub", *file_names(name, holders))]
    for path in (*named_here, *(one for one in (sheet, passphrases) if one)):
        check_new(path)
    way = CLASSICAL if classical else best_way()
    if way is not HYBRID:
        click.echo("This key is X25519 alone: what is copied today may be opened once there are quantum computers.")
    pair = new_key_pair(way)
    locked = locked_files(pair, name, holders)
    with _all_or_nothing() as written:
        for file, text in _files(name, locked):
            write_new(out / file, text)
            written.append(out / file)
        if sheet:
            write_sheet(sheet, name, pair.public, list(locked), two_person=two_person)
            written.append(sheet)
        _tell(out, name, pair, locked, sheet)
        show_each({file: words for file, (_, words) in locked.items()}, passphrases, one_by_one=two_person)
    click.echo(f"Next, on the server: bin/campaign keys add APPEAL {name}.pub")


def _files(name: str, locked: Locked) -> Iterator[tuple[str, str]]:
    yield from ((file, text) for file, (text, _) in locked.items())
    yield f"{name}.pub", write_public_file([text for text, _ in locked.values()])


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Give a list for what is written; where something fails it is removed, for nobody has seen the words for it."""
    written: list[Path] = []
    try:
        yield written
    except (CampaignError, OSError) as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CampaignError(f"{error} So nothing was made.") from None


def _tell(out: Path, name: str, pair: KeyPair, locked: Locked, sheet: Path | None) -> None:
    listed = "".join(f"\n  {named(file, text)}, locked" for file, (text, _) in locked.items())
    click.echo(f"Made in {out.resolve()}:{listed}\n  {name}.pub, for the server")
    click.echo(f"Fingerprint:\n  {shown_fingerprint(pair.public)}")
    if sheet:
        click.echo(f"The recovery sheet is {sheet}: print it once for each file and write the words in by hand.")


def file_names(name: str, holders: int) -> list[str]:
    """Return how the locked files are called: two that open alone, two for each of two people, or one for each of more.

    Whichever one file is lost, the others still open the key.
    """
    if not holders:
        return [f"{name}-1.key", f"{name}-2.key"]
    copies = ("-a", "-b") if holders == 2 else ("",)
    return [f"{name}-person{holder}{copy}.key" for holder in range(1, holders + 1) for copy in copies]


def locked_files(pair: KeyPair, name: str, holders: int, cost: Cost = DEFAULT_COST) -> Locked:
    """Lock a private key into its files, each under a new passphrase; ``holders`` is 0 when one person may open it."""
    names = file_names(name, holders)
    passphrases = [new_passphrase() for _ in names]
    if not holders:
        texts = [lock(pair, words, cost) for words in passphrases]
    else:
        copies = len(names) // holders
        shares = chain.from_iterable([share] * copies for share in split(pair, holders))
        texts = [lock_share(share, words, cost) for share, words in zip(shares, passphrases, strict=True)]
    return {file: (text, words) for file, text, words in zip(names, texts, passphrases, strict=True)}


@click.command("test-open", epilog="Example: bin/campaign keys test-open test.json --key /media/stick/ua-61-21-1.key")
@click.argument("test", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@key_option
@passphrase_option
def test_open(test: Path, key_files: tuple[Path, ...], passphrase_files: tuple[IO[str], ...]) -> None:
    """Open a TEST from “keys test”, and show the words that prove it.

    Do it for every file of the key: each has words of its own.
    """
    text = read_small(test)
    proofs = [open_test(text, one.pair, one.copies) for one in opened_keys(key_files, passphrase_files)]
    click.echo(f"{', '.join(named(path.name, read_small(path)) for path in key_files)}: opened. On the server, type:\n")
    click.echo(f"bin/campaign keys confirm {proofs[0].appeal} {' '.join(proof.words for proof in proofs)}")


def named(file: str, text: str) -> str:
    """Return the name of a locked file with the digits by which the server knows it."""
    return f"{file} ({copy_in(text)[1].id})"
