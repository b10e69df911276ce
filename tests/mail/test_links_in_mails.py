"""From the mail back to the site: its links open what they say, also where there is no mail server."""

import io
import re

import pytest
from sqlalchemy import select

from campaign.app import create_app
from campaign.mail.delivery import Delivery, transport_for
from campaign.mail.message import Sender
from campaign.signatures import MailWriter, Signature, State
from tests.visitor import Visitor


def press(runtime, link: str):
    """Open a link of a mail in another browser and press its first button."""
    reader = Visitor(create_app(runtime=runtime))
    path = link.removeprefix("http://localhost")
    page = reader.get(path)
    assert page.status_code == 200
    return reader.post(path)


def states(runtime) -> list[State]:
    with runtime.database.reading() as session:
        return list(session.execute(select(Signature.state)).scalars())


def links_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.fullmatch(r"http://localhost/[cm]/[\w-]{43}", line)]


def test_the_first_link_confirms_and_the_second_shows_the_signature(mail_runtime, mail_server):
    visitor = Visitor(create_app(runtime=mail_runtime))
    visitor.sign()
    mail_runtime.delivery.run()
    confirm, manage = links_in(mail_server.taken[0].get_body(("plain",)).get_content())
    assert states(mail_runtime) == [State.PENDING]
    assert press(mail_runtime, confirm).status_code == 303
    assert states(mail_runtime) == [State.CONFIRMED]
    assert visitor.get(manage.removeprefix("http://localhost")).status_code == 200


def test_who_signs_twice_decides_with_the_first_button_and_the_other_link_is_used_up(mail_runtime, mail_server):
    visitor = Visitor(create_app(runtime=mail_runtime))
    visitor.sign()
    visitor.sign()
    mail_runtime.delivery.run()
    first, second = [links_in(mail.get_body(("plain",)).get_content())[0] for mail in mail_server.taken]
    assert first != second
    assert states(mail_runtime) == [State.PENDING] * 2
    assert press(mail_runtime, second).status_code == 303
    assert states(mail_runtime) == [State.CONFIRMED]
    page = visitor.get(first.removeprefix("http://localhost"))
    assert page.status_code == 404
    assert "this one is used up" in page.text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_mail_server_the_link_on_the_terminal_confirms(runtime):
    Visitor(create_app(runtime=runtime)).sign()
    assert states(runtime) == [State.UNVERIFIED]
    terminal, sender = Terminal(), Sender(runtime.settings.public_url)
    transport = transport_for("", sender, terminal)
    writer = MailWriter(salts=runtime.guard.salts)
    Delivery(runtime.database, runtime.clock, runtime.keys.outbox_key, writer, sender, transport).run()
    assert press(runtime, links_in(terminal.getvalue())[0]).status_code == 303
    assert states(runtime) == [State.CONFIRMED]
