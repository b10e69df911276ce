"""No address is longer than one may be (RFC 5321, 4.5.3.1; RFC 1035, 2.3.4), however plain it looks."""

from html import unescape

import pytest
from sqlalchemy import func, select

from campaign.core.errors import RefusedError
from campaign.signatures import Signature, canonical_email, is_email
from tests.visitor import JOURNEY

PLAIN = "com"
"""A domain that ends like this goes the short way, one in ``.jp`` the long one."""
HOSTS = ".".join(["b" * 50] * 3)


def of_length(number: int, end: str) -> str:
    """Return an address of so many characters, whose parts are as long as they may be at most."""
    start, rest = f"{'a' * 64}@{HOSTS}.", f".{end}"
    return start + "b" * (number - len(start) - len(rest)) + rest


@pytest.mark.parametrize("end", [PLAIN, "jp"])
def test_an_address_may_have_254_characters_and_its_labels_63(end: str) -> None:
    for address in (of_length(254, end), f"a@{'b' * 63}.{end}", f"{'a' * 64}@example.{end}"):
        assert canonical_email(address) == address


@pytest.mark.parametrize("end", [PLAIN, "jp"])
def test_one_character_more_is_refused(end: str) -> None:
    for address in (of_length(255, end), f"a@{'b' * 64}.{end}", f"a@example.{'b' * 64}.{end}"):
        assert not is_email(address)
        with pytest.raises(RefusedError):
            canonical_email(address)


@pytest.mark.parametrize("end", [PLAIN, "jp"])
def test_sixty_thousand_characters_are_no_address(end: str) -> None:
    for address in (f"{'a' * 60_000}@example.{end}", f"a@{'b.' * 30_000}{end}", f"{'a+' * 30_000}a@example.{end}"):
        assert not is_email(address)


@pytest.mark.parametrize("address", [f"{'a' * 60_000}@example.org", of_length(255, PLAIN), f"a@{'b' * 64}.org"])
def test_who_types_too_long_an_address_keeps_all_that_was_typed_and_nothing_is_stored(visitor, runtime, address):
    answer = visitor.sign(email=address)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "This is not an e-mail address. Write it like name@example.org." in page
    for typed in (address, *(JOURNEY[name] for name in ("name", "city", "address", "words"))):
        assert typed in page
    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 0
