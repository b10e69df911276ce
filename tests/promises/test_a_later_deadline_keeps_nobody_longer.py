"""Promise: whoever signed goes on the day that the page named to them, whatever is published afterwards."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.jobs.tasks import count
from campaign.signatures import LinkPurpose, Signature, signed_total
from campaign.signatures.tables import Link
from tests.links import link_to
from tests.promises.test_nothing_is_kept_longer_than_promised import left
from tests.site import FILES
from tests.visitor import SLUG, Visitor

ZONE = "time_zone ="
KEPT = f"keep_days_after_close = {90}"


@pytest.fixture
def publish(publish_changed):
    """Publish the appeal with other dates."""
    assert KEPT in FILES["appeal.toml"].decode()

    def change(dates="", kept=90):
        publish_changed(KEPT, f"{dates}\nkeep_days_after_close = {kept}")

    return change


@pytest.fixture
def sign(app, runtime):
    """Let some people sign; return the ids of their rows."""
    numbers = iter(range(100))

    def people(n=1):
        before = set(ids(runtime))
        for _ in range(n):
            assert Visitor(app).sign(email=f"person{next(numbers)}@example.org").status_code == 303
        return set(ids(runtime)) - before

    return people


def promised(visitor, language):
    """Return the day that the page names; each language is a page of its own, of which none is kept from before."""
    text = visitor.get(f"/{SLUG}?lang={language}").text
    return [day for day in ("24 March 2027", "24 mars 2027", "24 March 2031", "24 mars 2031") if f" {day}" in text]


def ids(runtime):
    with runtime.database.reading() as session:
        return session.scalars(select(Signature.id)).all()


def purged_on(runtime, clock, day):
    """Let the hourly purge run on a day, and the count after it."""
    clock.advance(timedelta(days=(day - clock.now().date()).days))
    certificate = runtime.retention.purge()
    count(runtime.database, runtime.shelf, clock)
    return certificate


def test_a_later_deadline_keeps_nobody_longer_who_signed_before(runtime, clock, publish, sign, visitor):
    publish("deadline = 2026-12-24")
    early, first_day = sign(3), date(2027, 3, 24)
    assert promised(visitor, "en") == ["24 March 2027"]
    token = link_to(runtime.database, min(early), LinkPurpose.MANAGE)
    publish("deadline = 2030-12-24")
    late, second_day = sign(2), date(2031, 3, 24)
    assert promised(visitor, "fr") == ["24 mars 2031"]
    assert "24 March 2027" in visitor.get(f"/m/{token}").text, "the page of their own names their own day"
    purged_on(runtime, clock, first_day - timedelta(days=1))
    assert set(ids(runtime)) == early | late
    certificate = purged_on(runtime, clock, first_day)
    assert set(ids(runtime)) == late
    assert certificate.counts[f"signatures of {SLUG} that were given for an earlier day than the others"] == 3
    assert certificate.over == []
    with runtime.database.reading() as session:
        assert signed_total(session, SLUG).total == 2
        assert session.scalars(select(Link)).all() == []
    assert sign(1), "the appeal goes on, with its key"
    purged_on(runtime, clock, second_day)
    assert left(runtime) == {}


def test_an_earlier_day_holds_for_everybody(runtime, clock, publish, sign):
    publish("deadline = 2030-12-24")
    sign(2)
    publish("deadline = 2026-12-24")
    sign(1)
    purged_on(runtime, clock, date(2027, 3, 24))
    assert left(runtime) == {}


def test_keeping_for_more_days_is_for_those_who_sign_afterwards(runtime, clock, publish, sign):
    publish(kept=30)
    early = sign(2)
    publish(kept=700)
    late = sign(1)
    publish("closed = true", kept=700)
    purged_on(runtime, clock, date(2026, 12, 20))
    assert set(ids(runtime)) == early | late
    purged_on(runtime, clock, date(2026, 12, 21))
    assert set(ids(runtime)) == late


def test_a_deadline_that_comes_later_ends_what_had_none(runtime, clock, publish, sign):
    publish(kept=30)
    early = sign(2)
    publish("deadline = 2026-12-24", kept=90)
    late = sign(1)
    purged_on(runtime, clock, date(2027, 1, 22))
    assert set(ids(runtime)) == early | late
    purged_on(runtime, clock, date(2027, 1, 23))
    assert set(ids(runtime)) == late


def test_a_deadline_that_is_taken_away_holds_for_those_who_read_it(runtime, clock, publish, sign):
    publish("deadline = 2026-12-24")
    early = sign(1)
    publish()
    late = sign(1)
    assert early
    purged_on(runtime, clock, date(2027, 3, 24))
    assert set(ids(runtime)) == late


def test_who_publishes_a_later_day_is_told_what_goes_before(runtime, publish, sign, campaign, tmp_path, monkeypatch):
    publish("deadline = 2099-12-24")
    sign(3)
    folder = tmp_path / "letters" / SLUG
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content.replace(KEPT.encode(), b"deadline = 2100-12-24\n" + KEPT.encode()))
    told = campaign("appeals", "publish", str(folder))
    assert f"{SLUG}: 3 signature(s) were given for an earlier day, and are deleted on 2100-03-24" in told
    assert "were given for" not in campaign("appeals", "publish", str(folder)), "unchanged"
