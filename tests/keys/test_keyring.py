"""An appeal's newest public key is the one that signatures are sealed to; older ones keep their epochs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaign.core.database import Database
from campaign.core.errors import CampaignError, UnavailableError
from campaign.keys import (
    KeyPair,
    SealError,
    SealingKey,
    current_key,
    find_key,
    fingerprint,
    new_key_pair,
    shown_fingerprint,
    store_public_key,
)
from tests.signatures.conftest import DAY

SLUG = "ua-61-21"


def _store(database: Database, public: bytes, slug: str = SLUG) -> int:
    with database.unit_of_work() as session:
        return store_public_key(session, slug, public, DAY)


def test_an_appeal_without_a_key_says_so(database: Database) -> None:
    with database.reading() as session:
        assert find_key(session, SLUG) is None
        with pytest.raises(UnavailableError, match="Nobody can sign ua-61-21 yet"):
            current_key(session, SLUG)


def test_each_new_key_begins_an_epoch_and_becomes_the_current_one(database: Database) -> None:
    first, second = new_key_pair().public, new_key_pair().public
    assert _store(database, first) == 1
    assert _store(database, second) == 2
    with database.reading() as session:
        assert current_key(session, SLUG) == (2, second)


def test_storing_the_key_in_use_again_changes_nothing(database: Database, pair: KeyPair) -> None:
    assert [_store(database, pair.public) for _ in range(3)] == [1, 1, 1]


def test_appeals_count_their_epochs_apart(database: Database, pair: KeyPair) -> None:
    assert _store(database, pair.public) == _store(database, pair.public, "ua-99-26") == 1


def test_what_is_not_a_key_is_not_stored(database: Database) -> None:
    with pytest.raises(SealError):
        _store(database, b"\xff" * 1216)
    with database.reading() as session:
        assert find_key(session, SLUG) is None


def test_nodes_that_store_keys_at_the_same_moment_never_share_an_epoch(database: Database) -> None:
    start = threading.Barrier(6)

    def store(_number: int) -> int | None:
        public = new_key_pair().public
        start.wait()
        try:
            return _store(database, public)
        except CampaignError:
            return None

    with ThreadPoolExecutor(6) as pool:
        stored = [epoch for epoch in pool.map(store, range(6)) if epoch is not None]
    assert sorted(stored) == list(range(1, len(stored) + 1))
    assert stored


def test_the_fingerprint_is_stored_and_shown_in_groups_of_four(database: Database, pair: KeyPair) -> None:
    _store(database, pair.public)
    with database.reading() as session:
        assert session.get_one(SealingKey, (SLUG, 1)).fingerprint == fingerprint(pair.public)
    shown = shown_fingerprint(pair.public)
    assert [len(group) for group in shown.split(" ")] == [4] * 16
    assert shown.replace(" ", "") == fingerprint(pair.public).hex()
