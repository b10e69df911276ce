"""Counting in the database: windows, many at once, and the storage of the library ``limits``."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import func, select

from campaign.abuse import Hit, Salts, SqlStorage, read_limits, sweep_counts
from campaign.abuse.limiting import count, window_end
from campaign.abuse.tables import Rate
from campaign.core.database import Database

NOON = 1_795_262_400  # some minute's end
A, B = (Hit(name * 32, NOON, 5) for name in (b"a", b"b"))


def counted(database, *hits):
    with database.unit_of_work() as session:
        return count(session.connection(), hits)


def test_many_things_are_counted_at_once_and_what_is_counted_adds_up(database):
    assert counted(database, A, B, A) == {A.key_hash: 2, B.key_hash: 1}
    assert counted(database, B) == {B.key_hash: 2}
    assert counted(database) == {}


def test_a_new_minute_begins_anew(database):
    counted(database, A, A, A)
    assert counted(database, Hit(A.key_hash, NOON + 60, 5)) == {A.key_hash: 1}


def test_what_is_over_is_swept_and_the_rest_stays(database, clock):
    now = clock.now()
    counted(database, Hit(b"a" * 32, int(now.timestamp()), 5), Hit(b"b" * 32, int(now.timestamp()) + 1, 5))
    with database.unit_of_work() as session:
        sweep_counts(session, now)
    with database.reading() as session:
        assert session.scalars(select(Rate.key_hash)).all() == [b"b" * 32]


def test_transactions_that_count_the_same_in_another_order_never_wait_in_a_circle(database):
    nodes = [Database(database.url.render_as_string(hide_password=False)) for _ in range(2)]
    start, errors = threading.Barrier(2), []

    def run(node, hits):
        start.wait()
        try:
            for _ in range(25):
                counted(node, *hits)
        except Exception as error:  # noqa: BLE001  shown by the test
            errors.append(error)

    threads = [
        threading.Thread(target=run, args=(node, hits)) for node, hits in zip(nodes, [(A, B), (B, A)], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.dispose()
    assert errors == []
    assert counted(database, A, B) == {A.key_hash: 51, B.key_hash: 51}


def test_the_library_limits_by_it_across_processes(database, clock, tmp_path):
    other = Database(database.url.render_as_string(hide_password=False))
    limit = parse("3/minute")

    def hit(node):
        with node.unit_of_work() as session:
            return FixedWindowRateLimiter(SqlStorage(session, Salts(tmp_path), clock.now())).hit(limit, "somebody")

    assert [hit(node) for node in (database, other, database, other)] == [True, True, True, False]
    with other.reading() as session:
        limiter = FixedWindowRateLimiter(SqlStorage(session, Salts(tmp_path), clock.now()))
        assert not limiter.test(limit, "somebody")
        assert limiter.test(limit, "somebody else")
        assert limiter.get_window_stats(limit, "somebody").remaining == 0
    clock.advance(timedelta(minutes=1))
    assert hit(other)
    other.dispose()


def test_what_is_counted_is_stored_with_what_it_was_counted_for_or_not_at_all(database, clock, tmp_path):
    def try_in_vain():
        with database.unit_of_work() as session:
            SqlStorage(session, Salts(tmp_path), clock.now()).incr("one", 60)
            raise LookupError

    with pytest.raises(LookupError):
        try_in_vain()
    with database.reading() as session:
        assert SqlStorage(session, Salts(tmp_path), clock.now()).get("one") == 0


def test_the_storage_forgets_when_it_is_told(database, clock, tmp_path):
    with database.unit_of_work() as session:
        storage = SqlStorage(session, Salts(tmp_path), clock.now())
        assert storage.check()
        assert storage.incr("one", 60, 2) == 2
        assert storage.incr("two", 60) == 1
        assert storage.get_expiry("one") == (clock.now() + timedelta(minutes=1)).timestamp()
        storage.clear("one")
        assert (storage.get("one"), storage.get("two")) == (0, 1)
        assert storage.reset() == 1
        assert session.scalar(select(func.count()).select_from(Rate)) == 0


def test_limits_are_read_as_people_write_them():
    assert [(one.most, one.seconds) for one in read_limits("sign", "5/minute;50/hour")] == [(5, 60), (50, 3600)]
    assert read_limits("sign", "") == ()
    with pytest.raises(ValueError, match=r".+"):
        read_limits("sign", "plenty")


@pytest.mark.parametrize(
    "text", ["50/5hour", "1000/month", "1/year", "10/2day", "5/7minute", "5/91second", "5/minute;50/5hour;200/day"]
)
def test_a_window_that_a_day_does_not_hold_a_whole_number_of_is_refused(text):
    with pytest.raises(ValueError, match=r"midnight.*10 minute.*6 hour.*day"):
        read_limits("sign", text)


@pytest.mark.parametrize("window", ["second", "90 second", "minute", "10 minute", "hour", "8hour", "24 hour", "day"])
def test_every_window_counts_on_to_its_end_under_one_hash_and_none_is_kept_beyond_its_day(tmp_path, clock, window):
    (limit,) = read_limits("sign", f"5/{window}")
    salts = Salts(tmp_path)
    end = window_end(clock.now(), limit.seconds)
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in (end - limit.seconds, end - 1))
    assert limit.hit(salts, b"one", first) == limit.hit(salts, b"one", last)
    midnight = datetime.combine(last.date() + timedelta(days=1), time(), UTC)
    assert end <= midnight.timestamp()


def test_the_limits_of_one_neighbourhood_lie_side_by_side_and_those_of_others_elsewhere(tmp_path, clock):
    minute, hour = read_limits("sign", "5/minute;50/hour")
    salts, now = Salts(tmp_path), clock.now()
    one, other = ([limit.hit(salts, who, now).key_hash for limit in (minute, hour)] for who in (b"one", b"other"))
    assert one[0] != one[1]
    assert one[0][:28] == one[1][:28] != other[0][:28]
    assert len({*one, *other}) == 4
