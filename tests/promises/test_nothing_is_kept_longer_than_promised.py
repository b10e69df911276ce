"""Promise: what is not confirmed goes after seven days, everything else on the day the page names, with the keys."""

import calendar
import re
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from campaign import audit
from campaign.cli.main import cli
from campaign.core.database import Base
from campaign.jobs.tasks import count, purge, queue_tasks
from campaign.signatures import Circumstances, Consents, SignatureRecord, seal_signature, signed_total, store_signatures
from campaign.signatures.tables import Signature
from tests.visitor import SLUG, Visitor, form_token

PERSONAL = ("signature", "link", "amendment", "draft", "outbox")


def left(runtime):
    with runtime.database.reading() as session:
        tables = [Base.metadata.tables[name] for name in PERSONAL]
        found = {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    return {name: n for name, n in found.items() if n}


def wait(runtime, clock, **duration):
    """Let time pass, and the hourly job run as it does where jobs run."""
    clock.advance(timedelta(**duration))
    tasks = {task.name: task for task in queue_tasks(runtime.delivery, runtime.retention)}
    tasks["purge"].run()
    count(runtime.database, runtime.shelf, clock)


@pytest.fixture
def mailing_site(runtime):
    """The same site with a mail server, so that signatures wait to be confirmed."""
    runtime.settings = runtime.settings.model_copy(
        update={"smtp_url": "smtp://127.0.0.1:9", "mail_from": "letters@example.org"}
    )


@pytest.mark.usefixtures("mailing_site")
def test_drafts_live_an_hour_mail_a_day_and_what_nobody_confirmed_seven_days(runtime, visitor, clock):
    visitor.sign()
    assert left(runtime) == {"signature": 1, "draft": 1, "outbox": 1}
    wait(runtime, clock, minutes=59)
    assert left(runtime) == {"signature": 1, "draft": 1, "outbox": 1}
    wait(runtime, clock, minutes=1)
    assert left(runtime) == {"signature": 1, "outbox": 1}
    wait(runtime, clock, hours=23)
    assert left(runtime) == {"signature": 1}
    wait(runtime, clock, days=6)
    assert left(runtime) == {"signature": 1}
    wait(runtime, clock, days=1)
    assert left(runtime) == {}


def promised_day(visitor):
    """Return the day that the appeal's page names."""
    found = re.search(r"kept until (\d+) (\w+) (\d{4});", visitor.get(f"/{SLUG}").text)
    months = list(calendar.month_name)
    return date(int(found[3]), months.index(found[2]), int(found[1]))


def test_signatures_and_keys_go_on_the_day_the_page_names(app, runtime, visitor, clock, publish_changed, tmp_path):
    publish_changed("time_zone =", "deadline = 2026-12-24\ntime_zone =")
    for number in range(7):
        Visitor(app).sign(email=f"person{number}@example.org")
    key = tmp_path / "keys" / f"{SLUG}-1.key"
    key.write_text("a locked private key")
    index = (tmp_path / "keys" / f"{SLUG}.index").read_text()
    wait(runtime, clock, hours=1)
    day = promised_day(visitor)
    wait(runtime, clock, days=(day - clock.now().date()).days - 1)
    assert left(runtime) == {"signature": 7}
    assert key.exists()
    wait(runtime, clock, days=1)
    assert left(runtime) == {}
    assert not key.exists()
    assert index not in "".join(path.read_text() for path in (tmp_path / "keys").iterdir())
    with runtime.database.reading() as session:
        assert signed_total(session, SLUG).total == 7, "the number stays; it names nobody"
        told = [(entry.actor, entry.action, entry.object) for entry in audit.entries(session)]
    assert told == [("periodic job", "purged", SLUG)]
    certificate = next((tmp_path / "certificates").iterdir()).read_text()
    assert f"7  signatures of {SLUG}" in certificate
    assert f"{SLUG}.index, {SLUG}-1.key" in certificate
    if runtime.database.is_sqlite:
        sample = r"Byte scan: \d+ marks, a sample of the deleted rows, looked for in [\d,]+ bytes .*, 0 found"
        assert re.search(sample, certificate)


@pytest.mark.usefixtures("mailing_site")
def test_who_asks_for_a_link_when_all_is_over_gets_the_usual_answer(app, runtime, visitor, clock, publish_changed):
    publish_changed("time_zone =", "deadline = 2026-12-24\ntime_zone =")
    visitor.sign()
    wait(runtime, clock, days=200)
    visitor = Visitor(app)
    token = form_token(visitor.get("/m").text)
    asked = {"appeal": SLUG, "email": "aygul@example.org", "csrf_token": token}
    assert visitor.client.post("/m", data=asked).headers["Location"] == "/m/sent"
    assert left(runtime) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # others keep their files to themselves
def test_no_byte_of_an_appeal_that_is_over_is_left_in_the_files(
    app, runtime, visitor, clock, publish_changed, tmp_path
):
    publish_changed("time_zone =", "deadline = 2026-12-24\ntime_zone =")
    for number in range(7):
        Visitor(app).sign(email=f"person{number}@example.org")
    with runtime.database.reading() as session:
        marks = [
            mark
            for row in session.scalars(select(Signature))
            for mark in (row.id, row.blind_index, row.mac, row.sealed[100:164])
        ]
    wait(runtime, clock, days=200)
    content = b"".join(path.read_bytes() for path in tmp_path.glob("campaign.db*"))
    assert len(marks) == 28
    assert not [mark for mark in marks if mark in content]


def test_an_organiser_sees_what_would_go_before_it_goes(runtime, visitor, campaign, key_pair):
    """The command takes the machine's own clock, so this signature is as old as can be."""
    found = runtime.published(SLUG)
    key = runtime.sealing_key(SLUG)
    long_ago = runtime.clock.now() - timedelta(days=4000)
    record = SignatureRecord("Aygül Qadir", "aygul@example.org", "CA", "en", Consents("1", count=True))
    sealed = seal_signature(runtime.keys, key, found.appeal, found.edition, long_ago, record, Circumstances(asked=True))
    with runtime.database.unit_of_work() as session:
        store_signatures(session, [sealed])
    assert "1  signatures that nobody confirmed within 7 days" in campaign("purge")
    assert left(runtime)["signature"] == 1
    assert "Deleted on" in campaign("purge", "--apply")
    assert left(runtime) == {}
    assert "Nothing is due." in campaign("purge")
    assert campaign("purge", "--json").strip() == "{}"


def test_an_appeal_nobody_closed_keeps_its_signatures(runtime, visitor, clock):
    visitor.sign()
    wait(runtime, clock, days=3000)
    assert left(runtime) == {"signature": 1}
    assert "after the appeal is closed" in visitor.get(f"/{SLUG}").text


def test_doing_it_every_hour_does_nothing_more(runtime, clock):
    assert purge(runtime.retention).counts == {}
    assert CliRunner().invoke(cli, ["purge", "--help"]).exit_code == 0
