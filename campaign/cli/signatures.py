"""``signatures``: how many there are, exports only the key's owner can read, and looking whether rows are genuine."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

import click

from campaign import audit
from campaign.cli.bundles import (
    back,
    bundle,
    open_,
    purpose_option,
    reseal,
    tell_left_out,
    tell_unverified,
    unverified_option,
)
from campaign.cli.erasing import erase
from campaign.cli.graph import echo_json, opened
from campaign.cli.passphrases import key_option, opened_keys, passphrase_option
from campaign.cli.private_files import check_new, private_file, sha256_of
from campaign.cli.review import accept, invalidate, review, undo
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.exports import Purpose, export_signatures, verify_signatures
from campaign.keys import KeyPair
from campaign.signatures import count_new, totals


@click.group()
def signatures() -> None:
    """Count, export, check and erase signatures."""


for _command in (bundle, open_, reseal, back, erase, review, invalidate, accept, undo):
    signatures.add_command(_command)


@signatures.command(epilog="Example: bin/campaign signatures count --appeal ua-61-21 --json")
@click.option("--appeal", required=True, help="Name of the appeal.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def count(appeal: str, *, as_json: bool) -> None:
    """Count the signatures and letters of an appeal.

    Signatures by state and country, letters by recipient and channel.
    """
    with opened() as runtime:
        book = runtime.published(appeal)
        with runtime.database.unit_of_work() as session:
            if not runtime.retention.is_over(session, book.appeal):
                count_new(session, appeal)
            found = totals(session, appeal)
    if as_json:
        letters = {f"{recipient}/{channel}": n for (recipient, channel), n in found.letters.items()}
        echo_json({"appeal": appeal, "states": found.states, "countries": found.countries, "letters": letters})
        return
    _echo_rows("Signatures", {str(state): n for state, n in found.states.items()})
    _echo_rows("By country", {code or "not kept": n for code, n in found.countries.items()})
    _echo_rows("Letters", {f"{recipient}, {channel}": n for (recipient, channel), n in found.letters.items()})


def _echo_rows(heading: str, rows: Mapping[str, int]) -> None:
    click.echo(f"{heading}: {sum(rows.values()):,}")
    for name, n in sorted(rows.items(), key=lambda row: (-row[1], row[0])):
        click.echo(f"  {name:<24} {n:>10,}")


@signatures.command(
    epilog="Example: bin/campaign signatures export --appeal ua-61-21 --key instance/keys/ua-61-21-1.key --out list.csv"
)
@click.option("--appeal", required=True, help="Name of the appeal.")
@key_option
@click.option("--format", "shape", type=click.Choice(["csv"]), default="csv", show_default=True, help="File format.")
@purpose_option
@unverified_option
@passphrase_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file to write.")
def export(
    appeal: str,
    key_files: tuple[Path, ...],
    shape: str,
    purpose: str,
    passphrase_files: tuple[IO[str], ...],
    out: Path,
    *,
    with_unverified: bool,
) -> None:
    """Export the signatures of an appeal to CSV, on this server.

    Whoever controls this server while you type the passphrase can read every name. Safer: “signatures bundle” here,
    and “signatures open” on a computer of your own.

    \b
    full      every column, for the organisers alone
    count     totals by day, country and state; needs no key
    handover  name and country of confirmed people who agreed to be named to the addressees, in random order
    contact   name, e-mail address and language, to answer questions about a signature
    """  # noqa: D301  click reads \b as "keep these lines"
    wanted = Purpose(purpose)
    check_new(out)
    with opened() as runtime:
        runtime.published(appeal)
        pair = None if wanted is Purpose.COUNT else _one_key(key_files, passphrase_files)
        with runtime.database.reading() as session, private_file(out) as file:
            private = pair.private if pair else None
            row_key = runtime.keys.row_key
            report = export_signatures(session, private, appeal, wanted, file, row_key, with_unverified=with_unverified)
        done = f"{appeal}: {report.rows} rows for {wanted}, sha256 {sha256_of(out)}"
        with runtime.database.unit_of_work() as session:
            audit.record(session, today(runtime.clock), audit.Actor.COMMAND, audit.Action.EXPORTED, done)
    click.echo(f"Wrote {report.rows:,} rows to {out} ({shape}). Delete the file when you no longer need it.")
    tell_unverified(report, with_them=with_unverified)
    tell_left_out(report)


def _one_key(key_files: tuple[Path, ...], passphrase_files: tuple[IO[str], ...]) -> KeyPair:
    pairs = {one.pair for one in opened_keys(key_files, passphrase_files)}
    if len(pairs) > 1:
        raise CampaignError("An export takes one key at a time; “signatures open” takes several.")
    return pairs.pop()


@signatures.command(epilog="Example: bin/campaign signatures verify ua-61-21")
@click.argument("appeal", required=False)
def verify(appeal: str | None) -> None:
    """Check that every signature is as this server wrote it. Of all appeals, without APPEAL; needs no key.

    Whoever can write to the database but has not this server's secrets can neither invent nor change a signature
    unseen.
    """
    bad = 0
    with opened() as runtime:
        slugs = (
            [runtime.published(appeal).appeal.slug] if appeal else [book.appeal.slug for book in runtime.shelf.all()]
        )
        for slug in slugs:
            with runtime.database.reading() as session:
                report = verify_signatures(session, slug, runtime.keys.row_key)
            click.echo(
                f"{slug}: {report.rows:,} signature(s) are as they were written, {len(report.left_out):,} are not."
            )
            for one in report.left_out:
                click.echo(f"  {one.id}: {one.problem}")
            bad += len(report.left_out)
    if bad:
        raise CampaignError(
            f"{bad:,} signature(s) were changed or forged in the database, or secrets/row_key is not the one they were "
            "made with. They are in no export; look for a break-in."
        )
