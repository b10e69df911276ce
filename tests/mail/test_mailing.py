"""Which mail somebody gets depends on what their signature is when the mail leaves; nobody else can tell."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from campaign.core.tokens import token_hash
from campaign.mail.message import MailKind
from campaign.mail.outbox import UnreadableMailError, claim, open_mail
from campaign.signatures import MailWriter, Signature, State
from campaign.signatures.mailing import MAILS_A_DAY
from campaign.signatures.own_consents import unlock_key
from campaign.signatures.tables import Link, LinkPurpose
from tests.mail.conftest import PERSON, tokens_of
from tests.visitor import SLUG


@pytest.fixture
def written(mail_runtime):
    """Write what waits in the outbox, or one given order, as the worker does; return the mails."""

    def write(order=None, *, first=True, writer=None):
        writer = writer or MailWriter()
        now, key = mail_runtime.clock.now(), mail_runtime.keys.outbox_key
        with mail_runtime.database.unit_of_work() as session:
            rows = [] if order else claim(session, now, 100, timedelta(minutes=10))
            orders = [order] if order else [open_mail(key, row) for row in rows]
            return [writer.write(session, one, now, first=first) for one in orders]

    return write


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


def test_who_signs_again_before_confirming_is_asked_again_for_the_first_signature(mail_runtime, sign, written):
    first = sign()
    sign(email="Aygul+again@example.org")
    mails = written()
    assert [mail.kind for mail in mails] == [MailKind.CONFIRM] * 2
    assert {link.signature_id for link in links(mail_runtime)} == {first.row["id"]}
    assert len({token for mail in mails for token in tokens_of(mail)}) == 4


def test_who_signs_again_after_confirming_gets_the_link_to_manage_only(mail_runtime, sign, written, set_state):
    sign()
    written()
    set_state(State.CONFIRMED)
    sign()
    (mail,) = written()
    assert mail.kind is MailKind.ALREADY_SIGNED
    assert (len(mail.confirm), len(mail.manage)) == (0, 1)


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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_withdraws_between_finding_a_signature_and_storing_its_links(mail_runtime, sign):
    signature = sign()
    key, now = mail_runtime.keys.outbox_key, mail_runtime.clock.now()
    with mail_runtime.database.unit_of_work() as session:
        (row,) = claim(session, now, 100, timedelta(minutes=10))
        assert MailWriter().write(session, open_mail(key, row), now, first=True)
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


def test_who_was_struck_out_gets_no_mail_by_signing_again(sign, written, set_state):
    sign()
    written()
    set_state(State.INVALIDATED)
    sign()
    assert written() == [None]


def test_a_blocked_domain_gets_nothing_and_no_link_is_made(mail_runtime, sign, written):
    sign(email="somebody@blocked.example")
    assert written(writer=MailWriter(lambda _session, address: address.endswith("@blocked.example"))) == [None]
    assert links(mail_runtime) == []


def test_an_address_gets_five_mails_a_day_and_the_next_day_more(mail_runtime, sign, written, clock):
    for _ in range(MAILS_A_DAY + 2):
        sign()
    mails = written()
    assert len([mail for mail in mails if mail]) == MAILS_A_DAY
    sign(email="other@example.org")
    assert written()[0] is not None
    clock.advance(timedelta(days=1))
    sign()
    assert written()[0] is not None


def test_a_mail_that_is_tried_again_is_not_counted_a_second_time(sign, written, order):
    signature = sign()
    again = order | {"kind": "signed", "id": signature.row["id"].hex(), "index": signature.row["blind_index"].hex()}
    for _ in range(MAILS_A_DAY):
        assert written(again) != [None]
    assert written(again) == [None]
    assert written(again, first=False) != [None]


def test_a_link_that_reached_nobody_is_taken_back(mail_runtime, sign, written):
    sign()
    (mail,) = written()
    with mail_runtime.database.unit_of_work() as session:
        MailWriter().take_back(session, mail)
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


def test_the_own_link_alone_opens_the_own_key_also_of_an_earlier_signature(mail_runtime, sign, written, order):
    row_id = sign().row["id"]
    sign(email="Aygul+2@example.org")
    with mail_runtime.database.reading() as session:
        order["index"] = session.execute(select(Signature.address_index)).scalar_one().hex()
    keys = mail_runtime.keys
    mails = [*written(writer=MailWriter(keys=keys)), *written(order, writer=MailWriter(keys=keys))]
    locked = {link.token_hash: link.own_key for link in links(mail_runtime)}
    for mail in mails:
        assert locked[token_hash(mail.confirm[0])] is None
        opened = unlock_key(mail.manage[0], SLUG, row_id, locked[token_hash(mail.manage[0])])
        assert opened == keys.own_key_of(SLUG, PERSON.email, row_id)
    assert len(mails) == 3


def test_a_mail_leaves_also_when_the_own_key_cannot_be_made(mail_runtime, sign, written):
    sign()
    mail_runtime.index_keys.destroy(SLUG, mail_runtime.clock.now().date())
    (mail,) = written(writer=MailWriter(keys=mail_runtime.keys))
    assert len(tokens_of(mail)) == 2
    assert {link.own_key for link in links(mail_runtime)} == {None}


def test_only_hashes_of_links_are_in_the_database(mail_runtime, sign, written):
    sign()
    (mail,) = written()
    with mail_runtime.database.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM link")).all())
    for token in tokens_of(mail):
        assert token not in dump
