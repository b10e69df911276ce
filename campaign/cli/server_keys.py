"""Keys made on the server, for a first start and small groups: locked by a passphrase and tried out at once."""

import os
from pathlib import Path

from campaign import audit
from campaign.cli.passphrases import NewPassphrase
from campaign.cli.private_files import read_small, write_private
from campaign.core.clock import today
from campaign.core.errors import CampaignError, RefusedError
from campaign.keys import (
    OpenedKey,
    add_key,
    confirm_key,
    lock,
    new_key_pair,
    new_test,
    newest_key,
    open_keys,
    open_test,
    read_public_file,
    shown_fingerprint,
    write_public_file,
)
from campaign.runtime import Runtime
from campaign.signatures import older_keys

OFFLINE = "offline-keys"
"""The file in the instance folder that says: keys are made elsewhere, and none on this server."""

RISK = (
    "This key lies on the server: whoever controls the server while somebody types the passphrase there can read every "
    "name. A key made with “bin/campaign keys new” on a computer of your own never comes near it."
)


def key_path(runtime: Runtime, slug: str, epoch: int) -> Path:
    """Return where the locked private key of an epoch lies when it is kept on this server."""
    return runtime.settings.instance / "keys" / f"{slug}-{epoch}.key"


def second_path(path: Path) -> Path:
    """Return where the second locked copy of a key lies."""
    return path.with_name(f"{path.stem}-copy{path.suffix}")


def make_key(runtime: Runtime, slug: str, passphrase: NewPassphrase, out: Path | None = None) -> tuple[Path, Path]:
    """Make the appeal's next key, locked into two files; return where they are.

    Before anybody's name is sealed to it both files have opened, and the passphrase was shown. What fails before that
    leaves no file behind. Raises :class:`CampaignError`.
    """
    if (runtime.settings.instance / OFFLINE).exists():
        raise RefusedError(
            "This site was set up with --offline-keys, so no key is made here. Make one with “bin/campaign keys new” "
            f"on a computer of your own, and bring its public half: bin/campaign keys rotate {slug} --to FILE.pub"
        )
    epoch, paths = _place(runtime, slug, out)
    pair = new_key_pair()
    locked = [lock(pair, passphrase.words) for _ in paths]
    written: list[Path] = []
    try:
        # Written and read back before the commit: a key whose private half was never saved would lose every name.
        for path, text in zip(paths, locked, strict=True):
            _write(path, text)
            written.append(path)
        opened = open_keys((read_small(path), passphrase.words) for path in paths)
        # And shown before it: a key whose words nobody has seen would lose them as well.
        passphrase.show()
        _store(runtime, slug, epoch, locked, opened)
    except CampaignError:  # raised before the commit, so nothing is sealed to this key
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return paths


def _place(runtime: Runtime, slug: str, out: Path | None) -> tuple[int, tuple[Path, Path]]:
    """Return which epoch comes next, and where its two files go; :class:`CampaignError` when one is there already."""
    with runtime.database.reading() as session:
        newest = newest_key(session, slug)
    epoch = newest.epoch + 1 if newest else 1
    first = out or key_path(runtime, slug, epoch)
    paths = first, second_path(first)
    for path in paths:
        if os.path.lexists(path):
            raise CampaignError(f"{path} exists already, and is not overwritten: move it to another place.")
    return epoch, paths


def _write(path: Path, text: str) -> None:
    try:
        write_private(path, text)
    except OSError as error:  # it was begun: the disk is full
        path.unlink(missing_ok=True)
        raise CampaignError(f"{path} cannot be written: {error.strerror}.") from None


def _store(runtime: Runtime, slug: str, epoch: int, locked: list[str], opened: list[OpenedKey]) -> None:
    """Store the public half, and prove with a sealed test that both files have opened."""
    day = today(runtime.clock)
    key = read_public_file(write_public_file(locked))
    with runtime.database.unit_of_work() as session:
        if add_key(session, slug, key, day) != epoch:
            raise RefusedError("Another key was stored at the same moment. Look which one is in use, then try again.")
        test = new_test(session, slug, older_keys(session, slug))
        for one in opened:
            state = confirm_key(session, slug, open_test(test, one.pair, one.copies).words, day)
        if state.waiting:
            raise RefusedError("The new key does not open what is sealed to it, so it was not stored.")
        name = f"{slug} key {epoch} {shown_fingerprint(key.public)}"
        audit.record(session, day, audit.Actor.COMMAND, audit.Action.KEY_MADE, name)
        audit.record(session, day, audit.Actor.COMMAND, audit.Action.KEY_CONFIRMED, name)
