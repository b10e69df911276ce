"""What no mail server took within a day is given up loudly, whoever comes first and whenever it would be due again."""

from datetime import timedelta

import pytest

from campaign.mail import outbox
from campaign.mail.outbox import count_waiting
from tests.mail.conftest import PERSON

ONE_LOST = "mail: gave up on 1 messages that no mail server took within 24 hours"


@pytest.fixture
def late(mail_runtime, sign, clock):
    """A mail whose day is over half an hour before it would be tried again."""
    sign()
    with mail_runtime.database.unit_of_work() as session:
        (row,) = outbox.claim(session, clock.now(), 1, timedelta(hours=24, minutes=30))
    clock.advance(timedelta(hours=24))
    return row


def errors(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("late")
def test_a_mail_that_is_not_due_when_its_day_is_over_is_given_up_by_the_next_round(mail_runtime, mail_server, caplog):
    assert mail_runtime.delivery.run().given_up == 1
    assert errors(caplog) == [ONE_LOST]
    assert mail_runtime.delivery.run().given_up == 0
    assert mail_runtime.retention.purge().counts == {}
    assert (errors(caplog), mail_server.taken) == ([ONE_LOST], [])


@pytest.mark.usefixtures("late")
def test_the_purge_gives_it_up_as_loudly_when_it_comes_first(mail_runtime, caplog):
    assert mail_runtime.retention.purge().counts == {"mail older than a day": 1}
    assert errors(caplog) == [ONE_LOST]
    assert PERSON.email not in caplog.text
    assert mail_runtime.delivery.run().given_up == 0
    with mail_runtime.database.reading() as session:
        assert count_waiting(session) == 0


@pytest.mark.usefixtures("late")
def test_looking_what_is_due_to_be_deleted_gives_nothing_up(mail_runtime, caplog):
    assert mail_runtime.retention.due() == {"mail older than a day": 1}
    assert errors(caplog) == []
