"""Trying out a key before anybody signs: names sealed to a key that does not open are lost for ever.

The server seals a random secret to the new public key (:func:`new_test`). Whoever can open one of the private key's
files gets three words out of it (:func:`open_test`), different ones for each file, and brings them back
(:func:`confirm_key`). New signatures are sealed to the key when every file it was locked into has opened: the least
that shows that two copies exist and that somebody has their passphrases. The server keeps only hashes of the words.

Keys from before, which something stored is still sealed to, are tried out together with the newest.

It guards against mistakes, not against an organiser who wants to cheat, and who could throw the files away afterwards.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaign.core.errors import NotFoundError, RefusedError
from campaign.keys.keyring import CurrentKey, newest_key, store_public_key
from campaign.keys.locked_file import KeyFileError, from_base64, in_base64, read_json
from campaign.keys.pairs import KeyPair, fingerprint
from campaign.keys.passphrase import as_typed, word_list
from campaign.keys.public_file import LockedCopy, PublicKeyFile
from campaign.keys.sealing import seal, unseal
from campaign.keys.tables import KeyCheck

FORMAT = "campaign key test"
VERSION = 1
WORDS_OF_PROOF = 3
TRY_AGAIN_AFTER = timedelta(days=7)
"""How long after it was last tried out a key should be tried again: a lost file is noticed while there is another."""
_WHAT = "key test"
_ROW = bytes(16)
_SLUG = re.compile("[A-Za-z0-9._-]{1,80}")


@dataclass(frozen=True)
class Proof:
    """What opening a test gives: the appeal it was made for, and three words for each file that was opened."""

    appeal: str
    words: str


@dataclass(frozen=True)
class KeyState:
    """A key of an appeal, which of its files have opened, and which have not yet."""

    epoch: int
    opened: tuple[LockedCopy, ...]
    waiting: tuple[LockedCopy, ...]


def add_key(session: Session, slug: str, key: PublicKeyFile, day: date) -> int:
    """Store a public key made elsewhere as the next epoch; nobody's name is sealed to it before it was tried out.

    Raises :class:`RefusedError` when it is the newest key already.
    """
    newest = newest_key(session, slug)
    if newest is not None and newest.public == key.public:
        raise RefusedError(f"This is the newest key of {slug} already: key {newest.epoch}.")
    epoch = store_public_key(session, slug, key.public, day)
    rows = [{"slug": slug, "epoch": epoch, "file_id": copy.id, "holder": copy.holder} for copy in key.copies]
    session.execute(insert(KeyCheck), rows)
    return epoch


def key_state(session: Session, slug: str) -> KeyState:
    """Return how far the newest key of an appeal has been tried out; :class:`NotFoundError` when it has none."""
    newest = newest_key(session, slug)
    if newest is None:
        raise NotFoundError(f"{slug} has no key yet: make one with “bin/campaign keys new” or “bin/campaign setup”.")
    rows = _checks(session, slug, newest.epoch)
    opened = tuple(LockedCopy(row.file_id, row.holder) for row in rows if row.opened)
    return KeyState(newest.epoch, opened, tuple(LockedCopy(row.file_id, row.holder) for row in rows if not row.opened))


def last_tried(session: Session, slug: str, epoch: int) -> date | None:
    """Return the day since which no file of a key has gone untried; ``None`` while one has not opened at all."""
    days = [row.opened for row in _checks(session, slug, epoch)]
    known = [day for day in days if day]
    return min(known) if known and len(known) == len(days) else None


def unproven(session: Session, slug: str) -> list[tuple[int, LockedCopy]]:
    """Return the files that opened once, with their epochs, whose words from the last test are not back yet."""
    query = select(KeyCheck).where(KeyCheck.slug == slug, KeyCheck.opened.is_not(None), KeyCheck.proof.is_not(None))
    rows = session.scalars(query.order_by(KeyCheck.epoch, KeyCheck.holder, KeyCheck.file_id))
    return [(row.epoch, LockedCopy(row.file_id, row.holder)) for row in rows]


def new_test(session: Session, slug: str, older: Sequence[CurrentKey] = ()) -> str:
    """Return a test for the keys of an appeal, as text; the words of an earlier one that are not back are void.

    It is for the newest key, and for those of the ``older`` ones whose files are listed. A key that passed before can
    be tested again, to see whether its files and passphrases are still there.
    """
    newest = newest_key(session, slug)
    state = key_state(session, slug)
    if newest is None or not _checks(session, slug, state.epoch):
        raise RefusedError(f"The key of {slug} was stored without a list of its files, so there is nothing to test.")
    content: dict[str, Any] = {"format": FORMAT, "version": VERSION, **_test_of(session, slug, newest)}
    content["older"] = [_test_of(session, slug, key) for key in older if _checks(session, slug, key.epoch)]
    return json.dumps(content, indent=2) + "\n"


def _test_of(session: Session, slug: str, key: CurrentKey) -> dict[str, Any]:
    """Seal a secret to a key; of one that is not in use yet, only the files that have not opened are asked for."""
    rows = _checks(session, slug, key.epoch)
    secret = secrets.token_bytes(32)
    waiting = any(not row.opened for row in rows)
    for row in rows:
        if not row.opened or not waiting:
            row.proof = _hash_of(proof_words(secret, row.file_id))
    return {
        "appeal": slug,
        "epoch": key.epoch,
        "fingerprint": fingerprint(key.public).hex(),
        "sealed": in_base64(seal(key.public, slug, _ROW, key.epoch, {"secret": secret.hex()}, what=_WHAT)),
    }


def open_test(test: str, pair: KeyPair, copies: Sequence[LockedCopy]) -> Proof:
    """Return what proves that these files, which gave ``pair``, have opened.

    Raises :class:`KeyFileError` for what is no test, :class:`RefusedError` for the test of another key, and
    :class:`campaign.keys.sealing.SealError` when what is sealed was changed.
    """
    mine = fingerprint(pair.public).hex()
    content = next((one for one in _read_tests(test) if one["fingerprint"] == mine), None)
    if content is None:
        raise RefusedError("This test was made for another key: its fingerprint is not that of your key file.")
    record = unseal(pair.private, content["appeal"], _ROW, content["epoch"], content["sealed"], what=_WHAT)
    try:
        secret = bytes.fromhex(record["secret"])
    except (KeyError, TypeError, ValueError):
        raise _damaged() from None
    return Proof(content["appeal"], " ".join(proof_words(secret, copy.id) for copy in copies))


def confirm_key(session: Session, slug: str, words: str, day: date) -> KeyState:
    """Note which files the words prove to have opened, of whichever key, and return what the newest still misses.

    Raises :class:`RefusedError` when some of the words belong to no file of the last test.
    """
    tested = select(KeyCheck).where(KeyCheck.slug == slug, KeyCheck.proof.is_not(None))
    rows = {row.proof: row for row in session.scalars(tested)}
    given = as_typed(words).decode("utf-8", "replace").split()
    for start in range(0, len(given) or 1, WORDS_OF_PROOF):
        row = rows.get(_hash_of(" ".join(given[start : start + WORDS_OF_PROOF])))
        if row is None:
            raise RefusedError(
                f"These words do not belong to the last test of {slug}. Check each word; if they are right, make a "
                "new test and open that one."
            )
        row.opened, row.proof = day, None
    session.flush()
    return key_state(session, slug)


def proof_words(secret: bytes, file_id: str) -> str:
    """Return the three words (39 bits) that a test's secret makes for one file."""
    digest = hmac.digest(secret, b"campaign key test|" + file_id.encode(), "sha256")
    words = word_list()
    places = (int.from_bytes(digest[start : start + 8]) for start in range(0, 8 * WORDS_OF_PROOF, 8))
    return " ".join(words[place % len(words)] for place in places)


def _read_tests(text: str) -> list[dict[str, Any]]:
    """Return the tests of a file: that of the newest key, and those of older ones, which early files do not have."""
    content = read_json(text)
    try:
        if (content["format"], content["version"]) != (FORMAT, VERSION):
            raise KeyFileError("This is not the test of a key, or one of a version this program does not know.")
        return [_read_test(one) for one in (content, *content.get("older", ()))]
    except (KeyError, TypeError, ValueError):
        raise _damaged() from None


def _read_test(one: dict[str, Any]) -> dict[str, Any]:
    valid = bool(_SLUG.fullmatch(one["appeal"])) and type(one["epoch"]) is int
    if not (valid and isinstance(one["fingerprint"], str)):
        raise _damaged()
    return {**one, "sealed": from_base64(one["sealed"])}


def _damaged() -> KeyFileError:
    return KeyFileError("This test is damaged: copy it from the server again.")


def _checks(session: Session, slug: str, epoch: int) -> list[KeyCheck]:
    query = select(KeyCheck).where(KeyCheck.slug == slug, KeyCheck.epoch == epoch)
    return list(session.scalars(query.order_by(KeyCheck.holder, KeyCheck.file_id)))


def _hash_of(words: str) -> bytes:
    return hashlib.sha256(words.encode()).digest()
