"""Nobody can flood a mailbox, nor learn who has signed, by typing an address that is not theirs."""

import re
from datetime import timedelta

import pytest

from campaign.app import create_app
from campaign.signatures import Signature, State
from campaign.signatures.mailing import MAILS_A_DAY
from tests.visitor import JOURNEY, Visitor


def test_an_address_typed_again_and_again_gets_five_mails_a_day_and_the_pages_never_tell(mail_runtime, mail_server):
    app = create_app(runtime=mail_runtime)
    answers = set()
    for _ in range(MAILS_A_DAY + 4):
        answer = Visitor(app).sign()
        answers.add((answer.status_code, answer.headers["Location"], answer.text))
        mail_runtime.delivery.run()
    assert len(answers) == 1
    assert len(mail_server.to(JOURNEY["email"])) == MAILS_A_DAY
    with mail_runtime.database.reading() as session:
        assert {one.state for one in session.query(Signature)} == {State.PENDING}, "what nobody confirms does not count"


@pytest.mark.parametrize("button", ["", "/not-me"], ids=["confirm", "it was not me"])
def test_no_button_behind_a_mail_makes_room_for_another_one_that_day(mail_runtime, mail_server, clock, button):
    app = create_app(runtime=mail_runtime)
    for _ in range(3):
        for _ in range(MAILS_A_DAY):
            Visitor(app).sign()
        mail_runtime.delivery.run()
        for mail in mail_server.to(JOURNEY["email"]):
            for link in re.findall(r"/c/[\w-]{43}", mail.get_body(("plain",)).get_content()):
                if Visitor(app).get(link).status_code == 200:
                    assert Visitor(app).post(link + button).status_code == 303
    assert len(mail_server.to(JOURNEY["email"])) == MAILS_A_DAY
    clock.advance(timedelta(days=1))
    Visitor(app).sign()
    mail_runtime.delivery.run()
    assert len(mail_server.to(JOURNEY["email"])) == MAILS_A_DAY + 1


def test_other_spellings_of_an_address_are_the_same_mailbox(mail_runtime, mail_server):
    app = create_app(runtime=mail_runtime)
    for n in range(MAILS_A_DAY + 4):
        Visitor(app).sign(email=f"aygul+{n}@example.org")
    mail_runtime.delivery.run()
    assert len(mail_server.recipients) == MAILS_A_DAY
