"""Tokens are long, never repeat, and cannot be found from what is stored."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from campaign.core.tokens import new_token, token_hash


def test_a_token_carries_256_bits_and_is_safe_in_an_address() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {43}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_the_stored_form_is_the_sha_256_of_the_token() -> None:
    assert token_hash("abc") == hashlib.sha256(b"abc").digest()


@given(st.text(st.characters(codec=None)))
def test_anything_a_stranger_sends_as_a_token_can_be_hashed(text: str) -> None:
    assert len(token_hash(text)) == 32
