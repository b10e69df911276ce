"""Each purpose takes out exactly what it is for, and rows that do not check are named and left out."""

import tracemalloc
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from campaign.core.errors import RefusedError
from campaign.exports import Problem, Purpose, text_cell
from campaign.keys import new_key_pair, seal, store_public_key
from campaign.signatures import Consents, Signature, SignatureRecord, State, sign
from campaign.signatures.blind import row_mac
from tests.exports.conftest import APPEAL, DAY, KEYS, NOON, SLUG, Campaign, opened
from tests.signatures.test_signing import SCRIPTS


def _change(campaign: Campaign, **values: Any) -> None:
    """Change every row behind the server's back."""
    with campaign.database.unit_of_work() as session:
        session.execute(update(Signature).values(**values))


def _set_state(campaign: Campaign, name: str, state: State) -> None:
    """Change a state as the server would, with a fresh MAC."""
    address_index = {row["name"]: row["id"] for row in campaign.export(Purpose.FULL).rows}
    with campaign.database.unit_of_work() as session:
        row = session.get_one(Signature, (SLUG, bytes.fromhex(address_index[name])))
        row.state = state
        columns = {column.key: getattr(row, column.key) for column in Signature.__table__.columns}
        row.mac = row_mac(KEYS.row_key, columns)


def test_a_full_export_has_everything_that_was_signed(campaign: Campaign) -> None:
    campaign.sign("Aygül Qadir", "aygul@example.org", handover=True)
    exported = campaign.export(Purpose.FULL)
    (row,) = exported.rows
    assert bytes.fromhex(row.pop("id"))
    assert row == {
        "day": "2026-11-21",
        "state": "confirmed",
        "edition": "1",
        "name": "Aygül Qadir",
        "email": "aygul@example.org",
        "country": "CA",
        "city": "Ottawa",
        "language": "en",
        "consent to count": "yes",
        "consent to show": "no",
        "consent to hand over": "yes",
        "consent text": "2026-11",
    }
    assert (exported.report.rows, exported.report.left_out) == (1, [])


def test_a_handover_has_only_who_agreed_to_it_and_only_name_and_country(campaign: Campaign) -> None:
    campaign.sign("Agreed", handover=True, country="FR")
    campaign.sign("Did not agree", handover=False)
    exported = campaign.export(Purpose.HANDOVER)
    assert exported.rows == [{"name": "Agreed", "country": "FR"}]
    for secret in (b"Did not", b"@example.org", b"Ottawa", b"2026"):
        assert secret not in exported.content


def test_a_handover_leaves_out_who_signed_without_a_name(campaign: Campaign) -> None:
    campaign.sign("", "nameless@example.org", handover=True)
    assert campaign.export(Purpose.HANDOVER).rows == []


@pytest.mark.parametrize("way", ["on the server", "from a bundle"])
def test_a_handover_has_only_confirmed_people_unless_the_others_are_asked_for(campaign: Campaign, way: str) -> None:
    campaign.sign("Confirmed", handover=True)
    campaign.sign("Nobody asked", handover=True, state=State.UNVERIFIED)
    campaign.sign("Nobody asked either", state=State.UNVERIFIED)
    campaign.sign("Has not answered", handover=True, state=State.PENDING)

    def handed_over(*, with_unverified: bool) -> tuple[set[str], int]:
        if way == "on the server":
            found = campaign.export(Purpose.HANDOVER, with_unverified=with_unverified)
        else:
            found = opened(campaign.bundle(), Purpose.HANDOVER, campaign.pair, with_unverified=with_unverified)
        assert found.report.rows == len(found.rows)
        return {row["name"] for row in found.rows}, found.report.unverified

    assert handed_over(with_unverified=False) == ({"Confirmed"}, 1)
    assert handed_over(with_unverified=True) == ({"Confirmed", "Nobody asked"}, 1)


def test_people_without_an_address_are_in_no_list_to_write_to(campaign: Campaign) -> None:
    campaign.sign("Reachable")
    record = SignatureRecord("Nobody knows where", "", "CA", "en", Consents("2026-11", count=True))
    with campaign.database.unit_of_work() as session:
        sign(session, KEYS, APPEAL, 1, NOON, record)
    assert [row["name"] for row in campaign.export(Purpose.CONTACT).rows] == ["Reachable"]


def test_a_handover_is_shuffled_every_time(campaign: Campaign) -> None:
    for number in range(30):
        campaign.sign(f"Signer {number:02}", handover=True)
    orders = {tuple(row["name"] for row in campaign.export(Purpose.HANDOVER).rows) for _ in range(4)}
    assert len(orders) == 4
    assert len({frozenset(order) for order in orders}) == 1


@pytest.mark.parametrize("purpose", [Purpose.HANDOVER, Purpose.CONTACT])
@pytest.mark.parametrize("state", [State.INVALIDATED])
def test_who_took_it_back_or_was_struck_out_is_neither_handed_over_nor_written_to(
    campaign: Campaign, purpose: Purpose, state: State
) -> None:
    campaign.sign("Stays", handover=True)
    campaign.sign("Went", handover=True)
    _set_state(campaign, "Went", state)
    assert [row["name"] for row in campaign.export(purpose).rows] == ["Stays"]
    assert campaign.export(purpose).report.left_out == []
    assert {row["state"] for row in campaign.export(Purpose.FULL).rows} == {"confirmed", state}


def test_a_contact_export_has_name_address_and_language(campaign: Campaign) -> None:
    campaign.sign("Aygül", "aygul@example.org")
    assert campaign.export(Purpose.CONTACT).rows == [{"name": "Aygül", "email": "aygul@example.org", "language": "en"}]


def test_a_count_needs_no_key_and_names_nobody(campaign: Campaign) -> None:
    for number in range(3):
        campaign.sign(f"Marker {number}", country="CA" if number else "FR")
    campaign.sign("Marker later", days=1)
    exported = campaign.export(Purpose.COUNT, without_key=True)
    assert exported.rows == [
        {"day": "2026-11-21", "country": "CA", "state": "confirmed", "signatures": "2"},
        {"day": "2026-11-21", "country": "FR", "state": "confirmed", "signatures": "1"},
        {"day": "2026-11-22", "country": "CA", "state": "confirmed", "signatures": "1"},
    ]
    assert b"Marker" not in exported.content


@pytest.mark.parametrize("purpose", [Purpose.FULL, Purpose.HANDOVER, Purpose.CONTACT])
def test_names_need_the_key(campaign: Campaign, purpose: Purpose) -> None:
    with pytest.raises(RefusedError, match="key file"):
        campaign.export(purpose, without_key=True)


def test_the_key_of_another_appeal_is_refused_with_its_fingerprint(campaign: Campaign) -> None:
    with pytest.raises(RefusedError, match="fingerprint"):
        campaign.export(Purpose.FULL, new_key_pair().private)


def test_a_state_changed_in_the_database_is_left_out_and_reported(campaign: Campaign) -> None:
    campaign.sign("Aygül", handover=True)
    row_id = campaign.export(Purpose.FULL).rows[0]["id"]
    _change(campaign, state=State.UNVERIFIED)
    for purpose in Purpose:
        exported = campaign.export(purpose)
        assert exported.rows == []
        assert [(one.id, one.problem) for one in exported.report.left_out] == [(row_id, Problem.NOT_GENUINE)]


def test_a_row_forged_with_the_public_key_is_not_counted(campaign: Campaign) -> None:
    campaign.sign("Genuine")
    record = {"name": "Forged", "email": "f@x.org", "country": "CA", "locale": "en", "consents": {"version": "1"}}
    forged = {
        "slug": SLUG, "id": bytes(16), "edition": 1, "key_epoch": 1, "state": State.CONFIRMED, "day": DAY,
        "country": "CA", "blind_index": bytes(32), "mac": bytes(32), "address_index": bytes(32),
        "sealed": seal(campaign.pair.public, SLUG, bytes(16), 1, record),
    }  # fmt: skip
    with campaign.database.unit_of_work() as session:
        session.execute(insert(Signature), forged)
    assert [row["signatures"] for row in campaign.export(Purpose.COUNT).rows] == ["1"]
    exported = campaign.export(Purpose.FULL)
    assert [row["name"] for row in exported.rows] == ["Genuine"]
    assert [one.id for one in exported.report.left_out] == ["00" * 16]


def test_a_genuine_row_whose_seal_does_not_open_is_left_out_and_reported(campaign: Campaign) -> None:
    campaign.sign("Aygül")
    campaign.sign("Broken")
    broken = next(row["id"] for row in campaign.export(Purpose.FULL).rows if row["name"] == "Broken")
    with campaign.database.unit_of_work() as session:
        row = session.get_one(Signature, (SLUG, bytes.fromhex(broken)))
        row.sealed = seal(campaign.pair.public, SLUG, row.id, 1, {"not": "a signature"})
        row.mac = row_mac(KEYS.row_key, {c.key: getattr(row, c.key) for c in Signature.__table__.columns})
    exported = campaign.export(Purpose.FULL)
    assert [row["name"] for row in exported.rows] == ["Aygül"]
    assert [(one.id, one.problem) for one in exported.report.left_out] == [(broken, Problem.DOES_NOT_OPEN)]


def test_after_a_change_of_keys_each_key_opens_its_own_rows_and_says_what_is_missing(campaign: Campaign) -> None:
    campaign.sign("Before")
    newer = new_key_pair()
    with campaign.database.unit_of_work() as session:
        assert store_public_key(session, SLUG, newer.public, DAY) == 2
    campaign.sign("After")
    old, new = campaign.export(Purpose.FULL), campaign.export(Purpose.FULL, newer.private)
    assert ([row["name"] for row in old.rows], [row["name"] for row in new.rows]) == (["Before"], ["After"])
    assert [one.problem for one in (*old.report.left_out, *new.report.left_out)] == [Problem.OTHER_KEY] * 2


def test_names_in_many_scripts_and_formulas_come_out_as_text(campaign: Campaign) -> None:
    typed = [*SCRIPTS.values(), "=cmd()", "((name))", "{{7*7}}", "<script>", '"; DROP TABLE signature;--']
    for name in typed:
        campaign.sign(name, f"{typed.index(name)}@example.org")
    names = {row["name"] for row in campaign.export(Purpose.FULL).rows}
    assert names >= {*SCRIPTS.values(), "'=cmd()", "((name))", "{{7*7}}", "<script>"}
    assert names == {text_cell(name) for name in typed}


def test_the_rows_come_in_the_order_of_their_random_ids_and_not_of_arrival(campaign: Campaign) -> None:
    for number in range(20):
        campaign.sign(f"Signer {number:02}")
    ids = [row["id"] for row in campaign.export(Purpose.FULL).rows]
    assert ids == sorted(ids)


def test_signatures_of_other_appeals_are_not_in_it(campaign: Campaign) -> None:
    campaign.sign("Ours")
    with campaign.database.unit_of_work() as session:
        row = session.scalars(select(Signature)).one()
        values = {column.key: getattr(row, column.key) for column in Signature.__table__.columns}
        session.execute(insert(Signature), values | {"slug": "ua-99-26"})
    exported = campaign.export(Purpose.FULL)
    assert len(exported.rows) == 1
    assert exported.report.left_out == []


def test_an_export_of_many_rows_needs_no_more_memory_than_one_of_few(campaign: Campaign) -> None:
    peaks = []
    for more in (600, 2400):
        with campaign.database.unit_of_work() as session:
            for number in range(more):
                row = {
                    "slug": SLUG, "id": more.to_bytes(2) + number.to_bytes(14), "edition": 1, "key_epoch": 1,
                    "state": State.PENDING, "day": DAY, "country": "CA", "flags": 0, "address_index": bytes(32),
                    "blind_index": more.to_bytes(2) + number.to_bytes(30), "sealed": bytes(1600),
                }  # fmt: skip
                session.execute(insert(Signature), row | {"mac": row_mac(KEYS.row_key, row)})
        tracemalloc.start()
        assert campaign.export(Purpose.COUNT).report.left_out == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
