"""A mail as it travels (RFC 5322): a neutral subject, text and simple HTML, no name, nothing that is loaded from afar.

Whoever sees the mailbox, or the list of subjects in it, learns as little as possible: the mail names the site, never
the appeal and never the person.
"""

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

LOCALES = ("en", "fr", "zh-Hans")
"""Languages mails are written in; whoever writes letters in another one gets English."""

_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "email"
_WIDTH = 72
_PARAGRAPHS = re.compile(r"\n\s*\n")


class MailKind(StrEnum):
    """Which mail it is: the name of its templates."""

    CONFIRM = "confirm"
    ALREADY_SIGNED = "already_signed"
    LOST_LINK = "lost_link"


@dataclass(frozen=True)
class Mail:
    """What somebody is to get: ``to`` an address, and the tokens of their links; ``repr`` shows neither."""

    kind: MailKind
    to: str = field(repr=False)
    locale: str = field(repr=False)
    confirm: tuple[str, ...] = field(default=(), repr=False)
    manage: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Sender:
    """Who writes: the public address of the site, and the sender's mail address (with a name, if one is wanted)."""

    public_url: str
    address: str = ""

    @property
    def host(self) -> str:
        """The host name people know the site by."""
        return urlsplit(self.public_url).hostname or "localhost"


def is_sender(address: str) -> bool:
    """Say whether mails can come from this: an address, alone or as ``Name <address>``."""
    try:
        validate_email(parseaddr(address)[1], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return "\n" not in address and "\r" not in address


def compose(mail: Mail, sender: Sender, now: datetime, row_id: bytes) -> EmailMessage:
    """Return the finished message; ``ValueError`` when ``mail.to`` is no address.

    ``Message-ID`` comes from the outbox row, so that a second copy, sent because a worker was killed, has the same one
    and many mailboxes show it once. ``Auto-Submitted`` keeps holiday notices from answering (RFC 3834).
    """
    subject, paragraphs = _words(mail, sender)
    recipient = _recipient(mail.to)
    message = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    if sender.address:
        name, address = parseaddr(sender.address)
        message["From"] = Address(name, addr_spec=address)
    message["To"] = Address("", *recipient.rsplit("@", 1))
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{hashlib.sha256(b'message id' + row_id).hexdigest()[:40]}@{sender.host}>"
    message["Auto-Submitted"] = "auto-generated"
    # Filters of junk mail dislike text in base64, which the library would choose for some scripts.
    message.set_content("\n\n".join(_wrapped(one) for one in paragraphs) + "\n", cte="quoted-printable")
    page = _templates.get_template("frame.html").render(subject=subject, locale=_locale(mail), paragraphs=paragraphs)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    return message


def _locale(mail: Mail) -> str:
    return mail.locale if mail.locale in LOCALES else "en"


def _words(mail: Mail, sender: Sender) -> tuple[str, Sequence[str]]:
    """Return the subject and the paragraphs: a template's first paragraph is the subject, a link is one of its own."""
    base = sender.public_url.rstrip("/")
    text = _templates.get_template(f"{mail.kind}.{_locale(mail)}.txt").render(
        site=urlsplit(sender.public_url).netloc,
        confirm=[f"{base}/c/{token}" for token in mail.confirm],
        manage=[f"{base}/m/{token}" for token in mail.manage],
    )
    subject, *paragraphs = [one.strip() for one in _PARAGRAPHS.split(text) if one.strip()]
    return subject, paragraphs


def _wrapped(paragraph: str) -> str:
    """Break a paragraph into lines; never within a link, nor where a script has no spaces."""
    return textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _recipient(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA 2008); a mailbox's own part may need SMTPUTF8 (RFC 6531)."""
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address.") from None
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


_templates = Environment(
    loader=FileSystemLoader(_FOLDER),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)
