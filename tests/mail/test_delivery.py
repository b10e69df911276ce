"""From the outbox to the mail server and back: handed over once, tried again, given up loudly, never lost."""

import io
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.cli.drills.site import free_port
from campaign.mail import delivery
from campaign.mail.delivery import Delivery, transport_for
from campaign.mail.message import Sender
from campaign.mail.outbox import count_waiting, seal_mail, store_mails
from campaign.runtime import build_runtime
from campaign.signatures import MailWriter
from campaign.signatures.tables import Link
from tests.mail.conftest import PERSON
from tests.mail_server import running_mail_server


def waiting(runtime) -> int:
    with runtime.database.reading() as session:
        return count_waiting(session)


def links(runtime) -> int:
    with runtime.database.reading() as session:
        return session.query(Link).count()


def forget_pause(runtime):
    """Let a delivery that waits for its server wait no longer: it counts in seconds of the machine."""
    runtime.delivery._not_before = 0.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_waits_is_handed_over_and_forgotten(mail_runtime, mail_server, sign):
    people = [f"{n}@example.org" for n in range(45)]
    for one in people:
        sign(email=one)
    done = mail_runtime.delivery.run()
    assert done.taken == 45
    assert sorted(mail_server.recipients) == sorted(people)
    assert mail_server.connections == 1
    assert waiting(mail_runtime) == 0
    assert mail_runtime.delivery.run().taken == 0


def test_nothing_is_written_or_claimed_while_the_server_is_away_and_all_arrives_when_it_is_back(
    mail_runtime, mail_server, sign, caplog
):
    sign()
    away = build_runtime(
        mail_runtime.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"}), mail_runtime.clock
    )
    assert away.delivery.run().taken == 0
    assert (waiting(away), links(away)) == (1, 0)
    assert "ConnectionRefusedError" in caplog.text
    assert PERSON.email not in caplog.text
    away.close()
    assert mail_runtime.delivery.run().taken == 1


def test_a_server_that_is_away_is_left_alone_for_a_while(mail_runtime, sign, monkeypatch):
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 300.0)  # longer than a busy machine takes to start a server
    port = free_port()
    sign()
    settings = mail_runtime.settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    graph = build_runtime(settings, mail_runtime.clock)
    graph.delivery.run()
    with running_mail_server(port) as server:
        assert graph.delivery.run().taken == 0
        assert server.connections == 0
        forget_pause(graph)
        assert graph.delivery.run().taken == 1
    graph.close()


def test_a_mail_refused_for_now_is_sent_later_with_new_links(mail_runtime, mail_server, sign, clock):
    sign()
    mail_server.to_recipient = lambda _address: "450 4.2.0 Greylisted"
    assert mail_runtime.delivery.run().later == 1
    assert (waiting(mail_runtime), links(mail_runtime)) == (1, 0)
    mail_server.to_recipient = lambda _address: "250 OK"
    assert mail_runtime.delivery.run().taken == 0, "it is not due yet"
    clock.advance(timedelta(minutes=1))
    assert mail_runtime.delivery.run().taken == 1
    assert (waiting(mail_runtime), links(mail_runtime)) == (0, 2)


def test_a_mailbox_that_does_not_exist_is_forgotten_and_counted_without_its_name(
    mail_runtime, mail_server, sign, caplog
):
    sign()
    sign(email="next@example.org")
    mail_server.to_recipient = lambda one: "550 5.1.1 No such user aygul" if one == PERSON.email else "250 OK"
    done = mail_runtime.delivery.run()
    assert (done.refused, done.taken, waiting(mail_runtime)) == (1, 1, 0)
    assert links(mail_runtime) == 2, "the refused mail's links are gone"
    assert "1 messages were refused" in caplog.text
    assert "aygul" not in caplog.text


def test_a_connection_that_breaks_costs_no_mail_and_keeps_links_that_may_have_arrived(
    mail_runtime, mail_server, sign, clock
):
    for n in range(5):
        sign(email=f"{n}@example.org")
    transport = mail_runtime.delivery._transport
    sent = transport.send

    def break_third(message):
        if len(mail_server.recipients) == 2:
            transport._connection.sock.shutdown(2)
        return sent(message)

    transport.send = break_third
    done = mail_runtime.delivery.run()
    assert (done.taken, done.later, waiting(mail_runtime)) == (2, 1, 3)
    assert links(mail_runtime) == 6
    transport.send = sent
    forget_pause(mail_runtime)
    assert mail_runtime.delivery.run().taken == 2, "those that were not tried are due at once"
    clock.advance(timedelta(minutes=1))
    assert mail_runtime.delivery.run().taken == 1
    assert sorted(mail_server.recipients) == [f"{n}@example.org" for n in range(5)]


def test_a_mail_that_no_server_took_in_a_day_is_given_up_loudly(mail_runtime, mail_server, sign, clock, caplog):
    sign()
    mail_server.to_recipient = lambda _address: "450 4.2.0 Try later"
    for _ in range(8):
        mail_runtime.delivery.run()
        clock.advance(timedelta(hours=4))
    assert waiting(mail_runtime) == 0
    (shown,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert shown.getMessage() == "mail: gave up on 1 messages that no mail server took within 24 hours"


def test_mails_under_another_key_wait_and_are_complained_about(mail_runtime, mail_server, sign, caplog):
    sign()
    other = build_runtime(mail_runtime.settings, mail_runtime.clock)
    other.keys = replace(other.keys, outbox_key=b"x" * 32)
    assert other.delivery.run().unreadable == 1
    other.close()
    assert (waiting(mail_runtime), mail_server.recipients) == (1, [])
    assert "OUTBOX_KEY" in caplog.text


def test_two_workers_at_once_send_every_mail_once(mail_runtime, mail_server, sign):
    people = [f"{n}@example.org" for n in range(40)]
    for one in people:
        sign(email=one)
    graphs = [build_runtime(mail_runtime.settings, mail_runtime.clock) for _ in range(3)]
    threads = [threading.Thread(target=graph.delivery.run) for graph in graphs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for graph in graphs:
        graph.close()
    assert sorted(mail_server.recipients) == sorted(people)
    assert waiting(mail_runtime) == 0


def test_a_worker_that_is_asked_to_stop_finishes_the_mail_in_hand_and_frees_the_others(mail_runtime, mail_server, sign):
    for n in range(8):
        sign(email=f"{n}@example.org")

    def stop_at_third(_address: str) -> str:
        if len(mail_server.recipients) == 2:
            mail_runtime.delivery.stop()
        return "250 OK"

    mail_server.to_recipient = stop_at_third
    assert mail_runtime.delivery.run().taken == 3
    assert (waiting(mail_runtime), links(mail_runtime)) == (5, 6)
    other = build_runtime(mail_runtime.settings, mail_runtime.clock)
    assert other.delivery.run().taken == 5
    other.close()


def delivery_on(runtime, stream) -> Delivery:
    sender = Sender("http://127.0.0.1:8000")
    transport = transport_for("", sender, stream)
    writer = MailWriter(salts=runtime.guard.salts)
    return Delivery(runtime.database, runtime.clock, runtime.keys.outbox_key, writer, sender, transport)


def test_without_a_mail_server_the_mail_stands_on_the_terminal(mail_runtime, sign):
    sign(asked=False)
    terminal = Terminal()
    assert delivery_on(mail_runtime, terminal).run().taken == 1
    shown = terminal.getvalue()
    assert "Mail to aygul@example.org: Please confirm" in shown
    assert "\nhttp://127.0.0.1:8000/c/" in shown
    assert waiting(mail_runtime) == 0


def test_without_a_mail_server_nothing_is_written_where_a_service_keeps_a_journal(mail_runtime, sign):
    sign(asked=False)
    journal = io.StringIO()
    assert delivery_on(mail_runtime, journal).run().dropped == 1
    assert journal.getvalue() == ""
    assert (waiting(mail_runtime), links(mail_runtime)) == (0, 0)


@pytest.mark.parametrize("address", ["not an address", "a@b\nBcc: c@example.org"])
def test_an_order_to_no_address_is_forgotten(mail_runtime, mail_server, sign, address):
    signature = sign()
    mail_runtime.delivery.run()
    order = {"kind": "lost-link", "to": address, "locale": "en", "slug": signature.row["slug"]}
    order["index"] = signature.row["address_index"].hex()
    leave(mail_runtime, order)
    assert mail_runtime.delivery.run().refused == 1
    assert (waiting(mail_runtime), len(mail_server.taken)) == (0, 1)


def leave(runtime, order):
    with runtime.database.unit_of_work() as session:
        store_mails(session, [seal_mail(runtime.keys.outbox_key, order, runtime.clock.now())])
