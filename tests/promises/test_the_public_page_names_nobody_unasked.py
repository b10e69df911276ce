"""Promise: nobody stands in public who has not asked for it, and what stands there leads to no signature."""

import hashlib
import hmac
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from campaign.core.database import Base
from campaign.signatures import LinkPurpose, State
from campaign.signatures.public_names import BATCH, NameState, decide_names, listed_names, put_name, release_names
from campaign.signatures.public_tables import PublicName
from campaign.signatures.tables import Signature, Total
from tests.links import link_to, only_id
from tests.names import DAY, confirmed
from tests.promises.conftest import addresses
from tests.promises.test_who_withdraws_is_gone import Backup
from tests.visitor import SLUG, Visitor

PUBLIC = ("", "/sent", "/sent.json", "/count.json", "/names")


def pages(app) -> str:
    client = app.test_client()
    return "\n".join(client.get(f"/{SLUG}{path}").text for path in PUBLIC)


def give_names(runtime, number: int) -> dict[bytes, str]:
    """Let people who have confirmed give names; return them by the ids of their signatures."""
    given = {row_id: f"Marker{row_id.hex()[:10]}" for row_id in confirmed(runtime.database, number)}
    for row_id, name in given.items():
        with runtime.database.unit_of_work() as session:
            assert put_name(session, runtime.keys.row_key, SLUG, row_id, name)
    return given


def let_out(runtime) -> None:
    with runtime.database.unit_of_work() as session:
        waiting = [one.id for one in listed_names(session, SLUG, NameState.WAITING)]
        decide_names(session, SLUG, waiting, NameState.APPROVED)
        release_names(session, SLUG)


def tables(runtime) -> dict[str, list[dict[str, object]]]:
    """What somebody with a copy of the database has."""
    with runtime.database.reading() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }


def test_who_signs_with_every_box_ticked_is_named_nowhere(app, runtime, visitor):
    visitor.sign(consent_show="y", consent_handover="y")
    token = link_to(runtime.database, only_id(runtime.database), LinkPurpose.CONFIRM)
    assert Visitor(app).post(f"/c/{token}").status_code == 303
    for endpoint, path in addresses(app, "GET").items():
        with app.test_client().get(path) as page:
            assert b"Qadir" not in page.get_data(), endpoint
    assert "Qadir" not in pages(app)


def test_a_name_stands_in_public_only_when_it_was_given_looked_at_and_came_out_with_others(app, runtime):
    given = give_names(runtime, BATCH - 1)
    assert not [name for name in given.values() if name in pages(app)]
    let_out(runtime)
    assert not [name for name in given.values() if name in pages(app)], "nineteen are too few"
    given |= give_names(runtime, 1)
    assert not [name for name in given.values() if name in pages(app)], "nobody has looked at the last one"
    let_out(runtime)
    assert all(name in pages(app) for name in given.values())


def test_nothing_in_the_database_joins_a_name_to_a_signature(runtime):
    given = give_names(runtime, BATCH)
    let_out(runtime)
    everything = tables(runtime)
    own = [
        value for row in everything.pop("public_name") for name, value in row.items() if name not in {"slug", "state"}
    ]
    assert len(own) == 3 * BATCH
    others = {value for rows in everything.values() for row in rows for value in row.values()}
    assert not others.intersection(own)
    plain = {hashlib.sha256(salt + row_id).digest() for row_id in given for salt in (b"", SLUG.encode(), b"public")}
    plain |= {hmac.digest(SLUG.encode(), row_id, "sha256") for row_id in given}
    assert not plain.intersection(own), "without the key of the server the handle cannot be calculated"


def test_a_name_has_neither_day_nor_time_nor_a_number_in_a_series():
    kinds = {column.name: column.type.python_type for column in PublicName.__table__.columns}
    assert not {date, datetime, int, float}.intersection(kinds.values())
    assert set(kinds) == {"slug", "id", "handle", "display_name", "state"}


def test_neither_the_order_of_the_rows_nor_of_the_page_is_that_in_which_people_came(app, runtime):
    came = list(give_names(runtime, 3 * BATCH).values())
    let_out(runtime)
    rows = [row["display_name"] for row in tables(runtime)["public_name"]]
    page = app.test_client().get(f"/{SLUG}/names").text
    shown = sorted(came, key=page.index)
    for order in (rows, shown):
        assert sorted(order) == sorted(came)
        # Of 59 neighbours about one comes right by chance; ten of them do so once in ten million lists.
        assert sum(came.index(b) - came.index(a) == 1 for a, b in pairwise(order)) < 10


def test_a_name_that_was_taken_out_stays_out_when_yesterdays_database_comes_back(app, runtime, tmp_path, campaign):
    given = give_names(runtime, BATCH + 3)
    let_out(runtime)
    backup = Backup(runtime, tmp_path)
    leaving = list(given)[:3]
    for row_id in leaving:
        token = link_to(runtime.database, row_id, LinkPurpose.MANAGE)
        assert Visitor(app).post(f"/m/{token}/name", {"take_out": "1"}).status_code == 303
    backup.restore()
    assert len(tables(runtime)["public_name"]) == BATCH + 3, "the backup has brought them back"
    assert "3 of them are in this database" in campaign("restore-check")
    campaign("restore-check", "--apply")
    names = {row["display_name"] for row in tables(runtime)["public_name"]}
    assert names == {name for row_id, name in given.items() if row_id not in leaving}
    assert len(tables(runtime)["signature"]) == BATCH + 3, "their signatures stay"
    assert "; 0 of them are in this database" in campaign("restore-check")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_byte_of_a_name_that_was_taken_out_is_left_in_the_files(app, runtime, tmp_path):
    given = give_names(runtime, 3)
    gone, staying, _other = given
    token = link_to(runtime.database, gone, LinkPurpose.MANAGE)
    assert Visitor(app).post(f"/m/{token}/name", {"take_out": "1"}).status_code == 303
    assert runtime.database.forget_deleted()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("campaign.db*"))
    assert given[gone].encode() not in content
    assert given[staying].encode() in content, "the scan would find what is there"


@pytest.mark.parametrize(("confirmed_there", "is_named"), [(1, False), (9, False), (10, False), (15, True), (48, True)])
def test_no_country_with_fewer_than_ten_is_named(app, runtime, confirmed_there, is_named):
    rows = [
        {"slug": SLUG, "day": DAY, "country": country, "state": State.CONFIRMED, "n": n}
        for country, n in (("KG", confirmed_there), ("DE", 600))
    ]
    with runtime.database.unit_of_work() as session:
        session.execute(insert(Total), rows)
    show(runtime)
    page, told = (app.test_client().get(f"/{SLUG}{path}") for path in ("/sent", "/sent.json"))
    assert ("Kyrgyzstan" in page.text) is is_named
    assert ("KG" in told.json["countries"]) is is_named
    assert "Germany" in page.text
    assert "Other countries" in page.text


def show(runtime) -> None:
    (job,) = [job for job in runtime.worker(beside_pages=False)._periodic._jobs if job.name == "show numbers"]
    job.run()
    runtime.forget()


def test_whatever_stops_counting_is_taken_off_the_list_by_itself(runtime):
    given = give_names(runtime, 2)
    struck, _stays = given
    with runtime.database.unit_of_work() as session:
        session.execute(Signature.__table__.update().where(Signature.id == struck).values(state=State.INVALIDATED))
    (task,) = [task for task in runtime.worker(beside_pages=False)._tasks if task.name == "names"]
    task.run()
    assert {row["display_name"] for row in tables(runtime)["public_name"]} == set(given.values()) - {given[struck]}


def test_when_an_appeal_is_over_its_list_is_deleted_with_the_signatures(app, runtime, clock, publish_changed):
    give_names(runtime, BATCH)
    let_out(runtime)
    publish_changed("time_zone =", "deadline = 2026-11-30\ntime_zone =")
    clock.advance(timedelta(days=60))
    runtime.retention.purge()
    assert len(tables(runtime)["public_name"]) == BATCH
    clock.advance(timedelta(days=60))
    assert "names in the public list" in runtime.retention.purge().text()
    assert tables(runtime)["public_name"] == []
    assert app.test_client().get(f"/{SLUG}/names").status_code == 404
