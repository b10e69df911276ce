"""Duplicates: however many sign with one address in the same moment, on however many machines, one of them counts."""

import threading

import pytest
from sqlalchemy import func, select

from campaign.core.database import Database
from campaign.letters.letter import LetterValues
from campaign.signatures import (
    Answer,
    Circumstances,
    Consents,
    Intake,
    LinkPurpose,
    SignatureRecord,
    confirm,
    count_new,
    seal_draft,
    seal_signature,
    signed_total,
    store_signatures,
)
from campaign.signatures.tables import Signature
from tests.links import link_to
from tests.visitor import SLUG

ADDRESSES, AT_ONCE = 25, 40
SPELLINGS = ("person{}@example.org", "Person{}@Example.org", "person{}+petition@example.org", " person{}@example.org ")


@pytest.fixture
def machines(runtime, database_url):
    """Two ways into the same database, as two web processes have them."""
    other = Database(database_url)
    yield [Intake(runtime.database), Intake(other)]
    other.dispose()


def visit(runtime, intake, number, turn):
    """Sign once, in one of the spellings of an address."""
    book, key, now = runtime.published(SLUG), runtime.sealing_key(SLUG), runtime.clock.now()
    email = SPELLINGS[turn % len(SPELLINGS)].format(number)
    record = SignatureRecord(f"Signer {turn}", email.strip(), "CA", "en", Consents("2", count=True))
    signature = seal_signature(runtime.keys, key, book.appeal, book.edition, now, record, Circumstances())
    intake.save(seal_draft(SLUG, LetterValues(country="CA", locale="en"), now, signed=True), signature)


def test_forty_at_once_for_each_of_twenty_five_addresses_are_twenty_five_signatures(runtime, machines):
    start, errors = threading.Barrier(AT_ONCE), []

    def sign(turn):
        for number in range(ADDRESSES):
            start.wait()  # all of them with the same address in the same moment
            try:
                visit(runtime, machines[turn % 2], number, turn)
            except Exception as error:  # noqa: BLE001  shown by the test
                errors.append(error)

    threads = [threading.Thread(target=sign, args=(turn,)) for turn in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with runtime.database.unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == ADDRESSES
        count_new(session, SLUG)
        assert signed_total(session, SLUG).total == ADDRESSES


def test_of_many_forms_with_one_address_confirmed_at_the_same_moment_one_counts(runtime, machines):
    """Two processes, as two web servers on one database are: each presses its own mails' buttons."""
    book, key, now, keys = runtime.published(SLUG), runtime.sealing_key(SLUG), runtime.clock.now(), runtime.keys
    for number in range(10):
        rows = []
        for turn in range(4):
            email = f"person{number}@example.org"
            record = SignatureRecord(f"Signer {turn}", email, "CA", "en", Consents("2", count=True))
            rows.append(seal_signature(keys, key, book.appeal, book.edition, now, record, Circumstances(asked=True)))
            with runtime.database.unit_of_work() as session:
                store_signatures(session, rows[-1:])
        tokens = [link_to(runtime.database, one.row["id"], LinkPurpose.CONFIRM) for one in rows]
        start, answers = threading.Barrier(len(tokens)), []

        def press(database, token):
            start.wait()  # noqa: B023  each turn ends before the next begins
            with database.unit_of_work() as session:
                answers.append(confirm(session, keys, runtime.shelf.get, token, now))  # noqa: B023

        both = [one._database for one in machines] * 2
        threads = [threading.Thread(target=press, args=pair) for pair in zip(both, tokens, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(answers), answers.count(Answer.DONE)) == (4, 1)
    with runtime.database.unit_of_work() as session:
        count_new(session, SLUG)
        assert (signed_total(session, SLUG).confirmed, signed_total(session, SLUG).total) == (10, 10)
        assert session.scalar(select(func.count()).select_from(Signature)) == 10
