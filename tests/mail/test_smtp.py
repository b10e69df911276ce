"""The mail server's side: what is taken, what is refused for good, what is tried again, and who may listen."""

import smtplib
import socket
import ssl
from datetime import UTC, datetime

import pytest

from campaign.cli.drills.site import free_port
from campaign.mail import smtp
from campaign.mail.message import Mail, MailKind, Sender, compose
from campaign.mail.smtp import MailServerError, Outcome, SmtpAddress, SmtpTransport, read_smtp_url
from tests.mail_server import PASSWORD, USER, certificate_in, check_password, running_mail_server

SENDER = Sender("https://letters.example.org", "Letters <letters@example.org>")
TO = "aygul@example.org"


@pytest.fixture
def server():
    with running_mail_server() as server:
        yield server


def message(to: str = TO):
    mail = Mail(MailKind.CONFIRM, to, "en", ("c" * 43,), ("m" * 43,))
    return compose(mail, SENDER, datetime(2026, 11, 21, 12, 0, tzinfo=UTC), b"x" * 16)


def transport(url: str) -> SmtpTransport:
    return SmtpTransport(read_smtp_url(url), SENDER.host)


def sent_through(url: str, *messages) -> list[Outcome]:
    way = transport(url)
    try:
        return [way.send(one) for one in messages]
    finally:
        way.close()


def test_many_mails_leave_through_one_connection(server):
    assert sent_through(server.url, *[message(f"{n}@example.org") for n in range(5)]) == [Outcome.TAKEN] * 5
    assert server.recipients == [f"{n}@example.org" for n in range(5)]
    assert server.connections == 1


def test_the_machine_greets_with_the_name_of_the_site_and_not_with_its_own(server):
    sent_through(server.url, message())
    assert server.hello == ["letters.example.org"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 No such mailbox", Outcome.REFUSED),
        ("552 Mailbox full", Outcome.REFUSED),
        ("450 4.2.0 Greylisted", Outcome.LATER),
        ("421 4.3.2 Shutting down", Outcome.LATER),
        ("554 5.7.1 Relay access denied", Outcome.LATER),
        ("530 Authentication required", Outcome.LATER),
    ],
)
@pytest.mark.parametrize("stage", ["to_recipient", "to_content"])
def test_only_what_is_said_about_the_mailbox_is_final(server, stage, answer, outcome):
    setattr(server, stage, lambda address: answer if address == TO else "250 OK")
    assert sent_through(server.url, message(), message("next@example.org")) == [outcome, Outcome.TAKEN]
    assert server.recipients == ["next@example.org"]


def test_an_address_in_another_script_is_sent_where_the_server_reads_it(server):
    assert sent_through(server.url, message("قادىر@bücher.example")) == [Outcome.TAKEN]
    assert server.recipients == ["قادىر@xn--bcher-kva.example"]


def test_an_address_in_another_script_is_refused_where_the_server_does_not_read_it():
    with running_mail_server(enable_SMTPUTF8=False) as server:
        assert sent_through(server.url, message("قادىر@example.org"), message()) == [Outcome.REFUSED, Outcome.TAKEN]


def test_a_server_that_is_away_is_told_without_an_address():
    with pytest.raises(MailServerError) as raised:
        transport(f"smtp://127.0.0.1:{free_port()}").open()
    assert str(raised.value) == "ConnectionRefusedError"


def test_a_server_that_hangs_up_is_told_without_an_address(server):
    way = transport(server.url)
    way.open()
    way._connection.sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(MailServerError) as raised:
        way.send(message())
    assert "aygul" not in str(raised.value)
    assert way.send(message()) is Outcome.TAKEN
    way.close()


def test_a_password_goes_only_over_a_checked_connection(tmp_path, monkeypatch):
    context, authority = certificate_in(tmp_path)
    options = {"authenticator": check_password, "auth_required": True, "require_starttls": True, "tls_context": context}
    with running_mail_server(**options) as server:
        url = f"smtp+starttls://{USER}:{PASSWORD.replace('@', '%40').replace('/', '%2F')}@127.0.0.1:{server.port}"
        with pytest.raises(MailServerError, match="SSLCertVerificationError"):
            transport(url).open()
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert sent_through(url, message()) == [Outcome.TAKEN]
        with pytest.raises(MailServerError, match="SMTPAuthenticationError 535"):
            transport(url.replace(USER, "somebody")).open()


def test_an_encrypted_connection_is_checked_from_its_first_byte(tmp_path, monkeypatch):
    context, authority = certificate_in(tmp_path)
    with running_mail_server(ssl_context=context) as server:
        url = f"smtps://127.0.0.1:{server.port}"
        with pytest.raises(MailServerError, match="SSLCertVerificationError"):
            transport(url).open()
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert sent_through(url, message()) == [Outcome.TAKEN]
        with pytest.raises(MailServerError):
            transport(url.replace("127.0.0.1", "localhost")).open()


def test_a_server_without_encryption_gets_nothing_where_encryption_was_asked_for(server):
    with pytest.raises(MailServerError, match="SMTPNotSupportedError"):
        transport(server.url.replace("smtp", "smtp+starttls")).open()
    with pytest.raises(MailServerError, match=ssl.SSLError.__name__):
        transport(server.url.replace("smtp", "smtps")).open()


def test_whatever_goes_wrong_while_logging_in_ends_the_connection(monkeypatch):
    made = []

    class Kept(smtplib.SMTP):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

    monkeypatch.setattr(smtp.smtplib, "SMTP", Kept)
    with running_mail_server(authenticator=check_password, auth_require_tls=False) as server:
        address = SmtpAddress("smtp", "127.0.0.1", server.port, USER, "pé")  # as no setting can say it
        with pytest.raises(MailServerError, match="UnicodeEncodeError"):
            SmtpTransport(address, SENDER.host).open()
    assert [one.sock for one in made] == [None]


def test_a_name_that_leads_out_of_the_private_network_gets_nothing_in_the_clear(server, monkeypatch):
    address = read_smtp_url(f"smtp://localhost:{server.port}")
    monkeypatch.setattr(smtp, "_is_private", lambda _address: False)  # as if it had led to another place
    with pytest.raises(MailServerError, match="public address"):
        SmtpTransport(address, SENDER.host).open()
    assert server.connections == 0


@pytest.mark.parametrize(
    ("url", "port", "user", "password"),
    [
        ("smtp://localhost", 25, "", ""),
        ("smtp+starttls://u:p%40ss%2F@mail.example.org", 587, "u", "p@ss/"),
        ("smtps://u%40example.org:p@mail.example.org:2465/", 2465, "u@example.org", "p"),
        ("smtp://u:p@127.0.0.1:2525", 2525, "u", "p"),
        ("smtp://[::1]:2525", 2525, "", ""),
        ("smtp://10.1.2.3", 25, "", ""),
        ("smtp://192.168.1.20", 25, "", ""),
        ("smtp://[fd00::25]", 25, "", ""),
        ("smtp://mail_server", 25, "", ""),
        ("smtp://mail.internal", 25, "", ""),
        ("smtp://printer.LOCAL.", 25, "", ""),
    ],
)
def test_an_address_of_a_mail_server_is_read(url, port, user, password):
    found = read_smtp_url(url)
    assert (found.port, found.user, found.password) == (port, user, password)
    assert not password or f"'{password}'" not in repr(found)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://mail.example.org", "must look like"),
        ("smtp://", "must look like"),
        ("mail.example.org", "must look like"),
        ("smtp://mail.example.org/inbox", "must look like"),
        ("smtps://u:secret/x@mail.example.org", "is not an address"),
        ("smtps://u@mail.example.org", "a user and a password"),
        ("smtp://u:secret@mail.example.org", "readable for others"),
        ("smtp://u:secret@10.1.2.3", "readable for others"),
        ("smtp://mail.example.org", r"smtp\+starttls://HOST .*or smtps://HOST"),
        ("smtp://mail.example.org:587", "in the clear"),
        ("smtp://203.0.113.9", "in the clear"),
        ("smtp://8.8.8.8", "in the clear"),
        ("smtp://[2001:db8::1]", "in the clear"),
        ("smtp://[::ffff:8.8.8.8]", "in the clear"),
        ("smtps://u:s%C3%A9cret@mail.example.org", "SMTP_URL has a letter beyond ASCII"),
        ("smtps://u:sécret@mail.example.org", "choose a password of"),
        ("smtps://u:s%E9cret@mail.example.org", "choose a password of"),
        ("smtp://%C3%BC:secret@127.0.0.1", "SMTP_URL has a letter beyond ASCII"),
        ("smtp://134744072", "in the clear"),  # 8.8.8.8 as the system also reads it
        ("smtp://0x08080808", "in the clear"),
        ("smtp://mail.local.example.org", "in the clear"),
    ],
)
def test_a_wrong_address_of_a_mail_server_is_refused_without_its_password(url, sentence):
    with pytest.raises(ValueError, match=sentence) as raised:
        read_smtp_url(url)
    assert "cret" not in str(raised.value)
