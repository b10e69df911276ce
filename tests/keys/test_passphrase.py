"""Passphrases are made, not chosen: six words of 7,776."""

import math

from campaign.keys import new_passphrase
from campaign.keys.passphrase import WORDS, as_typed, word_list


def test_a_passphrase_has_six_words_of_the_list() -> None:
    words = new_passphrase().split()
    assert len(words) == WORDS == 6
    assert set(words) <= set(word_list())


def test_the_list_has_enough_words_for_77_bits() -> None:
    assert len(set(word_list())) == 7776
    assert WORDS * math.log2(len(word_list())) > 77


def test_no_two_passphrases_are_alike() -> None:
    assert len({new_passphrase() for _ in range(500)}) == 500


def test_every_word_is_typed_as_it_is_printed() -> None:
    assert all(as_typed(word) == word.encode() for word in word_list())
