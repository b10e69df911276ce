"""Handing mails to a mail server (RFC 5321): one connection for many, encrypted and checked as the address says."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_TIMEOUT_SECONDS = 20
_MOST_PER_CONNECTION = 100
# Enhanced status codes (RFC 3463) that begin with 5.7 speak of permission, not of a mailbox.
_ABOUT_PERMISSION = re.compile(r"\s*5\.7\.")
_NEEDS_LOGIN = frozenset({530, 535, 538})
# Networks and names of one's own: RFC 1918, 3927, 4193, 4291; RFC 6761, 6762, 8375, and “internal”, which ICANN has set
# aside for this. A name without a dot is looked up in one's own network as well.
_PRIVATE = tuple(
    ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
_PRIVATE_NAME = re.compile(r"[a-z][a-z0-9_-]*|.+\.(localhost|local|internal|home\.arpa)\.?")


class Outcome(StrEnum):
    """What a mail server said to one mail."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"


class MailServerError(Exception):
    """The server cannot be used now; the message names the kind of failure and never an address."""


@dataclass(frozen=True)
class SmtpAddress:
    """A mail server: ``scheme`` one of :data:`PORTS`; ``repr`` shows no password."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def read_smtp_url(url: str) -> SmtpAddress:
    """Read ``smtp://``, ``smtp+starttls://`` or ``smtps://[USER:PASSWORD@]HOST[:PORT]``; percent signs as in any URL.

    ``smtp://`` is not encrypted: only for this machine and private networks, with a password only for this machine.
    Raises ``ValueError`` with a sentence that does not repeat the address, since it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(
            "SMTP_URL is not an address: a “/”, “@” or “:” in a password is written %2F, %40, %3A"
        ) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"SMTP_URL must look like {'://HOST, '.join(PORTS)}://USER:PASSWORD@HOST")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("SMTP_URL needs a user and a password, or neither")
    if parts.scheme == "smtp" and parts.username and not _is_this_machine(parts.hostname):
        raise ValueError("SMTP_URL would send its password readable for others: use smtp+starttls:// or smtps://")
    if parts.scheme == "smtp" and not (_is_private(parts.hostname) or _PRIVATE_NAME.fullmatch(parts.hostname)):
        raise ValueError(
            "SMTP_URL would send addresses and links in the clear: write smtp+starttls://HOST (port 587) or "
            "smtps://HOST (465); smtp://HOST is for this machine and for private addresses such as 10.0.0.5"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():  # smtplib sends no others
        raise ValueError(
            "SMTP_URL has a letter beyond ASCII, such as é, in its user or password, and no way to send that to a mail "
            "server: choose a password of the letters a to z and A to Z, digits and signs"
        )
    return SmtpAddress(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password)


def _is_this_machine(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _is_private(host: str) -> bool:
    """Say whether this is an address of this machine or of a private network; a name is none."""
    address = _address(host)
    return address is not None and (address.is_loopback or any(address in network for network in _PRIVATE))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class SmtpTransport:
    """A connection that is made when needed and kept while there is mail; for one thread."""

    def __init__(self, address: SmtpAddress, hello: str) -> None:
        """``hello`` is the host name we greet with, so that the machine's own name is told to nobody."""
        self._address = address
        self._hello = hello
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def open(self) -> None:
        """Connect, unless that is done; raises :class:`MailServerError`."""
        if self._sent >= _MOST_PER_CONNECTION:
            self.close()
        if self._connection is None:
            try:
                self._connection = self._connected()
            except (smtplib.SMTPException, OSError, UnicodeError) as error:  # a host that no name can be
                raise MailServerError(_kind(error)) from None
            self._sent = 0

    def send(self, message: EmailMessage) -> Outcome:
        """Hand one message over; raises :class:`MailServerError` when it may or may not have been taken."""
        self.open()
        assert self._connection is not None
        sender, recipient = (parseaddr(str(message[name]))[1] for name in ("From", "To"))
        self._sent += 1
        try:
            self._connection.send_message(message, sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            return self._after(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            return self._after(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return Outcome.REFUSED  # an address in another script than the server can read
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerError(_kind(error)) from None
        return Outcome.TAKEN

    def close(self) -> None:
        """Say goodbye and disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        address = self._address
        context = ssl.create_default_context()  # certificate and host name are checked; SSL_CERT_FILE adds authorities
        host, port, hello, seconds = address.host, address.port, self._hello, _TIMEOUT_SECONDS
        if address.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, hello, timeout=seconds, context=context)
        else:
            connection = smtplib.SMTP(host, port, hello, timeout=seconds)
        with contextlib.ExitStack() as unless_all_is_well:
            unless_all_is_well.callback(connection.close)
            if address.scheme == "smtp":
                _check_near(connection)
            if address.scheme == "smtp+starttls":
                connection.starttls(context=context)
            if address.user:
                connection.login(address.user, address.password)
            unless_all_is_well.pop_all()
        return connection

    def _after(self, code: int, text: bytes | str) -> Outcome:
        """Return what an answer of the server to one mail means; one that says goodbye ends the connection.

        Only what is said about the mailbox is final. "Relaying denied" or "authentication required" is about us, and
        somebody can mend it before the mail's day is over.
        """
        if code == 421:
            self.close()
        said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
        final = 500 <= code <= 599 and code not in _NEEDS_LOGIN and not _ABOUT_PERMISSION.match(said)
        return Outcome.REFUSED if final else Outcome.LATER


def _check_near(connection: smtplib.SMTP) -> None:
    """Raise :class:`MailServerError` when a name has led to a public address; nothing was sent there yet."""
    assert connection.sock is not None
    if not _is_private(connection.sock.getpeername()[0]):
        raise MailServerError("smtp:// sends in the clear, and the server has a public address")


def _kind(error: Exception) -> str:
    """Return the name of a failure and the server's number for it; its text may repeat what was sent."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
