"""Consents for the eyes of their owner: with the right key they come back for their own signature, else never."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaign.core.database import Database
from campaign.core.errors import RefusedError
from campaign.core.tokens import new_token
from campaign.keys import CurrentKey, KeyPair
from campaign.signatures import Circumstances, Consents, IndexKeys, SignatureRecord, SigningKeys, seal_signature
from campaign.signatures.blind import appeal_key, index_under
from campaign.signatures.own_consents import (
    KEY_BYTES,
    LONGEST_VERSION,
    decrypt_consents,
    encrypt_consents,
    lock_key,
    new_own_key,
    own_key,
    unlock_key,
)
from campaign.signatures.tables import Signature
from tests.clock import FixedClock
from tests.signatures.conftest import DAY, Signer, appeal_called

People = Callable[..., SignatureRecord]
SLUG, ROW, KEY = "ua-61-21", bytes(range(16)), bytes(range(32))
CONSENTS = Consents("2", count=True, handover=True)
versions = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=LONGEST_VERSION).filter(
    lambda text: len(text.encode()) <= LONGEST_VERSION
)
consents = st.builds(Consents, versions, count=st.booleans(), show=st.booleans(), handover=st.booleans())
numbers = st.integers(0, 10_000)
slugs = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=80)
ids = st.binary(min_size=16, max_size=16)
keys_ = st.binary(min_size=32, max_size=32)


@given(keys_, slugs, ids, numbers, consents)
def test_consents_come_back_as_they_were(key: bytes, slug: str, row: bytes, n: int, given_: Consents) -> None:
    assert decrypt_consents(key, slug, row, n, encrypt_consents(key, slug, row, n, given_)) == given_


@given(consents)
def test_all_consents_have_one_length(given_: Consents) -> None:
    assert len(encrypt_consents(KEY, SLUG, ROW, 0, given_)) == len(encrypt_consents(KEY, SLUG, ROW, 9999, CONSENTS))


@pytest.mark.parametrize(
    "other",
    [
        {"key": bytes(32)},
        {"slug": "ua-99-26"},
        {"row_id": bytes(16)},
        {"n": 3},
        {"slug": SLUG + "x", "row_id": ROW},
    ],
    ids=str,
)
def test_consents_open_for_their_own_signature_and_change_alone(other: dict[str, Any]) -> None:
    own = {"key": KEY, "slug": SLUG, "row_id": ROW, "n": 2}
    encrypted = encrypt_consents(**own, consents=CONSENTS)  # type: ignore[arg-type]
    assert decrypt_consents(**own, encrypted=encrypted) == CONSENTS  # type: ignore[arg-type]
    assert decrypt_consents(**{**own, **other}, encrypted=encrypted) is None


@given(st.data())
def test_any_flipped_bit_or_cut_is_noticed(data: st.DataObject) -> None:
    token = "t" * 43
    for whole, opened in (
        (encrypt_consents(KEY, SLUG, ROW, 1, CONSENTS), lambda some: decrypt_consents(KEY, SLUG, ROW, 1, some)),
        (lock_key(token, SLUG, ROW, KEY), lambda some: unlock_key(token, SLUG, ROW, some)),
    ):
        place = data.draw(st.integers(0, len(whole) * 8 - 1))
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        assert opened(bytes(flipped)) is None
        assert opened(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None
        assert opened(whole + b"\0") is None


@given(st.binary(max_size=200))
def test_noise_opens_as_nothing(noise: bytes) -> None:
    assert decrypt_consents(KEY, SLUG, ROW, 0, noise) is None
    assert unlock_key("t" * 43, SLUG, ROW, noise) is None


def test_the_same_consents_never_look_the_same_twice() -> None:
    assert len({encrypt_consents(KEY, SLUG, ROW, 0, CONSENTS) for _ in range(50)}) == 50


def test_a_version_with_too_long_a_name_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypt_consents(KEY, SLUG, ROW, 0, Consents("v" * (LONGEST_VERSION + 1)))


def test_a_locked_key_opens_with_its_token_and_for_its_signature_alone() -> None:
    token = new_token()
    locked = lock_key(token, SLUG, ROW, KEY)
    assert unlock_key(token, SLUG, ROW, locked) == KEY
    assert KEY not in locked
    assert unlock_key(new_token(), SLUG, ROW, locked) is None
    assert unlock_key(token, "ua-99-26", ROW, locked) is None
    assert unlock_key(token, SLUG, bytes(16), locked) is None


@given(keys_, st.emails(), ids)
def test_the_own_key_is_of_this_address_row_and_appeal_and_no_index_is_it(key: bytes, address: str, row: bytes) -> None:
    own = own_key(key, address, row)
    assert len(own) == KEY_BYTES
    assert own == own_key(key, address, row)
    others = [
        own_key(secrets.token_bytes(32), address, row),
        own_key(key, address + "x", row),
        own_key(key, address, secrets.token_bytes(16)),
        index_under(key, address),
        index_under(key, address, row.hex()),
    ]
    assert own not in others
    assert new_own_key() != new_own_key()


def test_two_spellings_of_one_mailbox_have_one_own_key(keys: SigningKeys) -> None:
    spelt = {keys.own_key_of(SLUG, one, ROW) for one in ("Ay.Gul+x@googlemail.com", "aygul@gmail.com")}
    assert spelt == {own_key(appeal_key(keys.index_key, SLUG), "aygul@gmail.com", ROW)}
    with pytest.raises(RefusedError):
        keys.own_key_of(SLUG, "no address", ROW)


@pytest.mark.parametrize("shared", [False, True])
def test_what_is_stored_with_a_signature_opens_with_its_address(
    keys: SigningKeys, pair: KeyPair, people: People, clock: FixedClock, *, shared: bool
) -> None:
    how = Circumstances(shared_addresses=shared)
    record = people("Aygul@Example.org", consents=CONSENTS)
    row = seal_signature(keys, CurrentKey(1, pair.public), appeal_called(), 1, clock.now(), record, how).row
    own = keys.own_key_of(SLUG, "aygul@example.org", row["id"])
    assert decrypt_consents(own, SLUG, row["id"], 0, row["own_consents"]) == CONSENTS
    other = keys.own_key_of(SLUG, "other@example.org", row["id"])
    assert decrypt_consents(other, SLUG, row["id"], 0, row["own_consents"]) is None


def test_rows_with_and_without_an_address_look_alike(database: Database, signing: Signer, people: People) -> None:
    for email in ("aygul@example.org", "somebody.with.a.long.address@mail.example.org", ""):
        signing(people(email), day=DAY)
    with database.reading() as session:
        stored = session.scalars(select(Signature.own_consents)).all()
    assert len({len(one or b"") for one in stored}) == 1
    assert len(set(stored)) == 3


def test_without_the_index_key_nobody_can_make_an_own_key_again(tmp_path: Path, keys: SigningKeys) -> None:
    of_appeals = IndexKeys(tmp_path, keys.index_key)
    with_files = SigningKeys(keys.index_key, keys.row_key, keys.outbox_key, of_appeals)
    assert with_files.own_key_of(SLUG, "aygul@example.org", ROW)
    of_appeals.destroy(SLUG, DAY)
    with pytest.raises(Exception, match="were destroyed"):
        with_files.own_key_of(SLUG, "aygul@example.org", ROW)
