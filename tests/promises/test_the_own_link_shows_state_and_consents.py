"""Promise: the link in one's own mail shows what was agreed to, and nothing else on the server opens it."""

import re
from email.message import EmailMessage
from io import BytesIO

import pytest
from sqlalchemy import select, update

from campaign.app import create_app
from campaign.core.database import Base
from campaign.exports import Bundle, PutBack, put_back, reseal_bundle, write_bundle
from campaign.keys import new_key_pair, store_public_key
from campaign.signatures import Signature, State
from campaign.signatures.blind import canonical_email, index_under
from campaign.signatures.own_consents import decrypt_consents, own_key, unlock_key
from campaign.signatures.tables import Link
from tests.visitor import SLUG, Visitor

ME = "aygul@example.org"
WORDS = {
    "consent_show": ("A name that you choose may stand", "No name of yours may stand"),
    "consent_handover": ("country may be handed to those", "country may not be handed to those"),
}


class Mailbox:
    """A supporter with a browser and a mailbox on a site that sends mail."""

    def __init__(self, runtime, server):
        self.runtime, self.server = runtime, server
        self.visitor = Visitor(create_app(runtime=runtime))

    def sign(self, email=ME, **ticks):
        """Sign, and return the path of the own link in the mail that comes."""
        assert self.visitor.sign(email=email, **ticks).status_code == 303
        return self.own_link()

    def own_link(self):
        """Return the own link of the next mail."""
        before = len(self.server.taken)
        self.runtime.delivery.run()
        return own_links(self.server.taken[before])[0]

    def confirm(self):
        """Press the button behind the first link of the newest mail."""
        link = own_links(self.server.taken[-1], "c")[0]
        assert self.visitor.post(link).status_code == 303

    def ask_again(self, email=ME):
        """Lose the link, and return the one that comes."""
        assert self.visitor.post("/m", {"appeal": SLUG, "email": email}).headers["Location"] == "/m/sent"
        return self.own_link()

    def choose(self, link, **ticks):
        """Save other choices behind a link."""
        assert self.visitor.post(link, ticks).headers["Location"] == f"{link}?saved=1"

    def shown(self, link):
        """Return what a link shows, ``{"consent_show": True, …}``, or None where it says that it cannot."""
        text = re.sub(r"\s+", " ", self.visitor.get(link).text)
        ticked = {name: "checked" in re.search(rf'<input[^>]*name="{name}"[^>]*>', text)[0] for name in WORDS}
        if "this page cannot show them" in text:
            assert not any(ticked.values())
            assert not any(word in text for words in WORDS.values() for word in words)
            return None
        assert "Your signature may be counted." in text
        for name, words in WORDS.items():
            assert [word in text for word in words] == [ticked[name], not ticked[name]]
        return ticked


def own_links(mail: EmailMessage, kind="m"):
    return re.findall(rf"(?m)^http://localhost(/{kind}/[\w-]{{43}})\r?$", mail.get_body(("plain",)).get_content())


@pytest.fixture
def me(mail_runtime, mail_server):
    return Mailbox(mail_runtime, mail_server)


def said(show, handover):
    return {"consent_show": show, "consent_handover": handover}


@pytest.mark.parametrize(("show", "handover"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_own_link_shows_the_state_and_what_was_agreed_to(me, mail_runtime, show, handover):
    link = me.sign(consent_show="y" if show else None, consent_handover="y" if handover else None)
    assert me.shown(link) == said(show, handover)
    assert "It does not count yet" in me.visitor.get(link).text
    with mail_runtime.database.unit_of_work() as session:
        session.execute(update(Signature).values(state=State.CONFIRMED))
    assert me.shown(link) == said(show, handover)
    assert "It is confirmed, and it counts." in me.visitor.get(link).text
    for language, words in (("en", "What you agreed to"), ("fr", 'lang="fr"')):
        assert words in me.visitor.get(f"{link}?lang={language}").text


def test_choices_made_behind_one_link_are_shown_behind_every_other(me):
    first = me.sign(consent_show="y")
    second = me.ask_again()
    for ticks in ({"consent_handover": "y"}, {}, {"consent_show": "y", "consent_handover": "y"}):
        me.choose(second, **ticks)
        expected = said("consent_show" in ticks, "consent_handover" in ticks)
        assert [me.shown(first), me.shown(second)] == [expected] * 2
        first, second = second, first


def test_each_of_two_forms_has_a_link_that_shows_its_own_ticks(me):
    first, second = me.sign(consent_handover="y"), me.sign(email="Aygul+again@Example.org", consent_show="y")
    assert [me.shown(first), me.shown(second)] == [said(show=False, handover=True), said(show=True, handover=False)]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_link_that_was_lost_and_sent_again_shows_the_choices(me, mail_runtime, confirmed):
    me.sign(consent_handover="y")
    if confirmed:
        with mail_runtime.database.unit_of_work() as session:
            session.execute(update(Signature).values(state=State.CONFIRMED))
    assert me.shown(me.ask_again(ME.upper())) == said(show=False, handover=True)


def test_two_people_with_one_address_each_see_their_own(me, mail_runtime, mail_server):
    mail_runtime.settings = mail_runtime.settings.model_copy(update={"shared_addresses": True})
    me.sign(name="Aygül Qadir", consent_show="y")
    me.sign(name="Erkin Qadir", consent_handover="y")
    me.visitor.post("/m", {"appeal": SLUG, "email": ME})
    mail_runtime.delivery.run()
    links = own_links(mail_server.taken[-1])
    shown = [me.shown(link) for link in links]
    assert sorted(shown, key=str) == sorted([said(True, False), said(False, True)], key=str)


def test_a_stolen_database_with_all_the_servers_keys_opens_no_consents_without_the_address_or_a_link(me, mail_runtime):
    link = me.sign(consent_handover="y")
    me.sign(email="other@example.org")
    keys, database = mail_runtime.keys, mail_runtime.database
    mine = index_under(keys.index_key_of(SLUG), canonical_email(ME))
    with database.reading() as session:
        row = session.execute(select(Signature).where(Signature.blind_index == mine)).scalar_one()
        rows = [one for table in Base.metadata.sorted_tables for one in session.execute(select(table))]
        locked = session.scalars(select(Link.own_key).where(Link.own_key.is_not(None))).all()
    # Every value in the database and every key of the server, as a key, as an address and as a token.
    known = [one if isinstance(one, bytes) else str(one).encode() for one in {cell for cells in rows for cell in cells}]
    known += [keys.index_key, keys.row_key, keys.outbox_key, keys.index_key_of(SLUG), b"other@example.org"]
    tried = [one.ljust(32, b"\0")[:32] for one in known]
    tried += [own_key(index_key, one.decode("latin-1"), row.id) for one in known for index_key in known[-5:]]
    tried += [key for one in known for each in locked if (key := unlock_key(one.hex(), SLUG, row.id, each))]
    assert not any(decrypt_consents(key, SLUG, row.id, 0, row.own_consents) for key in tried)
    # The address opens them with those keys, and so does the token of the link, with none.
    with_address = own_key(keys.index_key_of(SLUG), canonical_email(ME), row.id)
    unlocked = {unlock_key(link.removeprefix("/m/"), SLUG, row.id, each) for each in locked}
    assert unlocked == {None, with_address}
    assert decrypt_consents(with_address, SLUG, row.id, 0, row.own_consents).handover


def test_what_was_tampered_with_is_not_shown_and_breaks_nothing(me, mail_runtime):
    link = me.sign(consent_handover="y")
    for column, value in (("own_consents", b""), ("own_consents", b"\1" + bytes(80)), ("own_consents", None)):
        with mail_runtime.database.unit_of_work() as session:
            session.execute(update(Signature).values(**{column: value}))
        assert me.shown(link) is None
    me.choose(link, consent_show="y")
    assert me.shown(link) == said(show=True, handover=False)
    for value in (b"", b"\2" * 61, bytes(61)):
        with mail_runtime.database.unit_of_work() as session:
            session.execute(update(Link).values(own_key=value))
        assert me.shown(link) is None


def test_older_choices_put_back_and_those_of_somebody_else_are_not_shown(me, mail_runtime):
    link, other = me.sign(), me.sign(email="other@example.org", consent_handover="y")
    with mail_runtime.database.reading() as session:
        before = dict(session.execute(select(Signature.id, Signature.own_consents)).all())
    me.choose(link, consent_show="y")
    with mail_runtime.database.unit_of_work() as session:
        for row_id, encrypted in before.items():
            session.execute(update(Signature).where(Signature.id == row_id).values(own_consents=encrypted))
    assert [me.shown(link), me.shown(other)] == [None, said(show=False, handover=True)]
    first, second = before
    with mail_runtime.database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.id == first).values(own_consents=before[second]))
        session.execute(update(Signature).where(Signature.id == second).values(own_consents=before[first]))
    assert [me.shown(link), me.shown(other)] == [None, None]


def test_links_and_signatures_from_before_say_so_and_leave_nothing_that_does_not_hold(me, mail_runtime):
    older, newer = me.sign(consent_handover="y"), me.ask_again()
    with mail_runtime.database.unit_of_work() as session:
        session.execute(update(Signature).values(own_consents=None))
    assert [me.shown(older), me.shown(newer)] == [None, None]
    me.choose(newer, consent_show="y")
    assert me.shown(newer) == me.shown(older) == said(show=True, handover=False)
    with mail_runtime.database.unit_of_work() as session:
        session.execute(update(Link).values(own_key=None))
    newest = me.ask_again()
    assert [me.shown(older), me.shown(newest)] == [None, said(show=True, handover=False)]
    assert "A new link would show them." in me.visitor.get(older).text
    me.choose(older, consent_handover="y")
    assert [me.shown(older), me.shown(newest)] == [None, None], "nobody is shown what holds no more"
    assert "A new link would show them." not in me.visitor.get(older).text
    with mail_runtime.database.reading() as session:
        assert session.scalars(select(Signature.own_consents)).all() == [None]


def test_sentences_that_were_reworded_tick_no_box(me, monkeypatch):
    link = me.sign(consent_handover="y")
    monkeypatch.setattr("campaign.web.public.own_signature.CONSENT_VERSION", "3")
    page = me.visitor.get(link).text
    assert WORDS["consent_handover"][0] in page
    assert "reworded since you chose" in page
    assert "checked" not in page


def test_a_name_given_for_the_list_is_a_choice_to_show_one(me):
    link = me.sign()
    me.confirm()
    me.visitor.post(f"{link}/name", {"shown_name": "A friend", "agreed": "y"})
    assert me.shown(link) == said(show=True, handover=False)
    me.choose(link, consent_handover="y")
    assert me.shown(link) == said(show=False, handover=True)
    assert "A friend" not in me.visitor.get(f"{link}/name").text


def test_sealing_to_another_key_changes_nothing_that_links_show(me, mail_runtime, key_pair):
    link, newer, bundle, resealed = me.sign(consent_show="y"), new_key_pair(), BytesIO(), BytesIO()
    me.choose(link, consent_handover="y")
    row_key, day = mail_runtime.keys.row_key, mail_runtime.clock.now().date()
    with mail_runtime.database.unit_of_work() as session:
        store_public_key(session, SLUG, newer.public, day)
        write_bundle(session, SLUG, day, bundle, row_key)
    bundle.seek(0)
    reseal_bundle(Bundle(bundle), [key_pair], newer.public, resealed)
    resealed.seek(0)
    done = PutBack()
    with mail_runtime.database.unit_of_work() as session:
        put_back(session, Bundle(resealed).rows(), row_key, done)
    assert done == PutBack(replaced=1)
    assert me.shown(link) == said(show=False, handover=True)
