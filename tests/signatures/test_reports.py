"""What somebody says they have sent is remembered in their draft: once for each recipient and way, and no longer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from campaign.core.database import Database
from campaign.core.inserting import insert_rows
from campaign.letters.letter import LetterValues
from campaign.signatures import open_draft, seal_draft
from campaign.signatures.drafts import draft_rows, report_sent, take_letters
from tests.clock import FixedClock
from tests.drafts import save_draft

SLUG = "ua-61-21"
VALUES = LetterValues(country="CA", locale="en", name="Aygül Qadir", words="I am a nurse.", demands=("release",))


def _saved(database: Database, clock: FixedClock) -> str:
    with database.unit_of_work() as session:
        return save_draft(session, SLUG, VALUES, clock.now(), signed=True)


def _report(database: Database, clock: FixedClock, token: str, recipient: str = "president", way: str = "post") -> bool:
    with database.unit_of_work() as session:
        return report_sent(session, token, clock.now(), recipient, way)


def test_a_letter_is_news_once_for_each_recipient_and_way(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    said = [("president", "post"), ("president", "post"), ("president", "fax"), ("embassy", "post")]
    assert [_report(database, clock, token, *one) for one in said] == [True, False, True, True]
    with database.reading() as session:
        draft = open_draft(session, token, clock.now())
    assert draft is not None
    assert draft.reported == set(said)


def test_reporting_changes_nothing_else_and_prolongs_nothing(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    with database.reading() as session:
        before = open_draft(session, token, clock.now())
    clock.advance(timedelta(minutes=30))
    assert _report(database, clock, token)
    with database.reading() as session:
        after = open_draft(session, token, clock.now())
    assert before is not None
    assert after is not None
    assert (after.values, after.signed, after.expires_at) == (before.values, before.signed, before.expires_at)
    clock.advance(timedelta(minutes=31))
    assert not _report(database, clock, token, way="fax")


def test_nobody_reports_without_a_draft(database: Database, clock: FixedClock) -> None:
    assert not _report(database, clock, "forged")


def test_clicks_at_the_same_moment_are_news_once(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    with ThreadPoolExecutor(8) as pool:
        news = list(pool.map(lambda _: _report(database, clock, token), range(8)))
    assert sorted(news) == [False] * 7 + [True]


def _take(database: Database, clock: FixedClock, token: str, *letters: tuple[str, str]) -> list[tuple[str, str]]:
    with database.unit_of_work() as session:
        return take_letters(session, token, clock.now(), letters)


def test_a_letter_is_taken_once_for_each_recipient_and_channel(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    pdf, text, other = ("president", "pdf"), ("president", "text"), ("embassy", "pdf")
    assert _take(database, clock, token, pdf, pdf) == [pdf]
    assert _take(database, clock, token, pdf, other) == [other]
    assert _report(database, clock, token)
    assert _take(database, clock, token, text, pdf) == [text]
    with database.reading() as session:
        draft = open_draft(session, token, clock.now())
    assert draft is not None
    assert (draft.taken, draft.reported) == ({pdf, text, other}, {("president", "post")})
    assert (draft.values, draft.signed) == (VALUES, True)


def test_letters_taken_at_the_same_moment_count_once(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    with ThreadPoolExecutor(8) as pool:
        news = list(pool.map(lambda _: _take(database, clock, token, ("president", "pdf")), range(8)))
    assert sum(map(len, news)) == 1


def test_of_a_draft_that_does_not_count_nothing_is(database: Database, clock: FixedClock) -> None:
    draft = seal_draft(SLUG, replace(VALUES, case="one"), clock.now(), counts=False)
    assert draft.case is None
    with database.unit_of_work() as session:
        insert_rows(session.connection(), *draft_rows([draft]))
    assert _take(database, clock, draft.token, ("president", "pdf")) == []
    assert _take(database, clock, "forged", ("president", "pdf")) == []
    with database.reading() as session:
        opened = open_draft(session, draft.token, clock.now())
    assert opened is not None
    assert not opened.counts


def test_a_draft_in_place_of_another_knows_what_was_reported(database: Database, clock: FixedClock) -> None:
    token = _saved(database, clock)
    assert _report(database, clock, token)
    with database.unit_of_work() as session:
        before = open_draft(session, token, clock.now())
        assert before
        draft = seal_draft(SLUG, VALUES, clock.now(), before=before)
        insert_rows(session.connection(), *draft_rows([draft]))
    assert not _report(database, clock, draft.token)
