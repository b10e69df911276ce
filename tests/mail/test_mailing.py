"""Which mail somebody gets depends on what their signature is when the mail leaves; nobody else can tell."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from campaign.core.tokens import token_hash
from campaign.mail.message import MailKind
from campaign.mail.outbox import UnreadableMailError, claim, open_mail
from campaign.signatures import MailWriter, Signature, State
from campaign.signatures.own_consents import unlock_key
from campaign.signatures.tables import Link, LinkPurpose
from tests.links import state_of
from tests.mail.conftest import PERSON, tokens_of
from tests.visitor import SLUG


@pytest.fixture
def set_state(mail_runtime):
    def change(state):
        with mail_runtime.database.unit_of_work() as session:
            session.execute(update(Signature).values(state=state))

    return change


def links(runtime):
    with runtime.database.reading() as session:
        return session.execute(select(Link)).scalars().all()


def test_who_signs_gets_a_link_to_confirm_and_one_to_manage(mail_runtime, sign, written):
    signature = sign()
    (mail,) = written()
    assert (mail.kind, mail.to, mail.locale) == (MailKind.CONFIRM, PERSON.email, "en")
    assert [len(token) for token in tokens_of(mail)] == [43, 43]
    stored = {link.token_hash: link for link in links(mail_runtime)}
    for token, purpose in ((mail.confirm[0], LinkPurpose.CONFIRM), (mail.manage[0], LinkPurpose.MANAGE)):
        link = stored.pop(token_hash(token))
        assert (link.purpose, link.slug, link.signature_id) == (purpose, SLUG, signature.row["id"])
        assert link.day == mail_runtime.clock.now().date()
    assert not stored


def test_without_a_mail_server_a_signature_can_be_confirmed_all_the_same(sign, written):
    signature = sign(asked=False)
    assert signature.row["state"] is State.UNVERIFIED
    assert written()[0].kind is MailKind.CONFIRM


def test_who_signs_again_before_confirming_gets_a_mail_for_each_signature(mail_runtime, sign, written):
    made = [sign().row["id"], sign(email="Aygul+again@example.org").row["id"]]
    mails = written()
    assert [mail.kind for mail in mails] == [MailKind.CONFIRM] * 2
    stored = {link.token_hash: link.signature_id for link in links(mail_runtime)}
    found = [{stored[token_hash(token)] for token in tokens_of(mail)} for mail in mails]
    assert sorted(found, key=str) == sorted([{one} for one in made], key=str)


def test_who_signs_again_after_confirming_gets_the_link_to_manage_only(mail_runtime, sign, written, set_state):
    sign()
    written()
    set_state(State.CONFIRMED)
    sign()
    (mail,) = written()
    assert mail.kind is MailKind.ALREADY_SIGNED
    assert (len(mail.confirm), len(mail.manage)) == (0, 1)


def test_what_waits_beside_a_confirmed_signature_goes_when_its_mail_is_written(mail_runtime, sign, written, set_state):
    first = sign().row["id"]
    set_state(State.CONFIRMED)
    again = sign().row["id"]
    assert {link.signature_id for link in links(mail_runtime)} == set()
    assert [mail.kind for mail in written() if mail] == [MailKind.ALREADY_SIGNED]
    assert state_of(mail_runtime.database, again) is None
    assert {link.signature_id for link in links(mail_runtime)} == {first}


def test_older_links_stay_when_a_newer_mail_leaves(mail_runtime, sign, written):
    sign()
    written()
    before = {link.token_hash for link in links(mail_runtime)}
    sign()
    written()
    assert before < {link.token_hash for link in links(mail_runtime)}


def test_nothing_is_sent_about_a_signature_that_was_withdrawn_before_its_mail_left(mail_runtime, sign, written):
    sign()
    with mail_runtime.database.unit_of_work() as session:
        session.execute(delete(Signature))
    assert written() == [None]
    assert links(mail_runtime) == []


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_nobody_withdraws_between_finding_a_signature_and_storing_its_links(mail_runtime, sign):
    signature = sign()
    key, now = mail_runtime.keys.outbox_key, mail_runtime.clock.now()
    with mail_runtime.database.unit_of_work() as session:
        (row,) = claim(session, now, 100, timedelta(minutes=10))
        assert MailWriter(salts=mail_runtime.guard.salts).write(session, open_mail(key, row), now)
        withdrawal = delete(Signature).where(Signature.id == signature.row["id"])
        with mail_runtime.database.engine.connect() as other:
            other.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.execute(withdrawal)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.INVALIDATED])
def test_nothing_is_sent_about_a_signature_that_was_answered_or_struck_out_meanwhile(sign, written, set_state, state):
    sign()
    set_state(state)
    assert written() == [None]


def test_who_was_struck_out_is_asked_about_a_new_signature_and_not_about_the_old_one(
    mail_runtime, sign, written, set_state
):
    sign()
    written()
    before = {link.token_hash for link in links(mail_runtime)}
    set_state(State.INVALIDATED)
    again = sign().row["id"]
    (mail,) = written()
    assert mail.kind is MailKind.CONFIRM
    assert {link.signature_id for link in links(mail_runtime) if link.token_hash not in before} == {again}


def test_a_blocked_domain_gets_nothing_and_no_link_is_made(mail_runtime, sign, written):
    sign(email="somebody@blocked.example")
    salts = mail_runtime.guard.salts
    writer = MailWriter(lambda _session, address: address.endswith("@blocked.example"), salts=salts)
    assert written(writer=writer) == [None]
    assert links(mail_runtime) == []


def test_a_link_that_reached_nobody_is_taken_back(mail_runtime, sign, written):
    sign()
    (mail,) = written()
    with mail_runtime.database.unit_of_work() as session:
        MailWriter(salts=mail_runtime.guard.salts).take_back(session, mail)
    assert links(mail_runtime) == []


def test_who_lost_their_link_gets_a_new_one_if_they_signed_and_silence_if_not(sign, written, set_state, order):
    index = sign().row["address_index"].hex()
    set_state(State.CONFIRMED)
    written()
    (mail,) = written(order | {"index": index})
    assert (mail.kind, mail.confirm, len(mail.manage)) == (MailKind.LOST_LINK, (), 1)
    assert written(order | {"index": "00" * 32}) == [None]


def test_who_lost_the_first_mail_is_asked_again_to_confirm(sign, written, order):
    index = sign().row["address_index"].hex()
    (mail,) = written(order | {"index": index})
    assert mail.kind is MailKind.CONFIRM


def test_a_lost_link_asks_about_the_newest_two_of_those_that_wait(mail_runtime, sign, written, order, clock):
    old = {sign().row["id"] for _ in range(4)}
    clock.advance(timedelta(days=1))
    new = {sign().row["id"] for _ in range(2)}
    order["index"] = sign().row["address_index"].hex()
    with mail_runtime.database.unit_of_work() as session:
        session.execute(delete(Signature).where(Signature.id.not_in(old | new)))
    (mail,) = written(order)
    assert (mail.kind, len(mail.confirm), len(mail.manage)) == (MailKind.CONFIRM, 2, 2)
    assert {link.signature_id for link in links(mail_runtime)} == new


def test_a_lost_link_says_nothing_of_what_waits_beside_a_confirmed_signature(
    mail_runtime, sign, written, order, set_state
):
    first = sign()
    set_state(State.CONFIRMED)
    sign()
    (mail,) = written(order | {"index": first.row["address_index"].hex()})
    assert (mail.kind, mail.confirm, len(mail.manage)) == (MailKind.LOST_LINK, (), 1)
    assert {link.signature_id for link in links(mail_runtime)} == {first.row["id"]}


def test_two_people_with_one_address_are_asked_one_by_one_and_find_both_links_again(mail_runtime, sign, written, order):
    index = sign(shared=True).row["address_index"].hex()
    other = sign(shared=True, name="Qurban Qadir")
    assert other.row["address_index"].hex() == index
    mails = written()
    assert [mail.kind for mail in mails] == [MailKind.CONFIRM] * 2
    (mail,) = written(order | {"index": index})
    assert (len(mail.confirm), len(mail.manage)) == (2, 2)


@pytest.mark.parametrize("change", [{"kind": "newsletter"}, {"index": "xyz"}, {"kind": "signed"}, {"slug": None}])
def test_an_order_of_an_unknown_kind_is_left_for_a_newer_program(written, order, change):
    broken = {name: value for name, value in (order | change).items() if value is not None}
    with pytest.raises(UnreadableMailError) as raised:
        written(broken)
    assert "aygul" not in str(raised.value)


def test_every_link_opens_the_own_key_of_its_signature_with_its_own_token(mail_runtime, sign, written, order):
    order["index"] = sign().row["address_index"].hex()
    sign(email="Aygul+2@example.org")
    keys, salts = mail_runtime.keys, mail_runtime.guard.salts
    writer = MailWriter(keys=keys, salts=salts)
    mails = [*written(writer=writer), *written(order, writer=writer)]
    stored = {link.token_hash: link for link in links(mail_runtime)}
    for token in [token for mail in mails for token in tokens_of(mail)]:
        link = stored.pop(token_hash(token))
        opened = unlock_key(token, SLUG, link.signature_id, link.own_key)
        assert opened == keys.own_key_of(SLUG, PERSON.email, link.signature_id)
    assert (len(mails), stored) == (3, {})


def test_a_mail_leaves_also_when_the_own_key_cannot_be_made(mail_runtime, sign, written):
    sign()
    mail_runtime.index_keys.destroy(SLUG, mail_runtime.clock.now().date())
    (mail,) = written(writer=MailWriter(keys=mail_runtime.keys, salts=mail_runtime.guard.salts))
    assert len(tokens_of(mail)) == 2
    assert {link.own_key for link in links(mail_runtime)} == {None}


def test_only_hashes_of_links_are_in_the_database(mail_runtime, sign, written):
    sign()
    (mail,) = written()
    with mail_runtime.database.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM link")).all())
    for token in tokens_of(mail):
        assert token not in dump
