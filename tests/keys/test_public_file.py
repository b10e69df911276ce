"""A public key file holds nothing secret, and none is taken whose key one lost file would lose."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.errors import RefusedError
from campaign.keys import (
    CLASSICAL,
    Cost,
    KeyFileError,
    copy_in,
    lock,
    lock_share,
    new_key_pair,
    read_public_file,
    split,
    write_public_file,
)

CHEAP = Cost(memory_kib=64, iterations=1)
_pair = new_key_pair()
_locked = [lock(_pair, words, CHEAP) for words in ("one", "two")]
_public = write_public_file(_locked)


def _changed(**parts: Any) -> str:
    return json.dumps(json.loads(_public) | parts)


def test_it_names_the_key_and_every_file_it_was_locked_into() -> None:
    found = read_public_file(_public)
    assert found.public == _pair.public
    assert list(found.copies) == [copy_in(text)[1] for text in _locked]


def test_the_private_half_brought_by_mistake_is_told_apart() -> None:
    for private in (_locked[0], lock_share(split(_pair, 3)[0], "words", CHEAP)):
        with pytest.raises(KeyFileError, match=r"the private half of a key.*belongs on no server"):
            read_public_file(private)


def test_it_holds_nothing_of_the_private_key() -> None:
    assert set(json.loads(_public)) == {"format", "version", "suite", "public", "fingerprint", "files"}
    assert not any(json.loads(text)["locked"] in _public for text in _locked)


def test_a_copy_of_a_file_is_the_same_file_and_locked_again_it_is_another() -> None:
    again = lock(_pair, "one", CHEAP)
    assert copy_in(_locked[0]) == copy_in(json.dumps(json.loads(_locked[0])))
    assert copy_in(again)[1].id != copy_in(_locked[0])[1].id


def test_a_single_file_is_not_enough() -> None:
    with pytest.raises(RefusedError, match="too few files"):
        write_public_file(_locked[:1])
    with pytest.raises(RefusedError, match="too few files"):
        write_public_file([_locked[0], _locked[0]])
    with pytest.raises(RefusedError, match="too few files"):
        read_public_file(_changed(files=json.loads(_public)["files"][:1]))


def test_of_a_key_for_two_people_no_one_file_may_be_needed() -> None:
    first, second = (lock_share(share, "x", CHEAP) for share in split(_pair, 2))
    again = [lock_share(share, "y", CHEAP) for share in split(_pair, 2)]
    with pytest.raises(RefusedError, match="too few files"):
        write_public_file([first, second])
    with pytest.raises(RefusedError, match="too few files"):
        write_public_file([first, second, again[0]])
    assert len(read_public_file(write_public_file([first, second, *again])).copies) == 4
    three = [lock_share(share, "z", CHEAP) for share in split(_pair, 3)]
    assert {copy.holder for copy in read_public_file(write_public_file(three)).copies} == {1, 2, 3}


def test_files_of_different_keys_make_no_public_file() -> None:
    with pytest.raises(RefusedError, match="not of one key"):
        write_public_file([_locked[0], lock(new_key_pair(), "x", CHEAP)])


def test_a_classical_key_is_named_as_one() -> None:
    pair = new_key_pair(CLASSICAL)
    text = write_public_file([lock(pair, words, CHEAP) for words in ("one", "two")])
    assert read_public_file(text).public == pair.public
    assert "MLKEM" not in json.loads(text)["suite"]


@pytest.mark.parametrize(
    "changes",
    [
        {"files": []},
        {"files": None},
        {"files": [{"id": "x", "holder": 0}] * 2},
        {"files": [{"id": "0" * 16, "holder": 10}, {"id": "1" * 16, "holder": 0}]},
        {"files": [{"id": "0" * 16, "holder": True}, {"id": "1" * 16, "holder": 0}]},
        {"files": [{"id": f"{n:016}", "holder": 0} for n in range(40)]},
        {"public": "AAAA"},
        {"fingerprint": "00" * 32},
        {"suite": "HPKE X25519 HKDF-SHA256 AES-256-GCM"},
        {"version": 2},
        {"format": "campaign sealing key"},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_damaged_or_hostile_file_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyFileError, RefusedError)):
        read_public_file(_changed(**changes))


@given(st.text(max_size=200))
def test_garbage_is_no_key_file(text: str) -> None:
    for read in (read_public_file, copy_in):
        with pytest.raises(KeyFileError):
            read(text)
