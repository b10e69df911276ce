"""Two spellings of one mailbox are equal; the index and the MAC of a row need keys that are not in the database."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.errors import RefusedError
from campaign.signatures import blind, canonical_email, row_is_genuine
from campaign.signatures.blind import blind_index, row_mac

KEY = b"k" * 32
ROW: dict[str, Any] = {
    "slug": "ua-61-21",
    "id": bytes(16),
    "edition": 1,
    "key_epoch": 1,
    "state": "pending",
    "day": date(2026, 11, 21),
    "country": "CA",
    "blind_index": bytes(32),
    "sealed": b"sealed",
    "address_index": bytes(32),
    "flags": 0,
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aygul@example.org", "Aygul@EXAMPLE.org"),
        ("aygul@example.org", "aygul+petition@example.org"),
        ("aygul.qadir@gmail.com", "ayg.ulqadir+x@googlemail.com"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("STRASSE@example.org", "straße@example.org"),
        ("Å@example.org", "Å@example.org"),
    ],
)
def test_two_spellings_of_one_mailbox_are_equal(one: str, other: str) -> None:
    assert canonical_email(one) == canonical_email(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aygul@example.org", "aygul@example.com"),
        ("aygul.qadir@example.org", "aygulqadir@example.org"),
        ("a@faß.de", "a@fass.de"),
        ("+one@example.org", "+two@example.org"),
    ],
)
def test_different_mailboxes_stay_different(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)


@pytest.mark.parametrize(
    "typed", ["", "no", "a@", "@b.org", "a@b", "a b@c.org", "a@b.org\r\nBcc: x@y.org", "a\u200b@b.org"]
)
def test_what_is_not_an_address_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError):
        canonical_email(typed)


@given(st.text(st.characters(codec=None), max_size=80))
def test_whatever_is_typed_is_an_address_or_is_refused(typed: str) -> None:
    for address in (typed, f"{typed}@example.org", f"a@{typed}.org"):
        try:
            canonical = canonical_email(address)
        except RefusedError:
            continue
        assert canonical.count("@") == 1
        assert canonical_email(address) == canonical


def test_the_same_address_gives_another_index_in_another_appeal_and_under_another_key() -> None:
    indexes = {
        blind_index(KEY, "ua-61-21", "aygul@example.org"),
        blind_index(KEY, "ua-61-22", "aygul@example.org"),
        blind_index(b"x" * 32, "ua-61-21", "aygul@example.org"),
    }
    assert {len(index) for index in indexes} == {32}
    assert len(indexes) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "ua-61-22"},
        {"id": b"\x01" + bytes(15)},
        {"edition": 2},
        {"key_epoch": 2},
        {"state": "confirmed"},
        {"day": date(2026, 11, 22)},
        {"country": ""},
        {"blind_index": b"\x01" + bytes(31)},
        {"sealed": b"sealeD"},
        {"address_index": b"\x01" + bytes(31)},
        {"flags": 1},
        {"changes": 1},
    ],
    ids=str,
)
def test_the_mac_of_a_row_changes_with_every_column(change: dict[str, Any]) -> None:
    genuine = ROW | {"mac": row_mac(KEY, ROW)}
    assert row_is_genuine(KEY, genuine)
    assert not row_is_genuine(KEY, genuine | change)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"edition": 11, "key_epoch": 1}, {"edition": 1, "key_epoch": 11}),
        ({"slug": "ua-1", "edition": 23}, {"slug": "ua-12", "edition": 3}),
        ({"sealed": b"abc", "slug": "d"}, {"sealed": b"ab", "slug": "cd"}),
        ({"flags": None, "changes": 3}, {"address_index": b"3", "flags": 3}),
        ({"flags": None, "changes": 3}, {"address_index": b"", "flags": 3}),
        ({"flags": 0, "changes": 3}, {"flags": 3}),
    ],
)
def test_bytes_cannot_move_from_one_column_to_the_next(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert row_mac(KEY, ROW | one) != row_mac(KEY, ROW | other)


@pytest.mark.parametrize("flags", [None, 0, 4])
def test_a_row_that_was_never_changed_has_the_mark_it_was_signed_with(flags: int | None) -> None:
    assert row_mac(KEY, ROW | {"flags": flags}) == row_mac(KEY, ROW | {"flags": flags, "changes": 0})


def test_the_mac_of_a_row_needs_the_key() -> None:
    assert not row_is_genuine(KEY, ROW | {"mac": row_mac(b"x" * 32, ROW)})


@pytest.mark.parametrize(
    "address", ["a.b@example.org", "A+x@Example.ORG", "a_b-c@sub.example.com", "a.b.c+d@gmail.com", "x@example.ca"]
)
def test_the_short_way_for_plain_addresses_gives_what_the_library_gives(address):
    plain = canonical_email(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blind, "_PLAIN_ADDRESS", re.compile("never"))
        assert canonical_email(address) == plain
