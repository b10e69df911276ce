"""From files and passphrases to private keys, whichever way the files were locked."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.core.errors import RefusedError
from campaign.keys.key_file import unlock
from campaign.keys.pairs import KeyPair
from campaign.keys.public_file import LockedCopy, copy_in
from campaign.keys.share_file import Share, join, unlock_share


@dataclass(frozen=True)
class OpenedKey:
    """A key pair, and the files that were opened to get it."""

    pair: KeyPair
    copies: tuple[LockedCopy, ...]


def open_keys(files: Iterable[tuple[str, str]]) -> list[OpenedKey]:
    """Return the keys that these files, each given with its passphrase, open.

    Shares are joined with one of another person. Raises :class:`RefusedError` for a share that is alone, and what
    :func:`campaign.keys.key_file.unlock` and :func:`campaign.keys.share_file.join` raise.
    """
    found: list[OpenedKey] = []
    shares: list[tuple[LockedCopy, Share]] = []
    for text, passphrase in files:
        _, copy = copy_in(text)
        if copy.holder:
            shares.append((copy, unlock_share(text, passphrase)))
        else:
            found.append(OpenedKey(unlock(text, passphrase), (copy,)))
    return found + _joined(shares)


def _joined(shares: list[tuple[LockedCopy, Share]]) -> list[OpenedKey]:
    found: list[OpenedKey] = []
    used: set[str] = set()
    for copy, share in shares:
        if copy.id in used:
            continue
        partners = [
            (other, theirs)
            for other, theirs in shares
            if theirs.public == share.public and theirs.holder != share.holder
        ]
        if not partners:
            raise RefusedError(
                f"This is the share of holder {share.holder}: alone it opens nothing. Give a second person's file too."
            )
        other, theirs = next((one for one in partners if one[0].id not in used), partners[0])
        found.append(OpenedKey(join(share, theirs), (copy, other)))
        used |= {copy.id, other.id}
    return found
