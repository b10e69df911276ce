"""Changed consents open as the change of one signature they were made for, and a forged one shows."""

from dataclasses import replace
from typing import Any

import pytest

from campaign.keys import CurrentKey, KeyPair, SealError, new_key_pair, seal, unseal
from campaign.signatures import Consents, amendment_is_genuine, open_amendment, seal_amendment

SLUG, ROW, ROW_KEY = "ua-61-21", bytes(range(16)), b"row-" * 8
CONSENTS = Consents("2026-11", count=True, handover=True)


@pytest.fixture
def amendment(pair: KeyPair) -> dict[str, Any]:
    return seal_amendment(ROW_KEY, CurrentKey(2, pair.public), SLUG, ROW, 3, CONSENTS)


def test_changed_consents_come_back_as_they_were(pair: KeyPair, amendment: dict[str, Any]) -> None:
    assert open_amendment(pair.private, SLUG, ROW, amendment) == CONSENTS
    assert amendment_is_genuine(ROW_KEY, amendment)
    assert (amendment["n"], amendment["key_epoch"]) == (3, 2)


def test_an_amendment_opens_as_nothing_else(pair: KeyPair, amendment: dict[str, Any]) -> None:
    for slug, row, changes in (
        ("ua-99-26", ROW, {}),
        (SLUG, bytes(16), {}),
        (SLUG, ROW, {"n": 4}),
        (SLUG, ROW, {"key_epoch": 1}),
    ):
        with pytest.raises(SealError):
            open_amendment(pair.private, slug, row, amendment | changes)
    with pytest.raises(SealError):
        open_amendment(new_key_pair().private, SLUG, ROW, amendment)
    with pytest.raises(SealError):
        unseal(pair.private, SLUG, ROW, 2, amendment["sealed"])


def test_a_signature_does_not_open_as_an_amendment(pair: KeyPair, amendment: dict[str, Any]) -> None:
    sealed = seal(pair.public, SLUG, ROW, 2, {"consents": vars(CONSENTS)})
    with pytest.raises(SealError):
        open_amendment(pair.private, SLUG, ROW, amendment | {"sealed": sealed})


@pytest.mark.parametrize("record", [{}, {"consents": {"no": "version"}}, {"consents": None}])
def test_what_holds_no_consents_is_refused(pair: KeyPair, amendment: dict[str, Any], record: dict[str, Any]) -> None:
    sealed = seal(pair.public, SLUG, ROW, 2, record, what="amendment 3")
    with pytest.raises(SealError):
        open_amendment(pair.private, SLUG, ROW, amendment | {"sealed": sealed})


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "ua-99-26"},
        {"signature_id": bytes(16)},
        {"n": 4},
        {"key_epoch": 1},
        {"sealed": b"x"},
        {"mac": bytes(32)},
    ],
    ids=str,
)
def test_a_changed_row_is_not_genuine(amendment: dict[str, Any], changes: dict[str, Any]) -> None:
    assert not amendment_is_genuine(ROW_KEY, amendment | changes)
    assert not amendment_is_genuine(bytes(32), amendment)


def test_all_changes_look_alike_from_outside(pair: KeyPair) -> None:
    key = CurrentKey(1, pair.public)
    lengths = {
        len(seal_amendment(ROW_KEY, key, SLUG, ROW, n, replace(CONSENTS, handover=answer))["sealed"])
        for n, answer in ((1, True), (2, False), (99, True))
    }
    assert len(lengths) == 1
