"""Nobody adds a recipient to a letter or to a mail of the site: both go to exactly whom the appeal or the signer named.

What is typed is read back out of every link, draft and mail by the rules that mail programs follow.
"""

from collections import defaultdict
from email import message_from_bytes, policy
from email.utils import getaddresses
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import html5lib
import pytest

from campaign.app import create_app
from campaign.core.text import clean_line, clean_text
from tests.visitor import JOURNEY, SLUG, Visitor, form_token

OTHER = "other@example.net"
PAYLOADS = (
    f"\r\nBcc: {OTHER}", f"\nTo: {OTHER}", f"\r\n\r\n.\r\nMAIL FROM:<{OTHER}>", f"\u2028Bcc: {OTHER}",
    f"\x85Cc: {OTHER}", f"\x0bBcc: {OTHER}", f"%0d%0aBcc: {OTHER}", f"%250d%250aBcc:{OTHER}", f"&bcc={OTHER}",
    f"&amp;cc={OTHER}", f"%26bcc={OTHER}", f"?bcc={OTHER}", f"?to={OTHER}&subject=x&body=x", f"#&bcc={OTHER}",
    f",{OTHER}", f";{OTHER}", f" <{OTHER}>", f'" bcc="{OTHER}', f"=?utf-8?q?=0D=0ABcc:_{OTHER}?=",
)  # fmt: skip
SERVICES = {
    "mail.google.com": {"view", "to", "su", "body"},
    "outlook.live.com": {"mailtouri"},
    "compose.mail.yahoo.com": {"to", "subject", "body"},
}
"""What the links to somebody else's webmail may fill in: one recipient, a subject and the text."""
DRAFT = ["X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
MAIL = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
"""The headers of an e-mail draft and of a mail of the site: these, and none besides."""
CHOSEN = ("country", "embassy_country", "locale", "case", "demands", "recipients")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the same rows on both


@pytest.fixture
def configured(runtime):
    """Return whom the letters of somebody in Canada go to: what the appeal and the directory of missions say."""
    president = runtime.published(SLUG).appeal.recipient("president").email
    embassy = runtime.directory.choose("CN", "CA", runtime.clock.now().date()).mission.email
    return {"president": president, "embassy": embassy}


def read_mailto(link):
    """Return the recipients and the fields of a mailto link (RFC 6068): ``to`` is a list, the others stand once."""
    assert link.isascii()
    parts = urlsplit(link)
    assert (parts.scheme, parts.fragment) == ("mailto", "")
    fields = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=bool(parts.query))
    assert [name for name, _ in fields] in ([], ["subject"], ["subject", "body"])
    return addresses_in(unquote(parts.path)), dict(fields)


def read_webmail(link):
    """Return the recipients and the fields of a link to somebody's webmail."""
    parts = urlsplit(link)
    fields = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in fields]
    assert (parts.scheme, parts.fragment) == ("https", "")
    assert set(names) <= SERVICES[parts.hostname]
    assert len(set(names)) == len(names)
    found = dict(fields)
    if "mailtouri" in found:
        return read_mailto(found["mailtouri"])
    return addresses_in(found["to"]), {"subject": found.get("su") or found["subject"], "body": found.get("body", "")}


def addresses_in(text):
    """Return the addresses that a mail program finds in a list of them, where some part them by semicolons."""
    return [address for _, address in getaddresses([text.replace(";", ",")])]


def links_of(page):
    """Return every link of the letters page that opens a message, and every part a script builds one from."""
    found = defaultdict(list)
    for card in html5lib.parse(page, namespaceHTMLElements=False).iter("article"):
        recipient = card.get("aria-labelledby").removesuffix("-title")
        for link in card.iter("a"):
            addresses = (link.get(name, "") for name in ("href", "data-mail-before", "data-mail-short"))
            found[recipient] += [one for one in addresses if one.startswith(("mailto:", "https:"))]
    return found


def words_of(visitor, recipient):
    """Return the letter as the plain text file has it."""
    return visitor.get(f"/{SLUG}/letters/{recipient}.txt").text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_link_and_draft_of_a_letter_goes_to_whom_the_appeal_names_and_to_nobody_else(
    app, visitor, configured, payload
):
    plain = Visitor(app)
    plain.sign(email="plain@example.org")
    visitor.sign(**dict.fromkeys(("name", "city", "address", "words"), f"A{payload}"), email=JOURNEY["email"])
    links = links_of(visitor.get(f"/{SLUG}/letters").text)
    assert links.keys() == configured.keys()
    for recipient, to in configured.items():
        path = f"/{SLUG}/letters/{recipient}.eml"
        expected = message_from_bytes(plain.get(path).data, policy=policy.default)
        message = message_from_bytes(visitor.get(path).data, policy=policy.default)
        assert (message.keys(), message.defects) == (DRAFT, [])
        assert [one.addr_spec for one in message["To"].addresses] == [to]
        assert message["Subject"] == expected["Subject"]
        assert message.get_content_type() == "text/plain"
        assert clean_text(f"A{payload}") in message.get_content().replace("\r\n", "\n"), "it is in the text, as text"
        assert len(links[recipient]) == 12, "the mail program and three services, each with the parts for the script"
        for link in links[recipient]:
            found, fields = (read_mailto if link.startswith("mailto:") else read_webmail)(link)
            assert found == [to], link
            assert fields.get("subject") == expected["Subject"], link


def test_what_can_only_be_chosen_and_what_stands_in_an_address_adds_nothing_either(visitor, configured):
    for number, payload in enumerate(PAYLOADS):
        field = CHOSEN[number % len(CHOSEN)]
        value = f"{JOURNEY.get(field, 'president')}{payload}"
        assert visitor.sign(**{field: value}).status_code == 422, (field, payload)
    visitor.sign()
    before = links_of(visitor.get(f"/{SLUG}/letters").text)
    for typed in map(quote, PAYLOADS):
        page = visitor.get(f"/{SLUG}/letters?to={typed}&cc={typed}&bcc={typed}&recipient={typed}&lang=en{typed}")
        assert links_of(page.text) == before, typed
        draft = visitor.get(f"/{SLUG}/letters/president.eml?to={typed}&bcc={typed}&paper={typed}&country={typed}")
        assert message_from_bytes(draft.data, policy=policy.default)["To"] == configured["president"]
        assert draft.headers["Content-Disposition"] == "attachment; filename=letter-1.eml"
        assert visitor.get(f"/{SLUG}/letters/president{typed}.eml").status_code == 404


def test_a_letter_too_long_for_a_link_is_not_cut_but_offered_to_copy(visitor, configured):
    words = "维" * 999 + "。"
    visitor.sign(words=words)
    page = visitor.get(f"/{SLUG}/letters").text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    by_id = {one.get("id"): one for one in tree.iter() if one.get("id")}
    for recipient in configured:
        assert words in by_id[f"{recipient}-text"].text, "the whole text, to copy"
        assert by_id[f"{recipient}-long"].get("hidden") is None
        assert "Copy the text below" in by_id[f"{recipient}-long"].text
        assert words in words_of(visitor, recipient)
        for link in links_of(page)[recipient]:
            _, fields = (read_mailto if link.startswith("mailto:") else read_webmail)(link)
            assert len(link) <= (2_000 if link.startswith("mailto:") else 8_000)
            assert not fields.get("body") or words in fields["body"], "whole or not at all"


@pytest.fixture
def signer(mail_runtime):
    """A visitor of the site that sends mail."""
    return Visitor(create_app(runtime=mail_runtime))


def mailed(mail_runtime, mail_server):
    """Let the mails that wait leave; return who got each of them, and the mails."""
    before = len(mail_server.taken)
    mail_runtime.delivery.run()
    return list(zip(mail_server.recipients[before:], mail_server.taken[before:], strict=True))


def test_a_mail_of_the_site_goes_to_the_one_address_that_was_typed_or_to_nobody(signer, mail_runtime, mail_server):
    token = form_token(signer.get("/m").text)
    taken = 0
    for number, payload in enumerate(PAYLOADS):
        named = dict.fromkeys(("name", "city", "address", "words"), f"A{payload}")
        odd = payload.replace(OTHER, "x")  # a mailbox may be called &bcc=x, and then that is whom the mail is for
        for typed in (f"n{number}@example.org", f"n{number}{odd}@example.org", f"n{number}@example.org{payload}"):
            answer = signer.sign(**named, email=typed)
            signer.client.post("/m", data={"appeal": SLUG, "email": typed, "csrf_token": token})
            mails = mailed(mail_runtime, mail_server)
            assert len(mails) == (2 if answer.status_code == 303 else 0), typed
            for envelope, mail in mails:
                assert envelope == clean_line(typed)
                assert [one.addr_spec for one in mail["To"].addresses] == [envelope]
                assert (mail.keys(), mail.defects) == (MAIL, [])
                assert mail["From"] == "Letters <letters@example.org>"
                assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
            taken += len(mails)
    assert 2 * len(PAYLOADS) < taken < 4 * len(PAYLOADS), "plain addresses, and odd ones that are a mailbox too"
    assert OTHER not in mail_server.recipients
