"""Resealed signatures take the place of those sealed to the old key; nothing else of them changes, and none is lost."""

import io

import pytest
from sqlalchemy import delete, select

from campaign.core.errors import RefusedError
from campaign.exports import Bundle, Purpose, PutBack, check_origin, put_back, reseal_bundle
from campaign.exports.bundle_format import BundleHead
from campaign.keys import CurrentKey, KeyPair, fingerprint, new_key_pair, store_public_key
from campaign.signatures import Amendment, Consents, Signature, State, change_consents
from campaign.signatures.erasing import erase_signature
from tests.exports.conftest import DAY, KEYS, SLUG, Campaign, opened


@pytest.fixture
def newer(campaign: Campaign) -> KeyPair:
    """Let three people sign and one of them change their mind; then the appeal gets another key."""
    for name in ("Stays", "Changed", "Goes"):
        campaign.sign(name, handover=True)
    campaign.change("Changed", 1, handover=True)
    campaign.change("Changed", 2, handover=False)
    pair = new_key_pair()
    with campaign.database.unit_of_work() as session:
        store_public_key(session, SLUG, pair.public, DAY)
    return pair


def _resealed(campaign: Campaign, newer: KeyPair) -> Bundle:
    out = io.BytesIO()
    reseal_bundle(Bundle(io.BytesIO(campaign.bundle())), [campaign.pair], newer.public, out)
    out.seek(0)
    return Bundle(out)


def _put(campaign: Campaign, bundle: Bundle) -> PutBack:
    done = PutBack()
    with campaign.database.unit_of_work() as session:
        check_origin(session, bundle.head)
        put_back(session, bundle.rows(), KEYS.row_key, done)
    return done


def test_afterwards_the_new_key_opens_everything_and_the_old_one_nothing(campaign: Campaign, newer: KeyPair) -> None:
    before = campaign.export(Purpose.FULL).rows
    assert _put(campaign, _resealed(campaign, newer)) == PutBack(replaced=3)
    after = opened(campaign.bundle(), Purpose.FULL, newer)
    assert (after.rows, after.report.left_out) == (before, [])
    assert opened(campaign.bundle(), Purpose.FULL, campaign.pair).rows == []


def test_nothing_that_the_old_key_opens_is_left_in_the_database(campaign: Campaign, newer: KeyPair) -> None:
    _put(campaign, _resealed(campaign, newer))
    with campaign.database.reading() as session:
        assert set(session.scalars(select(Signature.key_epoch))) == {2}
        assert [(row.n, row.key_epoch) for row in session.scalars(select(Amendment))] == [(2, 2)]


def test_doing_it_twice_changes_nothing(campaign: Campaign, newer: KeyPair) -> None:
    resealed = _resealed(campaign, newer)
    rows = list(resealed.rows())
    for expected in (PutBack(replaced=3), PutBack(unchanged=3)):
        done = PutBack()
        with campaign.database.unit_of_work() as session:
            put_back(session, rows, KEYS.row_key, done)
        assert done == expected


def test_who_was_erased_or_changed_their_mind_meanwhile_is_left_as_they_are(campaign: Campaign, newer: KeyPair) -> None:
    resealed = _resealed(campaign, newer)
    ids = {row["name"]: bytes.fromhex(row["id"]) for row in campaign.export(Purpose.FULL).rows}
    with campaign.database.unit_of_work() as session:
        assert erase_signature(session, SLUG, ids["Goes"])
    campaign.change("Changed", 3, handover=True)
    assert _put(campaign, resealed) == PutBack(replaced=1, not_taken=2)
    found = opened(campaign.bundle(), Purpose.FULL, campaign.pair, newer)
    assert {row["name"]: row["consent to hand over"] for row in found.rows} == {"Stays": "yes", "Changed": "yes"}


def test_a_row_forged_in_the_database_is_not_made_genuine(campaign: Campaign, newer: KeyPair) -> None:
    resealed = _resealed(campaign, newer)
    with campaign.database.unit_of_work() as session:
        for row in session.scalars(select(Signature)):
            row.state = State.UNVERIFIED
    assert _put(campaign, resealed) == PutBack(not_taken=3)
    assert opened(campaign.bundle(), Purpose.COUNT).rows == []


def test_the_bundle_of_another_server_is_refused(campaign: Campaign, newer: KeyPair) -> None:
    foreign = {1: fingerprint(new_key_pair().public).hex()}
    with campaign.database.reading() as session:
        for head in (BundleHead(SLUG, DAY, foreign, []), BundleHead("ua-99-26", DAY, {}, [])):
            with pytest.raises(RefusedError, match="not made here"):
                check_origin(session, head)


def test_older_consents_are_not_put_back_where_the_newer_ones_were_deleted(campaign: Campaign, newer: KeyPair) -> None:
    resealed = _resealed(campaign, newer)
    ids = {row["name"]: bytes.fromhex(row["id"]) for row in campaign.export(Purpose.FULL).rows}
    key = CurrentKey(1, campaign.pair.public)
    with campaign.database.unit_of_work() as session:
        assert change_consents(session, KEYS.row_key, key, SLUG, ids["Stays"], Consents("2026-11", count=True))
        session.execute(delete(Amendment).where(Amendment.signature_id == ids["Stays"]))
    assert _put(campaign, resealed) == PutBack(replaced=2, not_taken=1)
