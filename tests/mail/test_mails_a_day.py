"""Five mails a day about one appeal: whatever becomes of them, and whichever worker sends them."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError

from campaign.abuse import Salts
from campaign.abuse.tables import Rate
from campaign.mail.message import MailKind
from campaign.signatures import LinkPurpose, MailWriter, Signature, confirm, open_link, withdraw
from campaign.signatures.mailing import MAILS_A_DAY
from campaign.signatures.tables import Link
from tests.mail.conftest import PERSON


@pytest.fixture
def got(sign, written):
    """Sign some times more than an address may get mails; return those that it gets."""

    def sign_and_write(more=2, email=PERSON.email):
        for _ in range(MAILS_A_DAY + more):
            sign(email=email)
        return [mail for mail in written() if mail and mail.to == email]

    return sign_and_write


@pytest.fixture
def press(mail_runtime):
    """Press one of the two buttons behind the link of a mail."""

    def press_button(mail, *, mine=True):
        now, keys = mail_runtime.clock.now(), mail_runtime.keys
        with mail_runtime.database.unit_of_work() as session:
            if mine:
                confirm(session, keys, mail_runtime.shelf.get, mail.confirm[0], now)
            else:
                own = open_link(session, mail.confirm[0], LinkPurpose.CONFIRM, now)
                withdraw(session, keys.outbox_key, own.slug, own.id)

    return press_button


def lost(order, signature):
    return order | {"index": signature.row["address_index"].hex(), "id": secrets.token_hex(16)}


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


def test_a_mail_counts_once_however_often_it_is_tried(sign, written, order):
    signature = sign()
    index = signature.row["blind_index"].hex()
    again = order | {"kind": "signed", "id": signature.row["id"].hex(), "index": index}
    for _ in range(2 * MAILS_A_DAY):
        assert written(again) != [None]
    lost = [order | {"index": index, "id": secrets.token_hex(16)} for _ in range(MAILS_A_DAY)]
    assert [one != [None] for one in map(written, lost)] == [True] * (MAILS_A_DAY - 1) + [False]
    assert written(again) != [None], "it was counted when it was tried first"


def test_who_confirms_one_gets_no_more_that_day(got, press):
    mails = got()
    assert [mail.kind for mail in mails] == [MailKind.CONFIRM] * MAILS_A_DAY
    press(mails[0])
    assert got() == []


def test_who_says_it_was_not_me_each_time_gets_no_more_that_day(got, press):
    mails = got(0)
    for mail in mails:
        press(mail, mine=False)
    assert (len(mails), got(0)) == (MAILS_A_DAY, [])


def test_who_withdraws_gets_no_more_that_day_and_five_the_next(mail_runtime, got, clock):
    assert len(got()) == MAILS_A_DAY
    with mail_runtime.database.unit_of_work() as session:
        session.execute(delete(Link))
        session.execute(delete(Signature))
    assert got() == []
    assert len(got(email="other@example.org")) == MAILS_A_DAY
    clock.advance(timedelta(days=1))
    assert len(got()) == MAILS_A_DAY


def test_a_mail_that_is_tried_again_without_its_first_links_is_counted_once(mail_runtime, sign, written, order):
    again, writer = lost(order, sign()), MailWriter(salts=mail_runtime.guard.salts)
    for _ in range(2 * MAILS_A_DAY):
        (mail,) = written(again, writer=writer)
        with mail_runtime.database.unit_of_work() as session:
            writer.take_back(session, mail)
    assert len([one for one in written() if one]) == 1
    others = [written(lost(order, sign())) for _ in range(MAILS_A_DAY)]
    assert [one != [None] for one in others] == [True] * (MAILS_A_DAY - 2) + [False] * 2


def test_workers_of_two_machines_share_what_the_links_say(mail_runtime, sign, written, order, tmp_path):
    here, there = (MailWriter(salts=Salts(tmp_path / name)) for name in ("here", "there"))
    signature = sign()
    mails = [written(lost(order, signature), writer=writer) for writer in [here, there] * MAILS_A_DAY]
    assert len([mail for mail in mails if mail != [None]]) == MAILS_A_DAY


def test_what_is_asked_for_beyond_the_five_leaves_no_trace(mail_runtime, got, sign, written):
    got(0)
    before = counts(mail_runtime)
    sign()
    assert written() == [None]
    assert counts(mail_runtime) == before


def test_the_counts_are_gone_the_next_day_and_name_nobody_before(mail_runtime, got, clock):
    got(0)
    keys = mail_runtime.keys
    known = {PERSON.email.encode(), keys.index_key_of("ua-61-21")}
    with mail_runtime.database.reading() as session:
        known |= {part for one in session.scalars(select(Signature)) for part in (one.id, one.blind_index)}
    rows = counts(mail_runtime)
    assert len(rows) == MAILS_A_DAY + 1
    assert not [mark for mark in known for key, _n, _end in rows if mark[:16] in key]
    assert {end % (24 * 60 * 60) for _key, _n, end in rows} == {0}
    clock.advance(timedelta(days=1))
    mail_runtime.guard.sweep(mail_runtime.database)
    assert counts(mail_runtime) == set()


def counts(runtime):
    with runtime.database.reading() as session:
        return {tuple(row) for row in session.execute(select(Rate.key_hash, Rate.n, Rate.expires_at))}


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_two_workers_never_count_at_the_same_moment(mail_runtime, sign, order):
    signature, stranger = sign(), sign(email="other@example.org")  # or they would wait for each other's in a circle
    writer = MailWriter(salts=mail_runtime.guard.salts)
    database, now = mail_runtime.database, mail_runtime.clock.now()
    with database.unit_of_work() as session, database.reading() as other:
        assert writer.write(session, lost(order, signature), now)
        other.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            writer.write(other, lost(order, stranger), now)
