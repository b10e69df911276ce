"""The next writer gets the case with the fewest letters, and nobody waits at a row for anybody else."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.core.database import Database
from campaign.letters.letter import LetterValues
from campaign.signatures import Draft, Intake, cases_given, count_new, next_case, seal_draft
from campaign.signatures.drafts import draft_rows
from campaign.signatures.tables import CaseGiven, CaseTotal, StoredDraft
from tests.signatures.conftest import DAY

SLUG = "ua-61-21"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VALUES = LetterValues(country="CA", locale="en")
CASES = ("one", "two", "three", "four", "five")


def _write(database: Database, case: str, *, before: str = "", slug: str = SLUG, now: datetime = NOW) -> None:
    earlier = Draft(slug, replace(VALUES, case=before), signed=False, expires_at=now) if before else None
    draft = seal_draft(slug, replace(VALUES, case=case), now, before=earlier)
    Intake(database).save(draft)


def _given(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(cases_given(session, SLUG))


def _count(database: Database) -> dict[str, int]:
    with database.unit_of_work() as session:
        count_new(session, SLUG, [DAY])
    return _given(database)


def _next(database: Database) -> str:
    return next_case(CASES, _given(database))


def test_sixty_writers_counted_after_each_leave_five_cases_with_equal_numbers(database: Database) -> None:
    for _ in range(60):
        _write(database, _next(database))
        given = _count(database)
    assert sum(given.values()) == 60
    assert max(given.values()) - min(given.values()) <= 2


def test_a_case_that_supporters_chose_counts_as_well_and_the_others_catch_up(database: Database) -> None:
    for _ in range(10):
        _write(database, "one")
    _count(database)
    for _ in range(40):
        _write(database, _next(database))
        _count(database)
    assert _given(database) == dict.fromkeys(CASES, 10)


def test_between_two_countings_the_lot_decides_among_those_with_the_fewest() -> None:
    drawn = Counter(next_case(CASES, {"one": 3, "two": 1, "three": 1, "four": 1, "five": 2}) for _ in range(300))
    assert set(drawn) == {"two", "three", "four"}


def test_among_many_letters_a_case_that_has_nearly_the_fewest_is_drawn_too() -> None:
    given = {"one": 200, "two": 203, "three": 206, "four": 300, "five": 0}
    assert {next_case(CASES[:4], given) for _ in range(300)} == {"one", "two", "three"}
    assert {next_case(CASES, given) for _ in range(50)} == {"five"}


def test_a_case_no_longer_in_the_pack_is_never_given() -> None:
    assert next_case(["two"], {"one": 0, "two": 9}) == "two"


def test_writers_at_the_same_moment_all_get_through_while_the_job_counts(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    intakes = [Intake(database), Intake(other)]

    def write(number: int) -> None:
        if number % 4 == 0:
            _count(other if number % 8 else database)
        intakes[number % 2].save(seal_draft(SLUG, replace(VALUES, case=_next(database)), NOW))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(60)))
    other.dispose()
    assert sum(_count(database).values()) == 60


def test_a_letter_changed_within_its_hour_is_not_counted_again(database: Database) -> None:
    _write(database, "one")
    _write(database, "one", before="one")
    _write(database, "two", before="one")
    assert _count(database) == {"one": 1, "two": 1}


def test_counting_twice_changes_nothing_and_other_appeals_are_counted_apart(database: Database) -> None:
    _write(database, "one")
    _write(database, "one", slug="another")
    _write(database, "one", now=NOW + timedelta(days=1))
    assert _count(database) == _count(database) == {"one": 2}
    with database.reading() as session:
        assert session.scalars(select(CaseGiven.slug)).all() == ["another"]


def test_an_appeal_without_cases_asks_the_database_nothing_about_any() -> None:
    drafts = [seal_draft(SLUG, replace(VALUES, case=""), NOW) for _ in range(2)]
    assert {rows.model: len(rows.rows) for rows in draft_rows(drafts)} == {CaseGiven: 0, StoredDraft: 2}


def test_nothing_of_a_case_is_counted_when_the_draft_is_not_saved(database: Database) -> None:
    draft = seal_draft(SLUG, replace(VALUES, case="one"), NOW)
    Intake(database).save(draft)
    with pytest.raises(IntegrityError):
        Intake(database).save(draft)
    assert _count(database) == {"one": 1}


def test_the_rows_say_nothing_of_a_person(database: Database) -> None:
    assert set(CaseGiven.__table__.columns.keys()) == {"slug", "id", "day", "case_id"}
    assert set(CaseTotal.__table__.columns.keys()) == {"slug", "day", "case_id", "n"}
    _write(database, "one")
    _count(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseGiven)) == 0
