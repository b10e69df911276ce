"""Links for other people's webmail: the whole text or none of it, measured for each service, and rebuilt alike."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from campaign.letters.mailto import MAX_LENGTH, mailto
from campaign.letters.plain import as_mail_body
from campaign.letters.webmail import mail_link, webmail_links
from tests.letters.builders import sample_letter, short_letter

AWKWARD = "& = ? # % + \" ' é 中 ئ (x)! *"
HOSTS = {"Gmail": "mail.google.com", "Outlook": "outlook.live.com", "Yahoo": "compose.mail.yahoo.com"}


def fields(url: str) -> dict[str, str]:
    """Return to, subject and body as the service will read them."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if "mailtouri" in asked:
        link = urlsplit(asked["mailtouri"])
        # A plus sign in a mailto link is a plus sign (RFC 6068).
        parts = dict(part.split("=", 1) for part in link.query.split("&"))
        return {"to": unquote(link.path), **{name: unquote(value) for name, value in parts.items()}}
    return {"to": asked["to"], "subject": asked.get("subject") or asked["su"], "body": asked.get("body", "")}


@pytest.mark.parametrize("service", HOSTS)
def test_each_service_gets_address_subject_and_the_whole_text_unchanged(service: str) -> None:
    letter = short_letter(AWKWARD, "\u00a0", "The end.", subject=AWKWARD)
    link = next(one for one in webmail_links(letter) if one.service == service)
    assert urlsplit(link.url).scheme == "https"
    assert urlsplit(link.url).hostname == HOSTS[service]
    assert link.complete
    assert fields(link.url) == {
        "to": "office@example.org",
        "subject": AWKWARD,
        "body": as_mail_body(letter).replace("\n", "\r\n"),
    }


@pytest.mark.parametrize("service", HOSTS)
def test_a_text_too_long_for_a_service_is_left_out_whole(service: str) -> None:
    letter = short_letter("维" * 2_000)
    link = next(one for one in webmail_links(letter) if one.service == service)
    assert not link.complete
    assert len(link.url) <= link.limit
    assert fields(link.url).get("body", "") == ""


def test_every_service_is_measured_by_its_own_limit_on_the_encoded_link() -> None:
    letter = sample_letter(locale="fr")
    links = {link.service: link for link in webmail_links(letter)}
    assert len({link.limit for link in links.values()}) == len(links)
    for link in links.values():
        assert link.complete == (len(link.before) + len(encoded(link.body, link.rounds)) <= link.limit)
        assert len(link.url) <= link.limit


def encoded(text: str, rounds: int) -> str:
    """Encode as mail programs expect it, byte by byte, without the code under test."""
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    raw = text.replace("\n", "\r\n")
    for _ in range(rounds):
        raw = "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in raw.encode())
    return raw


@pytest.mark.parametrize(
    "letter", [short_letter(AWKWARD), sample_letter(locale="zh-Hans"), sample_letter(words="x" * 999)]
)
def test_the_parts_make_the_same_link_as_the_mail_button(letter) -> None:
    link, button = mail_link(letter), mailto(letter)
    assert link is not None
    assert button is not None
    assert (link.url, link.complete) == (button.uri, button.complete)
    assert link.limit == MAX_LENGTH


def test_a_subject_too_long_for_any_link_leaves_the_address_only() -> None:
    link = mail_link(short_letter(subject="题" * 300))
    assert link is not None
    assert link.url == "mailto:office@example.org"


@pytest.mark.parametrize("address", ["", "a@example.org,b@example.org", "a@example.org?bcc=b@example.org"])
def test_without_one_plain_address_there_are_no_links(address: str) -> None:
    letter = short_letter(email=address)
    assert webmail_links(letter) == ()
    assert mail_link(letter) is None
