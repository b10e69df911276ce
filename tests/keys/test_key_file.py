"""A key file opens with its passphrase only, notices every change, and cannot exhaust the machine that reads it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.keys import (
    CLASSICAL,
    Cost,
    KeyFileError,
    KeyPair,
    WrongPassphraseError,
    copy_in,
    lock,
    new_key_pair,
    unlock,
)
from campaign.keys.key_file import DEFAULT_COST

CHEAP = Cost(memory_kib=64, iterations=1)
WORDS = "abacus zoom drop-down felt-tip yo-yo t-shirt"
_pair = new_key_pair()
_file = lock(_pair, WORDS, CHEAP)


def _changed(**parts: Any) -> str:
    content = json.loads(_file)
    for name, value in parts.items():
        outer, _, inner = name.partition("__")
        if inner:
            content[outer][inner] = value
        else:
            content[outer] = value
    return json.dumps(content)


def test_a_locked_key_opens_with_its_passphrase() -> None:
    assert unlock(_file, WORDS) == _pair


def test_a_key_locked_at_the_real_cost_opens_again() -> None:
    key_file = lock(_pair, WORDS)
    assert json.loads(key_file)["kdf"]["memory_kib"] == 262144
    assert json.loads(key_file)["kdf"]["iterations"] == 3
    assert unlock(key_file, WORDS) == _pair


def test_the_cost_is_that_of_a_quarter_gibibyte_and_three_passes() -> None:
    assert Cost(memory_kib=256 * 1024, iterations=3, lanes=1) == DEFAULT_COST


@pytest.mark.parametrize(
    "typed", [WORDS.upper(), f"  {WORDS} ", WORDS.replace(" ", "\n"), WORDS.replace(" ", "\u3000")]
)
def test_capitals_and_spaces_in_the_passphrase_do_not_matter(typed: str) -> None:
    assert unlock(_file, typed) == _pair


@pytest.mark.parametrize("typed", ["", "abacus", WORDS + " zoom", WORDS.replace("abacus", "abdomen"), "\ud800"])
def test_a_wrong_passphrase_is_refused(typed: str) -> None:
    with pytest.raises(WrongPassphraseError):
        unlock(_file, typed)


def test_the_file_does_not_contain_the_private_key_or_the_passphrase() -> None:
    assert _pair.private.hex() not in _file
    # Base64 has no hyphens: one of the shorter words may come about in it by chance, none of these does.
    assert not [word for word in WORDS.split() if "-" in word and word in _file]


def test_two_files_of_one_key_share_neither_salt_nor_nonce() -> None:
    first, second = json.loads(_file), json.loads(lock(_pair, WORDS, CHEAP))
    assert first["kdf"]["salt"] != second["kdf"]["salt"]
    assert first["cipher"]["nonce"] != second["cipher"]["nonce"]


@pytest.mark.parametrize(
    "changes",
    [
        {"kdf__memory_kib": 1024 * 1024 + 1},
        {"kdf__memory_kib": 2**40},
        {"kdf__memory_kib": 0},
        {"kdf__memory_kib": True},
        {"kdf__memory_kib": "262144"},
        {"kdf__memory_kib": 1e9},
        {"kdf__iterations": 11},
        {"kdf__iterations": 0},
        {"kdf__iterations": -1},
        {"kdf__lanes": 9},
        {"kdf__lanes": None},
        {"kdf__name": "pbkdf2"},
        {"kdf__salt": ""},
        {"kdf": []},
        {"cipher__name": "none"},
        {"cipher__nonce": "AAAA"},
        {"version": 2},
        {"format": "another"},
        {"suite": "ROT13"},
        {"public": "AAAA"},
        {"locked": "%%%"},
        {"locked": 7},
    ],
    ids=str,
)
def test_a_hostile_or_damaged_file_is_refused_before_any_work_is_done(changes: dict[str, Any]) -> None:
    with pytest.raises(KeyFileError):
        unlock(_changed(**changes), WORDS)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "7", "not json", "[" * 50_000, "x" * 70_000, '{"format": 1}'])
def test_what_is_not_a_key_file_is_refused(text: str) -> None:
    with pytest.raises(KeyFileError):
        unlock(text, WORDS)


@given(st.text(max_size=200))
def test_garbage_never_raises_anything_else(text: str) -> None:
    with pytest.raises(KeyFileError):
        unlock(text, WORDS)


def test_a_changed_public_key_is_noticed() -> None:
    other = json.loads(lock(new_key_pair(), WORDS, CHEAP))
    with pytest.raises(KeyFileError, match="fingerprint"):
        unlock(_changed(public=other["public"]), WORDS)
    with pytest.raises(WrongPassphraseError):
        unlock(_changed(public=other["public"], fingerprint=other["fingerprint"]), WORDS)


def test_a_key_file_says_for_which_way_of_sealing_its_key_is() -> None:
    pair = new_key_pair(CLASSICAL)
    key_file = lock(pair, WORDS, CHEAP)
    assert json.loads(key_file)["suite"] == "HPKE X25519 HKDF-SHA256 AES-256-GCM"
    assert json.loads(_file)["suite"] == "HPKE MLKEM768-X25519 HKDF-SHA256 AES-256-GCM"
    assert unlock(key_file, WORDS) == pair
    with pytest.raises(KeyFileError):
        unlock(key_file.replace("HPKE X25519", "HPKE MLKEM768-X25519"), WORDS)


def test_halves_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(KeyFileError, match="do not belong together"):
        unlock(lock(KeyPair(_pair.private, new_key_pair().public), WORDS, CHEAP), WORDS)


def test_the_public_key_can_be_read_without_the_passphrase(pair: KeyPair) -> None:
    assert copy_in(lock(pair, WORDS, CHEAP))[0] == pair.public


def test_a_key_pair_does_not_show_its_private_half(pair: KeyPair) -> None:
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in repr(pair)
