"""A real mail server on loopback that keeps what it accepts, and says no when it is told to."""

import asyncio
import contextlib
import email
import email.policy
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

USER, PASSWORD = "letters", "p@ss/word"
_PATIENCE_SECONDS = 60.0


class MailServer:
    """What a test sees of the server: what it took, in order, and what it is to answer."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.hello: list[str] = []
        self.connections = 0
        self.lines: set[SMTP] = set()
        self.to_recipient: Callable[[str], str] = lambda _address: "250 OK"
        self.to_content: Callable[[str], str] = lambda _address: "250 OK"

    @property
    def url(self) -> str:
        """The setting for a site that sends through it."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails somebody got."""
        return [mail for mail, to in zip(self.taken, self.recipients, strict=True) if to == address]

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]):  # noqa: N802  the library's name
        self.hello.append(hostname)
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(  # noqa: N802  the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the library's name
        answer = self.to_content(envelope.rcpt_tos[0])
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(email.message_from_bytes(content, policy=email.policy.default))
            self.recipients += envelope.rcpt_tos
        return answer


class _Line(SMTP):
    """One connection, which the server knows of for as long as anything may come through it."""

    event_handler: MailServer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.lines.discard(self)


@contextlib.contextmanager
def running_mail_server(
    port: int = 0, server: MailServer | None = None, ssl_context: ssl.SSLContext | None = None, **options: Any
) -> Iterator[MailServer]:
    """Start a server on a free port, or on ``port`` again; ``options`` go to aiosmtpd."""
    server = server or MailServer()
    loop = asyncio.new_event_loop()
    protocols: list[SMTP] = []

    def protocol() -> SMTP:
        protocols.append(_Line(server, loop=loop, hostname="mail.test", **{"enable_SMTPUTF8": True, **options}))
        return protocols[-1]

    # The loop runs in a thread of its own from its first step: a browser test may have one running in this thread.
    thread = threading.Thread(target=loop.run_forever, name="mail-server")
    thread.start()
    try:
        begun = loop.create_server(protocol, "127.0.0.1", port, ssl=ssl_context)
        listening = asyncio.run_coroutine_threadsafe(begun, loop).result(_PATIENCE_SECONDS)
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(_ended(listening, protocols), loop).result(_PATIENCE_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(listening: asyncio.Server, protocols: list[SMTP]) -> None:
    """Hang up on everybody, as a server that is killed does."""
    listening.close()
    for one in protocols:
        if one.transport is not None:
            one.transport.abort()
        if one._handler_coroutine is not None:
            one._handler_coroutine.cancel()
    waiting = [one._handler_coroutine for one in protocols if one._handler_coroutine is not None]
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.sleep(0.01)  # encrypted connections need a moment to close


def check_password(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    """Let only our user in."""
    right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def certificate_in(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for 127.0.0.1; return the server's side of it and the file of the authority that made it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    authority, both = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both.write_bytes(private + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, authority
