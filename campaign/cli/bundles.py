"""``signatures bundle``, ``open`` and ``reseal``: sealed on the server, opened on a computer that knows no server."""

from itertools import islice
from pathlib import Path
from typing import IO

import click

from campaign import audit
from campaign.cli.graph import opened
from campaign.cli.passphrases import key_option, opened_keys, passphrase_option
from campaign.cli.private_files import check_new, private_file, read_small, sha256_of
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.exports import (
    Bundle,
    ExportReport,
    Problem,
    Purpose,
    PutBack,
    check_origin,
    open_bundle,
    put_back,
    reseal_bundle,
    write_bundle,
)
from campaign.keys import read_public_file, shown_fingerprint

_BUNDLE = click.argument("bundle_file", metavar="BUNDLE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_ROWS_AT_A_TIME = 200
_OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file to write."
)
purpose_option = click.option(
    "--for",
    "purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=Purpose.FULL.value,
    show_default=True,
    help="What the file is for; each purpose holds only the columns it needs.",
)
unverified_option = click.option(
    "--with-unverified", is_flag=True, help="Hand over also those whom nobody has asked by mail whether they signed."
)


@click.command(epilog="Example: bin/campaign signatures bundle ua-61-21 --out ua-61-21.bundle")
@click.argument("appeal")
@_OUT
def bundle(appeal: str, out: Path) -> None:
    """Write an appeal's signatures, still sealed, to a file. “signatures open” reads it on another computer.

    No key and no passphrase is needed, and the file names nobody to whoever has no key.
    """
    with opened() as runtime:
        runtime.published(appeal)
        day = today(runtime.clock)
        with runtime.database.reading() as session, private_file(out) as file:
            report = write_bundle(session, appeal, day, file, runtime.keys.row_key)
        digest = sha256_of(out)
        with runtime.database.unit_of_work() as session:
            done = f"{appeal}: {report.rows} rows, sha256 {digest}"
            audit.record(session, day, audit.Actor.COMMAND, audit.Action.BUNDLED, done)
    click.echo(f"Wrote {report.rows:,} sealed signatures to {out}. SHA-256, to compare after carrying it:\n{digest}")
    tell_left_out(report)


@click.command("open", epilog="Example: bin/campaign signatures open b --key k-1.key --for handover --out h.csv")
@_BUNDLE
@key_option
@purpose_option
@unverified_option
@passphrase_option
@_OUT
def open_(
    bundle_file: Path,
    key_files: tuple[Path, ...],
    purpose: str,
    passphrase_files: tuple[IO[str], ...],
    out: Path,
    *,
    with_unverified: bool,
) -> None:
    """Open a bundle with the organisers' key and write a CSV file. Needs no server and no database.

    Give --key once for each key the bundle is sealed to, and twice for a key that two people open.
    """
    wanted = Purpose(purpose)
    check_new(out)
    with bundle_file.open("rb") as stream:
        found = Bundle(stream)  # what is no bundle is said before anybody types six words for it
        keys = [] if wanted is Purpose.COUNT else opened_keys(key_files, passphrase_files)
        with private_file(out) as file:
            pairs = [one.pair for one in keys]
            report = open_bundle(found, pairs, wanted, file, with_unverified=with_unverified)
    click.echo(f"Bundle of {found.head.slug} made on {found.head.day}. SHA-256:\n{sha256_of(bundle_file)}")
    click.echo(f"Wrote {report.rows:,} rows to {out}. SHA-256:\n{sha256_of(out)}")
    tell_unverified(report, with_them=with_unverified)
    click.echo("Delete the file, here and wherever it went, when it has done what it was for.")
    if any(one.problem is Problem.OTHER_KEY for one in report.left_out):
        click.echo(f"Keys this bundle is sealed to; do you know them all?{found.shown_fingerprints()}", err=True)
    tell_left_out(report)


@click.command(epilog="Example: bin/campaign signatures reseal b --key old-1.key --to new.pub --out resealed.bundle")
@_BUNDLE
@key_option
@passphrase_option
@click.option(
    "--to", "public_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public half of the appeal's newest key.",
)  # fmt: skip
@_OUT
def reseal(
    bundle_file: Path, key_files: tuple[Path, ...], passphrase_files: tuple[IO[str], ...], public_file: Path, out: Path
) -> None:
    """Seal a bundle to another key, on a computer of your own. Both are keys of the same appeal.

    Make the bundle after the new key was added. The result opens with the new key alone, so the old one can be
    destroyed with everything that was sealed to it; whoever had both may have copies.
    """
    key = read_public_file(read_small(public_file))
    check_new(out)
    with bundle_file.open("rb") as stream:
        found = Bundle(stream)
        keys = opened_keys(key_files, passphrase_files)
        with private_file(out) as file:
            report = reseal_bundle(found, [one.pair for one in keys], key.public, file)
    click.echo(f"Sealed {report.rows:,} signatures to {shown_fingerprint(key.public)} in {out}.")
    tell_left_out(report)


@click.command("put-back", epilog="Example: bin/campaign signatures put-back resealed.bundle")
@_BUNDLE
def back(bundle_file: Path) -> None:
    """Take a bundle from “signatures reseal” into the database. The old key opens nothing there any more.

    This server cannot see what is sealed in it: put back only what you have resealed yourself. Signatures that were
    erased or changed since the bundle was made are not taken; then make another bundle and do it again.
    """
    done = PutBack()
    with opened() as runtime, bundle_file.open("rb") as stream:
        for _row in Bundle(stream).rows():  # a bundle that broke off is said before anything is changed
            pass
        stream.seek(0)
        found = Bundle(stream)
        rows = found.rows()
        with runtime.database.reading() as session:
            check_origin(session, found.head)
        while some := list(islice(rows, _ROWS_AT_A_TIME)):  # in pieces, so that people can go on signing
            with runtime.database.unit_of_work() as session:
                put_back(session, some, runtime.keys.row_key, done)
        with runtime.database.unit_of_work() as session:
            told = f"{found.head.slug}: {done.replaced} rows, sha256 {sha256_of(bundle_file)}"
            audit.record(session, today(runtime.clock), audit.Actor.COMMAND, audit.Action.RESEALED, told)
        runtime.database.forget_deleted()
    click.echo(f"Resealed {done.replaced:,} signatures of {found.head.slug}; {done.unchanged:,} were so already.")
    if done.not_taken:
        raise CampaignError(f"{done.not_taken:,} were not taken: make another bundle, reseal it, and put it back.")


def tell_unverified(report: ExportReport, *, with_them: bool) -> None:
    """Say how many of a handover nobody has asked whether they signed, and whether they are in it."""
    if report.unverified and with_them:
        click.echo(
            f"{report.unverified:,} of them are unverified: nobody has confirmed them. Say so where you hand over."
        )
    elif report.unverified:
        click.echo(
            f"{report.unverified:,} unverified signatures agreed too and are not in it, since anybody can sign ten "
            "times that way; --with-unverified takes them in."
        )


def tell_left_out(report: ExportReport) -> None:
    """Raise :class:`CampaignError` with the rows that are not in an export, if there are any."""
    if report.left_out:
        shown = "".join(f"\n  {one.id}: {one.problem}" for one in report.left_out[:20])
        raise CampaignError(f"{len(report.left_out):,} row(s) were left out:{shown}")
