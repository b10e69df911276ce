"""Tokens are long, never repeat, and cannot be found from what is stored."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from campaign.core.tokens import new_row_id, new_token, row_place, token_hash


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


def test_ids_of_rows_that_expire_lie_in_the_order_of_time_and_never_repeat() -> None:
    ids = [new_row_id(expires_at, 16) for expires_at in (1_795_262_400, 1_795_262_401, 1 << 39)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {16}
    assert len({new_row_id(1_795_262_400, 16) for _ in range(1000)}) == 1000
    assert ids[0] < row_place(1_795_262_401) < ids[1]
