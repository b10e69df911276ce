"""``signatures``: how many there are, and the export only the key's owner can read."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from campaign.cli.graph import echo_json, opened
from campaign.core.errors import CampaignError
from campaign.exports import Purpose, export_signatures
from campaign.signatures import KeyPair, count_new, totals, unlock


@click.group()
def signatures() -> None:
    """Count and export signatures."""


@signatures.command(epilog="Example: bin/campaign signatures count --appeal ua-61-21 --json")
@click.option("--appeal", required=True, help="Name of the appeal.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def count(appeal: str, *, as_json: bool) -> None:
    """Count the signatures of an appeal by state and country, and the letters by recipient and channel."""
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.unit_of_work() as session:
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
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The locked private key.")
@click.option("--format", "shape", type=click.Choice(["csv"]), default="csv", show_default=True, help="File format.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=Purpose.FULL.value,
    show_default=True,
    help="What the file is for; each purpose holds only the columns it needs.",
)
@click.option("--passphrase-file", type=click.File(encoding="utf-8"), help="Read the passphrase here; - is the input.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def export(appeal: str, key: Path | None, shape: str, purpose: str, passphrase_file: IO[str] | None, out: Path) -> None:
    """Export the signatures of an appeal to a CSV file.

    \b
    full      every column, for the organisers alone
    count     totals by day, country and state; needs no key
    handover  name and country of those who agreed to be named to the addressees, in random order
    contact   name, e-mail address and language, to answer questions about a signature
    """  # noqa: D301  click reads \b as "keep these lines"
    wanted = Purpose(purpose)
    with opened() as runtime:
        runtime.published(appeal)
        pair = None if wanted is Purpose.COUNT else _unlocked(key, passphrase_file)
        with runtime.database.reading() as session, _private_file(out) as file:
            report = export_signatures(
                session, pair.private if pair else None, appeal, wanted, file, runtime.keys.row_key
            )
    click.echo(f"Wrote {report.rows:,} rows to {out} ({shape}). Delete the file when you no longer need it.")
    if report.left_out:
        shown = "".join(f"\n  {one.id}: {one.problem}" for one in report.left_out[:20])
        raise CampaignError(f"{len(report.left_out):,} row(s) were left out:{shown}")


def _unlocked(key: Path | None, passphrase_file: IO[str] | None) -> KeyPair:
    if key is None:
        raise CampaignError("Give the locked private key with --key; only --for count works without one.")
    passphrase = passphrase_file.read() if passphrase_file else click.prompt("Passphrase", hide_input=True, err=True)
    return unlock(key.read_text(encoding="utf-8"), passphrase.strip())


@contextmanager
def _private_file(path: Path) -> Iterator[IO[bytes]]:
    """Open the export for its owner alone; what broke off half-way is removed, so that nobody trusts it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
