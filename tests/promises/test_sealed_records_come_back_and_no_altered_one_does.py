"""Ten thousand sealed records open as they were; moved, altered or tried with another key, not one of them does."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from campaign.core.text import clean_text
from campaign.keys import CLASSICAL, HYBRID, KeyPair, SealError, Way, new_key_pair, seal, unseal
from tests.naughty import LISTED, OWN

RECORDS = 10_000
ALTERED = 500
SLUG = "ua-61-21"
# As the form lets them through: half a surrogate pair is no text and cannot be stored anywhere.
_STRINGS = [*LISTED, *(clean_text(text) for text in OWN)]


def _records() -> Iterator[dict[str, Any]]:
    for number, text in zip(range(RECORDS), itertools.cycle(_STRINGS), strict=False):
        consents = {"version": "2026-11", "count": True, "show": bool(number % 2), "handover": bool(number % 3)}
        other = _STRINGS[number % 7]
        yield {"name": text, "email": f"{number}@example.org", "city": other, "country": "CA", "consents": consents}


def _row(number: int) -> bytes:
    return number.to_bytes(16)


@pytest.fixture(scope="module", params=[HYBRID, CLASSICAL], ids=["hybrid", "classical"])
def pair(request: pytest.FixtureRequest) -> KeyPair:
    way: Way = request.param
    return new_key_pair(way)


@pytest.fixture(scope="module")
def sealed(pair: KeyPair) -> list[bytes]:
    return [seal(pair.public, SLUG, _row(number), 1, record) for number, record in enumerate(_records())]


def _refused(private: bytes, slug: str, row: bytes, epoch: int, sealed: bytes) -> bool:
    try:
        unseal(private, slug, row, epoch, sealed)
    except SealError:
        return True
    return False


def test_every_one_of_ten_thousand_comes_back(pair: KeyPair, sealed: list[bytes]) -> None:
    opened = (unseal(pair.private, SLUG, _row(number), 1, one) for number, one in enumerate(sealed))
    different = [number for number, (ours, record) in enumerate(zip(opened, _records(), strict=True)) if ours != record]
    assert different == []


def test_none_opens_as_another_row_appeal_or_epoch_or_with_another_key(pair: KeyPair, sealed: list[bytes]) -> None:
    other = new_key_pair(HYBRID if len(pair.private) == HYBRID.private_bytes else CLASSICAL)
    for number, one in enumerate(sealed[:ALTERED]):
        assert _refused(pair.private, SLUG, _row(number + 1), 1, one)
        assert _refused(pair.private, "ua-99-26", _row(number), 1, one)
        assert _refused(pair.private, SLUG, _row(number), 2, one)
        assert _refused(other.private, SLUG, _row(number), 1, one)


def test_none_opens_with_a_flipped_bit_or_cut_short(pair: KeyPair, sealed: list[bytes]) -> None:
    chance = random.Random(61_21)
    for number, one in enumerate(sealed[:ALTERED]):
        changed = bytearray(one)
        changed[chance.randrange(len(one))] ^= 1 << chance.randrange(8)
        assert _refused(pair.private, SLUG, _row(number), 1, bytes(changed))
        assert _refused(pair.private, SLUG, _row(number), 1, one[: chance.randrange(len(one))])
        assert _refused(pair.private, SLUG, _row(number), 1, one + b"\0")
