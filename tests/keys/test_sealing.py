"""A sealed record opens with the right key, as the row it was sealed for, unchanged; and in no other way."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.padding import BLOCK, pack, unpack
from campaign.keys import KeyPair, SealError, new_key_pair, seal, unseal
from campaign.keys.pairs import key_pair_of

ROW = bytes(range(16))
SLUG, EPOCH = "ua-61-21", 1
RECORD: dict[str, Any] = {"name": "ئايگۈل قادىر", "email": "aygul@example.org", "consents": {"count": True}}
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)
_records = st.dictionaries(st.text(st.characters(codec="utf-8")), _json, max_size=6)
_pair = new_key_pair()


@given(_records, st.binary(min_size=16, max_size=16), st.integers(1, 30_000))
def test_every_record_comes_back_as_it_was(record: dict[str, Any], row_id: bytes, epoch: int) -> None:
    sealed = seal(_pair.public, SLUG, row_id, epoch, record)
    assert unseal(_pair.private, SLUG, row_id, epoch, sealed) == record


def test_a_stored_record_of_the_first_version_still_opens() -> None:
    known = json.loads((Path(__file__).parent / "data" / "sealed-02.json").read_text("utf-8"))
    pair = key_pair_of(bytes.fromhex(known["private"]))
    row_id, sealed = bytes.fromhex(known["row"]), bytes.fromhex(known["sealed"])
    assert pair.public.hex() == known["public"]
    assert unseal(pair.private, known["slug"], row_id, known["epoch"], sealed) == known["record"]


def test_what_is_sealed_is_not_readable_and_never_twice_the_same(pair: KeyPair) -> None:
    first, second = (seal(pair.public, SLUG, ROW, EPOCH, RECORD) for _ in range(2))
    assert first != second
    for part in ("ئايگۈل".encode(), b"aygul@example", b"consents"):  # too long to come about by chance
        assert part not in first


@pytest.mark.parametrize(
    ("slug", "row_id", "epoch"),
    [("ua-61-22", ROW, EPOCH), (SLUG, bytes(16), EPOCH), (SLUG, ROW, 2)],
    ids=["another appeal", "another row", "another epoch"],
)
def test_a_signature_sealed_for_one_row_cannot_be_opened_as_another(
    pair: KeyPair, slug: str, row_id: bytes, epoch: int
) -> None:
    sealed = seal(pair.public, SLUG, ROW, EPOCH, RECORD)
    with pytest.raises(SealError):
        unseal(pair.private, slug, row_id, epoch, sealed)


def test_another_key_does_not_open_it(pair: KeyPair) -> None:
    with pytest.raises(SealError):
        unseal(new_key_pair().private, SLUG, ROW, EPOCH, seal(pair.public, SLUG, ROW, EPOCH, RECORD))


def test_any_flipped_bit_is_noticed(pair: KeyPair) -> None:
    sealed = seal(pair.public, SLUG, ROW, EPOCH, RECORD)
    for place in [0, 1, 500, 1100, 1121, len(sealed) - 1, *(secrets.randbelow(len(sealed)) for _ in range(60))]:
        changed = bytearray(sealed)
        changed[place] ^= 1 << secrets.randbelow(8)
        with pytest.raises(SealError):
            unseal(pair.private, SLUG, ROW, EPOCH, bytes(changed))


@given(st.binary(max_size=3000))
def test_garbage_is_refused_with_a_sentence(garbage: bytes) -> None:
    for sealed in (garbage, b"\x02" + garbage):
        with pytest.raises(SealError, match=r"\.$"):
            unseal(_pair.private, SLUG, ROW, EPOCH, sealed)


@pytest.mark.parametrize("public", [b"", b"x" * 1215, b"\xff" * 1216, b"\x00" * 1216])
def test_what_is_not_a_public_key_is_refused(public: bytes) -> None:
    with pytest.raises(SealError):
        seal(public, SLUG, ROW, EPOCH, RECORD)


def test_what_is_not_a_private_key_is_refused() -> None:
    with pytest.raises(SealError):
        unseal(b"short", SLUG, ROW, EPOCH, seal(_pair.public, SLUG, ROW, EPOCH, RECORD))


def test_records_of_different_length_look_the_same_from_outside(pair: KeyPair) -> None:
    lengths = {len(seal(pair.public, SLUG, ROW, EPOCH, {"name": "x" * size})) for size in range(1, 200, 7)}
    assert len(lengths) == 1


@given(_records)
def test_a_padded_record_fills_whole_blocks(record: dict[str, Any]) -> None:
    block = pack(record)
    assert len(block) % BLOCK == 0
    assert unpack(block) == record


@pytest.mark.parametrize(
    "block", [b"", b"\x00" * 255, b"\xff" * 256, pack({})[:-1], (2).to_bytes(4) + b"[]" + bytes(250)]
)
def test_what_is_not_a_padded_record_is_refused(block: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(block)
