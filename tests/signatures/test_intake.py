"""Many visitors at once: each answered only when their rows are safe, nobody's rows lost or doubled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from campaign.core.database import Database
from campaign.keys import current_key, store_public_key
from campaign.letters.letter import LetterValues
from campaign.signatures import Intake, SealedDraft, SealedSignature, open_draft, seal_draft, seal_signature
from campaign.signatures.tables import Signature
from tests.signatures.conftest import DAY

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VALUES = LetterValues(country="CA", locale="en", name="Aygül Qadir")


@pytest.fixture
def sealed(database, keys, pair, appeal, people):
    """Seal the signature of a mailbox to the appeal's key."""
    with database.unit_of_work() as session:
        store_public_key(session, appeal.slug, pair.public, DAY)
    with database.reading() as session:
        key = current_key(session, appeal.slug)

    def make(email: str) -> SealedSignature:
        return seal_signature(keys, key, appeal, 1, NOW, replace(people(), email=email))

    return make


def draft() -> SealedDraft:
    return seal_draft("ua-61-21", VALUES, NOW, signed=True)


def signatures_in(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Signature)) or 0


def has_draft(database: Database, one: SealedDraft) -> bool:
    with database.reading() as session:
        return open_draft(session, one.token, NOW) is not None


def test_forty_visitors_at_once_are_all_saved_before_they_are_answered(database, sealed):
    intake, missing, start = Intake(database), [], threading.Barrier(40)

    def visit(number: int) -> None:
        mine, signature = draft(), sealed(f"a{number % 25}@example.org")
        start.wait()
        intake.save(mine, signature)
        if not has_draft(database, mine):
            missing.append(number)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missing == []
    assert signatures_in(database) == 25


class SlowDatabase(Database):
    """Counts its batches, and lets the first begin, or the first end, only after ``go`` was set."""

    def __init__(self, url: object, waits: str) -> None:
        super().__init__(url.render_as_string(hide_password=False))
        self.go, self.reached, self.batches, self._waits = threading.Event(), threading.Event(), 0, waits

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        self.batches += 1
        first = self.batches == 1
        with super().batch() as connection:
            self._wait(first and self._waits == "begin")
            yield connection
            self._wait(first and self._waits == "end")

    def _wait(self, here: bool) -> None:
        if here:
            self.reached.set()
            self.go.wait()


@pytest.mark.parametrize(("waits", "batches"), [("begin", 1), ("end", 2)])
def test_all_who_come_before_the_disk_is_free_wait_for_it_once(database, sealed, waits, batches):
    slow = SlowDatabase(database.url, waits)
    intake = Intake(slow)
    visits = [(draft(), sealed(f"a{number}@example.org")) for number in range(5)]
    threads = [threading.Thread(target=intake.save, args=visit) for visit in visits]
    threads[0].start()
    slow.reached.wait()
    for thread in threads[1:]:
        thread.start()
    while len(intake._waiting) < 4 + (waits == "begin"):
        threads[1].join(0.01)
    slow.go.set()
    for thread in threads:
        thread.join()
    assert slow.batches == batches
    assert signatures_in(database) == 5
    slow.dispose()


def test_the_draft_before_goes_when_the_new_one_comes(database, sealed):
    intake, first, second = Intake(database), draft(), draft()
    intake.save(first, sealed("a@example.org"))
    intake.save(second, None, first.token)
    assert not has_draft(database, first)
    assert has_draft(database, second)
    assert signatures_in(database) == 1


def test_one_visitors_bad_row_costs_nobody_else_theirs(database, sealed):
    intake, good, taken = Intake(database), draft(), draft()
    intake.save(taken)
    outcomes: list[Exception | None] = []
    ready = threading.Barrier(2)

    def visit(one: SealedDraft, email: str) -> None:
        signature = sealed(email)
        ready.wait()
        try:
            intake.save(one, signature)
        except IntegrityError as error:
            outcomes.append(error)
        else:
            outcomes.append(None)

    threads = [threading.Thread(target=visit, args=case) for case in ((good, "a@x.org"), (taken, "b@x.org"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["IntegrityError", "NoneType"]
    assert has_draft(database, good)
    assert signatures_in(database) == 1


def test_a_signature_and_its_draft_are_stored_together_or_not_at_all(database, sealed):
    intake, taken = Intake(database), draft()
    intake.save(taken)
    with pytest.raises(IntegrityError):
        intake.save(taken, sealed("a@example.org"))
    assert signatures_in(database) == 0


def test_everybody_who_waits_is_told_when_the_database_is_away():
    intake = Intake(Database("postgresql://postgres@127.0.0.1:1/none?connect_timeout=1"))
    told: list[str] = []

    def visit() -> None:
        try:
            intake.save(draft())
        except OperationalError as error:
            told.append(type(error).__name__)

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["OperationalError"] * 4
