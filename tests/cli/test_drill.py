"""The drills: they count honestly, touch nothing that is not theirs, and nothing is lost."""

import json
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text, update

from campaign.cli import drill as command
from campaign.cli.drills.counting import count_signatures
from campaign.cli.drills.faults import unwaited
from campaign.cli.drills.mail_sink import mail_sink
from campaign.cli.drills.outcome import DrillError, LeftOutError, Outcome
from campaign.cli.drills.processes import running
from campaign.cli.drills.site import free_port, throw_away_site
from campaign.cli.main import cli
from campaign.core.inserting import insert_once
from campaign.keys import CurrentKey
from campaign.mail.smtp import MailServerError, SmtpTransport, read_smtp_url
from campaign.signatures import Consents, Signature, SignatureRecord, SigningKeys, seal_signature
from campaign.signatures.blind import row_mac
from campaign.signatures.tables import HOLDER, State

PEOPLE = [f"drill-{n}@example.org" for n in range(5)]


def drilled(*words):
    return CliRunner().invoke(cli, ["drill", *words])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A throw-away site without its server."""
    with throw_away_site(tmp_path_factory.mktemp("drill") / "site") as made:
        yield made


@pytest.fixture
def stored(site):
    """Five people in the database, and a function that puts somebody in once more under another index."""
    keys = SigningKeys(*(site.secret(name) for name in ("INDEX_KEY", "ROW_KEY", "OUTBOX_KEY")), site.index_keys)
    with site.database.reading() as session:
        public = session.execute(text("SELECT public_key FROM sealing_key")).scalar_one()

    def put(address, **changes):
        record = SignatureRecord("Drill", address, "CA", "en", Consents("1", count=True))
        key = CurrentKey(1, bytes(public))
        row = {**seal_signature(keys, key, site.appeal, 1, datetime.now(UTC), record).row, **changes}
        row["mac"] = row_mac(keys.row_key, row)
        with site.database.unit_of_work() as session:
            insert_once(session.connection(), Signature, HOLDER, row)

    with site.database.unit_of_work() as session:
        session.execute(delete(Signature))
    for address in PEOPLE:
        put(address)
    return put


def test_who_is_there_is_not_lost_in_whatever_case_they_wrote_their_address(site, stored):
    count = count_signatures(site, [one.upper() for one in PEOPLE[:1]] + PEOPLE[1:], PEOPLE)
    assert (count.lost, count.duplicated, count.broken) == (0, 0, [])


def test_who_was_thanked_and_is_not_there_is_lost(site, stored):
    missing = "drill-77@example.org"
    assert count_signatures(site, [*PEOPLE, missing], [*PEOPLE, missing]).lost == 1


def test_a_row_that_was_tampered_with_counts_for_nobody(site, stored):
    with site.database.unit_of_work() as session:
        session.execute(update(Signature).values(country="FR"))
    count = count_signatures(site, PEOPLE, PEOPLE)
    assert count.lost == len(PEOPLE)
    assert len(count.broken) == len(PEOPLE)


def test_who_is_there_twice_is_told_by_the_address_inside(site, stored):
    stored(PEOPLE[0], blind_index=secrets.token_bytes(32))
    count = count_signatures(site, PEOPLE, PEOPLE)
    assert (count.lost, count.duplicated, count.broken) == (0, 1, [])


def test_who_waits_twice_for_a_mail_does_not_count_twice(site, stored):
    for _ in range(2):
        stored(PEOPLE[0], state=State.PENDING)
    count = count_signatures(site, PEOPLE, PEOPLE)
    assert (count.lost, count.duplicated, count.broken) == (0, 0, [])


def test_a_row_of_somebody_who_never_signed_is_told(site, stored):
    stored("drill-99@example.org")
    assert count_signatures(site, PEOPLE, PEOPLE).broken == ["a row that the site has not written"]


@pytest.mark.parametrize(
    ("lost", "duplicated", "excused", "status"), [(0, 0, 0, 0), (1, 0, 0, 1), (0, 1, 0, 1), (0, 2, 2, 0), (0, 2, 1, 1)]
)
def test_whatever_is_lost_or_twice_without_an_excuse_ends_with_status_1(monkeypatch, lost, duplicated, excused, status):
    outcome = Outcome("kill-sqlite", 10, lost, duplicated, "something", excused)
    monkeypatch.setitem(command.DRILLS, "kill-sqlite", lambda _orders: outcome)
    assert drilled("kill-sqlite").exit_code == status
    done = drilled("kill-sqlite", "--json")
    assert done.exit_code == status
    assert json.loads(done.stdout)[0]["duplicated"] == duplicated


def test_a_database_that_is_not_whole_ends_with_status_1(monkeypatch):
    broken = Outcome("kill-sqlite", 10, 0, 0, "something", broken=["a hole in it"])
    monkeypatch.setitem(command.DRILLS, "kill-sqlite", lambda _orders: broken)
    done = drilled("kill-sqlite")
    assert done.exit_code == 1
    assert "a hole in it" in done.stderr


def test_what_this_machine_cannot_do_is_left_out_and_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    done = drilled("disk-full")
    assert done.exit_code == 0
    assert "left out: needs strace" in " ".join(done.stdout.split())
    done = drilled("disk-full", "--json")
    assert json.loads(done.stdout) == []
    assert "disk-full was left out: needs strace" in done.stderr


def test_a_drill_that_could_not_be_carried_out_is_no_success_and_keeps_what_others_have_shown(monkeypatch):
    def fails(_orders):
        raise DrillError("Nobody is thanked any more.")

    monkeypatch.setitem(command.DRILLS, "kill-sqlite", fails)
    monkeypatch.setitem(command.DRILLS, "smtp-down", lambda _orders: Outcome("smtp-down", 10, 0, 0, "something"))
    done = drilled("kill-sqlite", "smtp-down", "--json")
    assert done.exit_code == 1
    assert [one["name"] for one in json.loads(done.stdout)] == ["smtp-down"]
    assert "kill-sqlite could not be carried out: Nobody is thanked any more." in done.stderr


@pytest.mark.parametrize(
    ("waits", "hasty"), [([1.5, 2.5, 3.5], 0), ([1.5, 1.6, 3.5], 1), ([0.5], 3), ([], 3), ([1.5, 2.5, 3.5, 3.6], 0)]
)
def test_an_answer_without_a_wait_for_the_disk_is_noticed_whatever_others_waited(waits, hasty):
    assert unwaited([1.0, 2.0, 3.0, 4.0], waits) == hasty


def test_a_server_of_somebody_else_is_not_restarted():
    with pytest.raises(LeftOutError, match="of its own"):
        command.DRILLS["restart-postgresql"](command.Orders(Path(), print, postgresql="postgresql://elsewhere/x"))


def test_the_mail_server_of_the_drills_takes_mail_or_is_away():
    with mail_sink() as sink:
        transport = SmtpTransport(read_smtp_url(f"smtp://127.0.0.1:{sink.port}"), "localhost")
        with pytest.raises(MailServerError):
            transport.open()
        sink.up()
        transport.open()
        sink.down()
        sink.up()
        transport.close()
        transport.open()
        transport.close()
    assert sink.taken == []


def test_a_port_is_found_once_and_is_none_that_a_system_gives_to_whoever_names_none():
    found = [free_port() for _ in range(50)]
    assert len(set(found)) == 50
    assert max(found) < 32_768
    with socket.create_server(("127.0.0.1", found[0])), pytest.raises(OSError, match="in use"):
        socket.create_server(("127.0.0.1", found[0]))


def test_no_process_of_others_is_taken_for_ours():
    assert running(1 << 22, "python") == []
