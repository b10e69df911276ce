"""A key for two people opens with the shares of two of them, in no other way."""

import json
from itertools import combinations
from typing import Any

import pytest

from campaign.core.errors import RefusedError
from campaign.keys import (
    Cost,
    KeyFileError,
    WrongPassphraseError,
    lock,
    lock_share,
    new_key_pair,
    open_keys,
    split,
    unlock,
)
from campaign.keys.share_file import Share, join, unlock_share

CHEAP = Cost(memory_kib=64, iterations=1)
_pair = new_key_pair()


def _files(holders: int) -> list[tuple[str, str]]:
    return [
        (lock_share(share, f"words {share.holder}", CHEAP), f"words {share.holder}") for share in split(_pair, holders)
    ]


@pytest.mark.parametrize("holders", [2, 3, 5])
def test_any_two_people_open_the_key(holders: int) -> None:
    for pair_of_files in combinations(_files(holders), 2):
        (opened,) = open_keys(pair_of_files)
        assert opened.pair == _pair
        assert opened.pair.private == _pair.private
        assert len({copy.holder for copy in opened.copies}) == 2


def test_the_order_of_the_files_does_not_matter() -> None:
    first, second = _files(2)
    assert open_keys([second, first])[0].pair == _pair


def test_one_share_is_refused_with_a_sentence() -> None:
    for alone in _files(2):
        with pytest.raises(RefusedError, match="alone it opens nothing"):
            open_keys([alone])


def test_two_copies_of_one_persons_share_open_nothing() -> None:
    share = split(_pair, 2)[0]
    copies = [(lock_share(share, words, CHEAP), words) for words in ("one", "two")]
    with pytest.raises(RefusedError, match="second person"):
        open_keys(copies)
    with pytest.raises(RefusedError, match="same person"):
        join(share, share)


def test_each_person_may_have_copies_and_any_two_of_different_people_open_the_key() -> None:
    first, second = split(_pair, 2)
    for one in ("a", "b"):
        for other in ("c", "d"):
            files = [(lock_share(first, one, CHEAP), one), (lock_share(second, other, CHEAP), other)]
            assert open_keys(files)[0].pair == _pair


def test_several_keys_are_opened_at_once() -> None:
    alone = new_key_pair()
    found = open_keys([*_files(2), (lock(alone, "words", CHEAP), "words")])
    assert {one.pair for one in found} == {_pair, alone}


def test_shares_of_different_keys_or_of_different_makings_do_not_open_together() -> None:
    other = split(new_key_pair(), 2)
    again = split(_pair, 2)
    with pytest.raises(RefusedError, match="different keys"):
        join(split(_pair, 2)[0], other[1])
    with pytest.raises(RefusedError, match="not of the same making"):
        join(split(_pair, 2)[0], again[1])


def test_a_share_needs_its_own_passphrase() -> None:
    (first, _), (_, second_words) = _files(2)
    with pytest.raises(WrongPassphraseError):
        unlock_share(first, second_words)


def test_a_share_is_not_a_key_file_and_a_key_file_is_no_share() -> None:
    share, words = _files(2)[0]
    with pytest.raises(KeyFileError):
        unlock(share, words)
    with pytest.raises(KeyFileError):
        unlock_share(lock(_pair, "words", CHEAP), "words")


@pytest.mark.parametrize("holders", [0, 1, 10])
def test_a_key_is_shared_among_two_to_nine(holders: int) -> None:
    with pytest.raises(RefusedError):
        split(_pair, holders)


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": 0},
        {"holder": True},
        {"holder": 2},
        {"holder": "1"},
        {"pairs": []},
        {"pairs": None},
        {"pairs": [{"with": 2, "nonce": "AAAA", "key": "AAAA"}]},
        {"pairs": [{"with": 1, "nonce": "AAAAAAAAAAAAAAAA", "key": "AAAA"}]},
        {"public": "AAAA"},
        {"version": 2},
        {"locked": 7},
    ],
    ids=str,
)
def test_a_damaged_share_is_refused(changes: dict[str, Any]) -> None:
    text, words = _files(2)[0]
    with pytest.raises(KeyFileError):
        unlock_share(json.dumps(json.loads(text) | changes), words)


def test_a_share_pointed_at_another_partner_is_noticed() -> None:
    text, words = _files(3)[0]
    content = json.loads(text)
    content["pairs"][0], content["pairs"][1] = content["pairs"][1], content["pairs"][0]
    with pytest.raises(WrongPassphraseError):
        unlock_share(json.dumps(content), words)


def test_a_share_does_not_show_its_half() -> None:
    share = split(_pair, 2)[0]
    assert isinstance(share, Share)
    assert repr(share.parts[0].half) not in repr(share)
