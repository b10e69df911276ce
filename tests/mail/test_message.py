"""The mail as it travels: neutral, in the reader's language, with nothing in it but words and links."""

import itertools
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from campaign.mail.message import LOCALES, Mail, MailKind, Sender, compose, is_sender

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SENDER = Sender("https://letters.example.org", "Letters <letters@example.org>")
ROW = bytes(range(16))
CONFIRM, MANAGE = "c" * 43, "m" * 43
EVERY = list(itertools.product(MailKind, LOCALES))


def parsed(kind=MailKind.CONFIRM, locale="en", to="aygul@example.org", sender=SENDER, row=ROW, **links):
    links = links or {"confirm": (CONFIRM,) if kind is MailKind.CONFIRM else (), "manage": (MANAGE,)}
    return message_from_bytes(bytes(compose(Mail(kind, to, locale, **links), sender, NOW, row)), policy=policy.default)


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.source = text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]


def test_a_mail_has_the_headers_it_needs_and_no_others():
    message = parsed()
    assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
        "From": "Letters <letters@example.org>",
        "To": "aygul@example.org",
        "Subject": "Please confirm",
        "Date": "Sat, 21 Nov 2026 12:00:00 +0000",
        "Message-ID": message["Message-ID"],
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert re.fullmatch(r"<[0-9a-f]{40}@letters\.example\.org>", message["Message-ID"])


def test_a_second_copy_has_the_same_message_id_and_another_mail_another():
    assert parsed()["Message-ID"] == parsed(manage=("n" * 43,))["Message-ID"]
    assert parsed()["Message-ID"] != parsed(row=bytes(16))["Message-ID"]
    assert ROW.hex()[:8] not in parsed()["Message-ID"]


@pytest.mark.parametrize(("kind", "locale"), EVERY)
def test_every_mail_has_each_link_alone_on_its_line_and_says_nothing_of_the_appeal(kind, locale):
    message = parsed(kind, locale)
    text = text_of(message)
    links = [line for line in text.splitlines() if "://" in line]
    expected = [f"https://letters.example.org/c/{CONFIRM}"] * (kind is MailKind.CONFIRM)
    assert links == [*expected, f"https://letters.example.org/m/{MANAGE}"]
    assert "letters.example.org" in text.replace("https://letters.example.org", "")
    whole = text + message.get_body(("html",)).get_content() + str(message["Subject"])
    for word in ("Xinjiang", "61/21", "UA", "Amnesty", "{{", "{%", "petition", "pétition"):
        assert word not in whole


@pytest.mark.parametrize(("kind", "locale"), EVERY)
def test_the_page_in_a_mail_loads_nothing_and_leads_only_where_its_text_leads(kind, locale):
    message = parsed(kind, locale)
    page = Page(message.get_body(("html",)).get_content())
    shown = {(tag, name) for tag, name, _value in page.attributes}
    assert shown == {("html", "lang"), ("meta", "charset"), ("meta", "name"), ("meta", "content"), ("a", "href")}
    assert not re.search(r"url\(|@import|http-equiv", page.source)
    links = [value for _tag, name, value in page.attributes if name == "href"]
    assert links == [line for line in text_of(message).splitlines() if "://" in line]
    assert ("html", "lang", locale) in page.attributes


def test_lines_are_short_unless_they_are_links():
    for kind in MailKind:
        for line in text_of(parsed(kind)).splitlines():
            assert len(line) <= 72 or line.startswith("https://")


def test_somebody_who_writes_letters_in_a_language_without_mails_gets_english():
    assert parsed(locale="ug")["Subject"] == "Please confirm"
    assert parsed(locale="../../etc")["Subject"] == "Please confirm"
    assert parsed(locale="fr")["Subject"] == "Merci de confirmer"
    assert parsed(locale="zh-Hans")["Subject"] == "请确认"


def test_several_links_of_shared_addresses_are_lines_of_their_own():
    lines = text_of(parsed(MailKind.LOST_LINK, manage=("a" * 43, "b" * 43))).splitlines()
    assert [line[-43:] for line in lines if "://" in line] == ["a" * 43, "b" * 43]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "aygul",
        "aygul@example.org\r\nBcc: all@example.org",
        "aygul@example.org, all@example.org",
        "Aygül <aygul@example.org>",
        "aygul@example.org\0",
        "aygul@exa mple.org",
    ],
)
def test_what_is_no_single_address_gets_no_mail(address):
    with pytest.raises(ValueError, match="not an e-mail address") as raised:
        parsed(to=address)
    assert "aygul" not in str(raised.value)


def test_a_domain_in_another_script_is_written_in_ascii():
    assert parsed(to="aygul@bücher.example")["To"] == "aygul@xn--bcher-kva.example"


def test_nobody_sees_an_address_or_a_token_in_what_programmers_print():
    shown = repr(Mail(MailKind.CONFIRM, "aygul@example.org", "fr", (CONFIRM,), (MANAGE,)))
    assert shown == "Mail(kind=<MailKind.CONFIRM: 'confirm'>)"


def test_a_sender_is_one_address_with_or_without_a_name():
    assert is_sender("letters@example.org")
    assert is_sender("Letters from us <letters@example.org>")
    assert not is_sender("")
    assert not is_sender("Letters")
    assert not is_sender("a@example.org\nBcc: b@example.org")
