"""The mailto link, read back as RFC 6068 says."""

from dataclasses import replace
from urllib.parse import unquote

import pytest

from campaign.letters.letter import Letter
from campaign.letters.mailto import MAX_LENGTH, is_bare_address, mailto
from campaign.letters.plain import as_mail_body
from tests.letters.builders import sample_letter, short_letter

AWKWARD = "& = ? # % + \" ' é 中 ئ"


def parsed(uri: str) -> tuple[str, dict[str, str]]:
    """Split a mailto URI as RFC 6068 section 2 does; a plus sign is a plus sign."""
    scheme, _, rest = uri.partition(":")
    assert scheme == "mailto"
    assert uri.isascii()
    to, _, fields = rest.partition("?")
    pairs = [field.partition("=") for field in fields.split("&")] if fields else []
    names = [name for name, _, _ in pairs]
    assert len(names) == len(set(names))
    return unquote(to, errors="strict"), {name: unquote(value, errors="strict") for name, _, value in pairs}


def complete(letter: Letter) -> tuple[str, dict[str, str]]:
    link = mailto(letter)
    assert link is not None
    assert link.complete
    return parsed(link.uri)


def test_everything_comes_back_exactly() -> None:
    letter = short_letter(AWKWARD, "Second paragraph.", f"Third, after a break\n{AWKWARD}", subject=AWKWARD)
    to, fields = complete(letter)
    assert to == "office@example.org"
    assert fields == {"subject": AWKWARD, "body": as_mail_body(letter).replace("\n", "\r\n")}


def test_empty_lines_and_every_line_break_are_crlf() -> None:
    _, fields = complete(short_letter("One.", "Two."))
    assert "One.\r\n\r\nTwo.\r\n\r\n" in fields["body"]
    assert "\n" not in fields["body"].replace("\r\n", "")


def test_a_space_is_never_a_plus_sign() -> None:
    link = mailto(short_letter("1 + 1"))
    assert link is not None
    assert "1%20%2B%201" in link.uri
    assert "+" not in link.uri


@pytest.mark.parametrize("payload", ["\r\nBcc: a@evil.example", "&bcc=a@evil.example", "%0D%0ABcc:x", "?to=x", "#x"])
def test_a_payload_stays_inside_its_field(payload: str) -> None:
    letter = short_letter(f"words{payload}", subject=f"subject{payload}")
    to, fields = complete(letter)
    assert to == "office@example.org"
    assert set(fields) == {"subject", "body"}
    assert fields["subject"] == " ".join(f"subject{payload}".split())
    assert "\n" not in fields["subject"]
    assert "words" in fields["body"]


def test_the_link_is_complete_up_to_the_limit_and_not_one_character_beyond() -> None:
    def link_of(count: int) -> tuple[int, bool]:
        link = mailto(short_letter("a" * count))
        assert link is not None
        return len(link.uri), link.complete

    length, _ = link_of(100)
    fitting = 100 + MAX_LENGTH - length
    assert link_of(fitting) == (MAX_LENGTH, True)
    assert link_of(fitting + 1)[1] is False
    assert link_of(fitting + 1)[0] < 200


def test_the_limit_is_measured_after_encoding() -> None:
    assert complete(short_letter("a" * 180))
    link = mailto(short_letter("中" * 180))
    assert link is not None
    assert not link.complete


def test_a_text_that_does_not_fit_is_left_out_whole() -> None:
    link = mailto(sample_letter(locale="zh-Hans"))
    assert link is not None
    assert not link.complete
    to, fields = parsed(link.uri)
    assert to == "english@mail.gov.cn"
    assert set(fields) == {"subject"}


def test_even_a_subject_too_long_leaves_a_working_link() -> None:
    link = mailto(short_letter(subject="中" * 300))
    assert link is not None
    assert link.uri == "mailto:office@example.org"


def test_the_street_address_is_not_in_the_link() -> None:
    letter = replace(short_letter(), sender=("Élodie Tremblay", "4321, rue Saint-Denis"))
    link = mailto(letter)
    assert link is not None
    assert "Saint-Denis" not in unquote(link.uri)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "office",
        "office@",
        "@example.org",
        "a@b",
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "A <a@example.org>",
        "a @example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "a@example.org?bcc=b@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example..org",
        "ä@example.org",
        "a@" + "b" * 260 + ".org",
    ],
)
def test_what_is_not_one_plain_address_makes_no_link(address: str) -> None:
    assert not is_bare_address(address)
    assert mailto(short_letter(email=address)) is None


@pytest.mark.parametrize("address", ["english@mail.gov.cn", "chinaemb_ca@mfa.gov.cn", "a.b+c@xn--bcher-kva.example"])
def test_plain_addresses_are_usable(address: str) -> None:
    assert complete(short_letter(email=address))[0] == address
