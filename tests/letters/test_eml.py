"""The e-mail draft, read back with the standard library."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from campaign.letters.eml import eml
from campaign.letters.letter import Letter
from campaign.letters.plain import as_mail_body
from tests.letters.builders import LOCALES, sample_letter, short_letter
from tests.letters.test_mailto import AWKWARD


def read(letter: Letter) -> EmailMessage:
    message = message_from_bytes(eml(letter), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


@pytest.mark.parametrize("locale", LOCALES)
def test_the_draft_has_the_subject_and_the_text_of_the_mail(locale: str) -> None:
    letter = sample_letter(locale=locale)
    message = read(letter)
    assert message["To"] == "english@mail.gov.cn"
    assert message["Subject"] == letter.subject
    assert message.get_content().replace("\r\n", "\n") == as_mail_body(letter)
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


def test_the_draft_opens_for_editing_and_leaves_the_rest_to_the_mail_program() -> None:
    message = read(sample_letter())
    assert message["X-Unsent"] == "1"
    assert set(message) == {"X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_line_ends_with_crlf_and_none_is_too_long(locale: str) -> None:
    lines = eml(sample_letter(locale=locale, words="x" * 3000)).split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert b"".join(lines).isascii()


@pytest.mark.parametrize(
    "payload", ["\r\nBcc: a@evil.example", "\nBcc: a@evil.example", "\r\n\r\nBody", "\u2028Bcc: x"]
)
def test_no_header_can_be_smuggled_in(payload: str) -> None:
    letter = short_letter(f"x{payload}", subject=f"Subject{payload}", email=f"a@example.org{payload}")
    message = read(letter)
    assert message["Bcc"] is None
    assert message["To"] is None
    assert message["Subject"] == " ".join(f"Subject{payload}".split())


def test_awkward_characters_come_back_unchanged() -> None:
    message = read(short_letter(AWKWARD, "From the start", ".", subject=AWKWARD))
    assert message["Subject"] == AWKWARD
    assert AWKWARD in message.get_content()
    assert "From the start\n\n.\n" in message.get_content().replace("\r\n", "\n")


def test_equal_letters_give_equal_bytes() -> None:
    assert eml(sample_letter()) == eml(sample_letter())


def test_the_street_address_is_not_in_the_draft() -> None:
    assert "Saint-Denis" not in read(sample_letter()).as_string()
