"""Promise: whoever types an address, the mailbox decides; each mail confirms what its own form said, and shows it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.app import create_app
from campaign.exports import Purpose, export_signatures
from campaign.signatures import INVALIDATE, Decision, Flag, Signature, State, Which, count_new, decide, signed_total
from tests.visitor import SLUG, Visitor, form_token

ME = "victim@example.org"
MINE = {"name": "The Owner", "consent_handover": None, "consent_show": None}
STRANGE = {"name": "Evil Attacker", "email": "Victim+x@Example.org", "consent_handover": "y", "consent_show": "y"}
LOUD = "the box to hand over the name was ticked"
LINK = re.compile(r"(?m)^http://localhost(/[cm]/[\w-]{43})\r?$")


class Mailbox:
    """A site that sends mail, and what arrives in one mailbox."""

    def __init__(self, runtime, server):
        self.runtime, self.server = runtime, server
        self.app = create_app(runtime=runtime)
        self.reader = Visitor(self.app)

    def sign(self, **changes):
        """Fill in the form in a browser of one's own; return the links of the mail that comes, or none."""
        assert Visitor(self.app).sign(**{"email": ME, **changes}).status_code == 303
        return self.mails()

    def mails(self):
        """Return the links of all mails that come now, those to confirm first."""
        before = len(self.server.taken)
        self.runtime.delivery.run()
        texts = [mail.get_body(("plain",)).get_content() for mail in self.server.taken[before:]]
        return sorted(link for text in texts for link in LINK.findall(text))

    def press(self, link, on=None):
        """Press the button of a page in the mailbox's own browser."""
        token = form_token(self.reader.get(on or "/m").text)
        return self.reader.client.post(link, data={"csrf_token": token})

    def states(self):
        with self.runtime.database.reading() as session:
            found = session.execute(select(Signature.state, func.count()).group_by(Signature.state))
            return {state.value: n for state, n in found}

    def count(self):
        with self.runtime.database.unit_of_work() as session:
            count_new(session, SLUG)
            return signed_total(session, SLUG).total


@pytest.fixture
def box(mail_runtime, mail_server):
    return Mailbox(mail_runtime, mail_server)


@pytest.fixture
def exported(mail_runtime, key_pair):
    """Open what was sealed, as organisers do for a purpose."""

    def export(purpose):
        out, keys = io.BytesIO(), mail_runtime.keys
        with mail_runtime.database.reading() as session:
            export_signatures(session, key_pair.private, SLUG, purpose, out, keys.row_key)
        return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))

    return export


@pytest.mark.parametrize("stranger_first", [True, False])
def test_a_stranger_who_types_my_address_decides_nothing(box, exported, stranger_first):
    forms = [STRANGE, MINE] if stranger_first else [MINE, STRANGE]
    confirm = {form["name"]: box.sign(**form)[0] for form in forms}
    assert LOUD in box.reader.get(confirm["Evil Attacker"]).text
    assert LOUD not in box.reader.get(confirm["The Owner"]).text
    assert box.press(confirm["The Owner"]).status_code == 303
    assert [row["name"] for row in exported(Purpose.FULL)] == ["The Owner"]
    assert [row["consent to hand over"] for row in exported(Purpose.FULL)] == ["no"]
    assert exported(Purpose.HANDOVER) == []
    assert box.press(confirm["Evil Attacker"]).status_code == 404, "it is used up"
    assert (box.states(), box.count()) == ({"confirmed": 1}, 1)


def test_who_signs_again_to_take_a_tick_back_is_bound_to_no_earlier_one(box, exported):
    box.sign(consent_handover="y")
    again, _own = box.sign()
    assert box.press(again).status_code == 303
    assert exported(Purpose.HANDOVER) == []
    assert [row["consent to hand over"] for row in exported(Purpose.FULL)] == ["no"]


def test_what_is_typed_after_i_have_confirmed_changes_nothing_and_its_mail_says_so(box, exported):
    box.press(box.sign(**MINE)[0])
    (link,) = box.sign(**STRANGE)
    assert link.startswith("/m/")
    page = box.reader.get(link).text
    assert "It is confirmed, and it counts." in page
    assert "may not be handed to those" in page
    assert [row["name"] for row in exported(Purpose.FULL)] == ["The Owner"]


def test_it_was_not_me_deletes_what_the_stranger_typed_and_nothing_of_mine(box, exported):
    strange, _ = box.sign(**STRANGE)
    mine, _ = box.sign(**MINE)
    assert box.press(f"{strange}/not-me").status_code == 303
    assert box.press(mine).status_code == 303
    assert [row["name"] for row in exported(Purpose.FULL)] == ["The Owner"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it is about a page; the others are about rows
@pytest.mark.parametrize(("show", "handover"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_with_the_button_says_what_was_ticked_on_its_own_form(box, language, show, handover):
    box.sign(consent_show=None if show else "y", consent_handover=None if handover else "y")
    link, own = box.sign(consent_show="y" if show else None, consent_handover="y" if handover else None)
    page, shown = box.reader.get(f"{link}?lang={language}").text, box.reader.get(f"{own}?lang={language}").text
    choices = re.search(r'<ul class="demands">(.*?)</ul>', page, re.DOTALL)[1]
    assert choices in shown, "the same words as behind the own link"
    assert len(re.findall(r"<li>", choices)) == 3
    assert ("notice-loud" in page) == handover
    if language == "en":
        assert (LOUD in page) == handover
        assert ("A name that you choose may stand" in choices, "may be handed to" in choices) == (show, handover)


def test_choices_made_anew_before_the_button_is_pressed_are_those_it_shows(box, exported):
    confirm, own = box.sign(**STRANGE)
    box.reader.post(own, {})
    assert LOUD not in box.reader.get(confirm).text
    box.press(confirm)
    assert exported(Purpose.HANDOVER) == []


def test_forty_names_with_one_mailbox_are_two_signatures(box, mail_runtime, clock):
    mail_runtime.settings = mail_runtime.settings.model_copy(update={"shared_addresses": True})
    links = [link for number in range(40) for link in box.sign(name=f"Somebody {number}")]
    for _day in range(2):
        box.reader.post("/m", {"appeal": SLUG, "email": ME})
        links += box.mails()
        clock.advance(timedelta(days=1))
    confirm = [link for link in links if link.startswith("/c/")]
    assert len(confirm) > 5
    for link in confirm:
        box.press(link)
    assert (box.states()["confirmed"], box.count()) == (2, 2)
    refused = [page for link in confirm if "no more than two can share" in (page := box.reader.get(link).text)]
    assert refused
    assert not any("<button" in page for page in refused)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_flood_that_was_struck_out_locks_nobody_out(box, mail_runtime, campaign, when):
    database, keys = mail_runtime.database, mail_runtime.keys
    links = box.sign(name="Flood", reference_mark="http://spam.example")
    if when == "after":
        box.press(links[0])
    strike = Decision(State.INVALIDATED, INVALIDATE, "flood")
    day = mail_runtime.clock.now().date()
    batch, n = decide(database, keys.row_key, Which(SLUG, flags=Flag.HONEYPOT), strike, day)
    assert n == 1
    assert box.press(box.sign(**MINE)[0]).status_code == 303
    assert (box.states(), box.count()) == ({"invalidated": 1, "confirmed": 1}, 1)
    assert "set it aside" in box.reader.get(links[1]).text, "it is still shown to whoever has its mail"
    said = campaign("signatures", "restore", batch)
    assert ("1 stay as they are" in said) == (when == "after")
    assert box.states() == {"confirmed": 1, "invalidated" if when == "after" else "pending": 1}


def test_withdrawing_takes_what_waits_beside_it_along(box):
    confirm, own = box.sign(**MINE)
    box.press(confirm)
    Visitor(box.app).sign(email=ME)
    assert box.states() == {"confirmed": 1, "pending": 1}
    assert box.press(f"{own}/withdraw").status_code == 303
    assert box.states() == {}
    assert box.mails() == [], "and so does the mail"
