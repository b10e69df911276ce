"""Totals are what the signatures add up to, however often and by however many processes they are counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, text

from campaign.core.database import Database
from campaign.signatures import (
    Channel,
    Signature,
    State,
    Totals,
    count_new,
    recent_days,
    record_letter,
    signed_total,
    totals,
)
from campaign.signatures.tables import LetterMade, LetterTotal, Total
from campaign.signatures.totals import GENERATED, OPENED, REPORTED, LetterCounts, letter_counts, letter_totals
from tests.signatures.conftest import DAY, Signer
from tests.signatures.test_signing import People

SLUG = "ua-61-21"


def _count(database: Database, *days: date) -> Totals:
    with database.unit_of_work() as session:
        count_new(session, SLUG, days or None)
    with database.reading() as session:
        return totals(session, SLUG)


def _letters(database: Database, *channels: str, recipient: str = "president") -> None:
    for channel in channels:
        with database.unit_of_work() as session:
            record_letter(session, SLUG, DAY, recipient, channel)


def test_signatures_are_counted_by_day_country_and_state(database: Database, signing: Signer, people: People) -> None:
    for number, country in enumerate(("CA", "CA", "FR")):
        signing(people(f"{number}@example.org", country=country))
    signing(people("later@example.org", country="CA"), day=DAY + timedelta(days=1))
    found = _count(database)
    assert found.states == {State.UNVERIFIED: 4}
    assert found.countries == {"CA": 3, "FR": 1}
    assert found.signed == 4
    with database.reading() as session:
        rows = session.execute(select(Total.day, Total.country, Total.n).order_by(Total.day, Total.country)).all()
    assert [tuple(row) for row in rows] == [(DAY, "CA", 2), (DAY, "FR", 1), (DAY + timedelta(days=1), "CA", 1)]


def test_counting_again_changes_nothing_and_writes_nothing(database: Database, signing: Signer, people: People) -> None:
    signing(people())
    first = _count(database, DAY)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert _count(database, DAY) == first
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in statements)


def test_only_the_days_asked_for_are_recounted(database: Database, signing: Signer, people: People) -> None:
    signing(people())
    yesterday = DAY - timedelta(days=1)
    assert _count(database, yesterday).signed == 0
    assert _count(database, yesterday, DAY).signed == 1


def test_withdrawn_and_struck_out_signatures_do_not_stand(database: Database, signing: Signer, people: People) -> None:
    for state in State:
        signing(people(f"{state}@example.org"))
    with database.unit_of_work() as session:
        for row, state in zip(session.scalars(select(Signature)), State, strict=True):
            row.state = state
    found = _count(database)
    assert found.states == dict.fromkeys(State, 1)
    assert found.countries == {"CA": 2}
    assert found.signed == 2
    with database.reading() as session:
        assert signed_total(session, SLUG).total == found.signed


def test_the_totals_of_a_deleted_signature_go_with_it(database: Database, signing: Signer, people: People) -> None:
    signing(people())
    assert _count(database).signed == 1
    with database.unit_of_work() as session:
        session.execute(delete(Signature))
    assert _count(database) == Totals({}, {}, {})


def test_an_appeal_without_signatures_has_a_total_of_zero(database: Database) -> None:
    with database.reading() as session:
        assert signed_total(session, SLUG).total == 0
        assert totals(session, SLUG).signed == 0


def test_letters_are_added_up_by_recipient_and_channel_and_then_forgotten(database: Database) -> None:
    _letters(database, "pdf", "pdf", "mailto")
    _letters(database, "eml", "text", "copy", recipient="embassy")
    _count(database)
    _letters(database, "pdf")
    assert _count(database).letters == {
        ("president", Channel.PDF): 3,
        ("president", Channel.MAILTO): 1,
        ("embassy", Channel.EML): 1,
        ("embassy", Channel.TEXT): 1,
        ("embassy", Channel.COPY): 1,
    }
    with database.reading() as session:
        assert session.scalars(select(LetterMade.id)).all() == []


def test_every_channel_is_in_exactly_one_of_the_three_numbers() -> None:
    kinds = [kind for number in (GENERATED, OPENED, REPORTED) for kind in number]
    assert sorted(kinds) == sorted(Channel)


def test_the_three_numbers_of_a_recipient_add_up_its_own_letters_only(database: Database) -> None:
    _letters(database, "pdf", "eml", "text", "mailto", "copy", "webmail", "webmail")
    _letters(database, "reported-post", "reported-email", "reported-fax", "reported-hand", recipient="embassy")
    _count(database)
    _letters(database, "reported-post", recipient="embassy")
    with database.reading() as session:
        before = letter_totals(session, SLUG)  # what is not counted yet is not read from the rows
    assert letter_counts(before, "president") == LetterCounts(generated=3, opened=4, reported=0)
    assert letter_counts(before, "embassy") == LetterCounts(generated=0, opened=0, reported=4)
    assert letter_counts(before, "nobody") == LetterCounts()
    assert letter_counts(_count(database).letters, "embassy").reported == 5


def test_letter_totals_of_several_days_are_one_number(database: Database) -> None:
    with database.unit_of_work() as session:
        for days in range(3):
            record_letter(session, SLUG, DAY + timedelta(days=days), "president", "reported-post")
        record_letter(session, "another", DAY, "president", "reported-post")
    _count(database)
    with database.reading() as session:
        assert letter_totals(session, SLUG) == {("president", Channel.REPORTED_POST): 3}


def test_an_unknown_channel_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="pigeon"):
        _letters(database, "pigeon")


def test_a_letter_row_says_nothing_of_a_person(database: Database) -> None:
    assert set(LetterMade.__table__.columns.keys()) == {"slug", "id", "day", "recipient", "channel"}
    assert set(LetterTotal.__table__.columns.keys()) == {"slug", "day", "recipient", "channel", "n"}


def test_processes_that_count_while_people_sign_and_write_agree_in_the_end(
    database: Database, signing: Signer, people: People
) -> None:
    other = Database(database.url.render_as_string(hide_password=False))

    def work(number: int) -> None:
        if number % 3 == 0:
            _count(other if number % 2 else database, DAY)
        signing(people(f"signer{number}@example.org"))
        _letters(database, "pdf")

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(48)))
    other.dispose()
    found = _count(database, DAY)
    assert found.signed == 48
    assert found.letters == {("president", Channel.PDF): 48}


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "CA", "FR"]), st.sampled_from(list(State)))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_totals_always_equal_the_rows(database: Database, rows: list[tuple[int, str, State]]) -> None:
    with database.unit_of_work() as session:
        session.execute(delete(Signature))
        for number, (day, country, state) in enumerate(rows):
            index = number.to_bytes(32)
            session.add(
                Signature(
                    slug=SLUG, id=index[-16:], edition=1, key_epoch=1, state=state, day=DAY + timedelta(days=day),
                    country=country, blind_index=index, sealed=b"", mac=bytes(32), address_index=index,
                )
            )  # fmt: skip
    found = _count(database)
    assert sum(found.states.values()) == len(rows)
    assert found.signed == sum(state in {State.CONFIRMED, State.UNVERIFIED} for _, _, state in rows)


def test_counting_reads_only_the_index_on_sqlite(sqlite_template: object) -> None:
    database = Database(f"sqlite:///{sqlite_template}")
    query = (
        "SELECT day, country, state, count(*) FROM signature WHERE slug = 'x' AND day IN ('1', '2') GROUP BY 1, 2, 3"
    )
    with database.reading() as session:
        plan = " ".join(row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    database.dispose()
    assert "COVERING INDEX ix_signature_count" in plan


def test_recent_days_are_those_on_which_somewhere_it_is_still_or_already_today() -> None:
    assert recent_days(datetime(2026, 11, 21, 0, 5, tzinfo=UTC)) == (date(2026, 11, 20), DAY, date(2026, 11, 22))
