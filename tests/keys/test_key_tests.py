"""A key made elsewhere is used when every file of its private half has opened, and not before."""

import json
from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from campaign.appeals.definition import Appeal
from campaign.core.database import Database
from campaign.core.errors import NotFoundError, RefusedError
from campaign.keys import (
    Cost,
    KeyFileError,
    KeyPair,
    OpenedKey,
    SealError,
    add_key,
    confirm_key,
    find_key,
    key_state,
    lock,
    lock_share,
    new_key_pair,
    new_test,
    newest_key,
    open_keys,
    open_test,
    read_public_file,
    seal,
    split,
    store_public_key,
    write_public_file,
)
from campaign.keys.key_tests import WORDS_OF_PROOF, unproven
from campaign.keys.locked_file import in_base64
from campaign.keys.tables import KeyCheck
from campaign.signatures import Signature, SigningKeys, older_keys, sign
from campaign.signatures.tables import Amendment
from tests.signatures.conftest import DAY
from tests.signatures.test_signing import People

SLUG = "ua-61-21"
NOON = datetime.combine(DAY, time(12), UTC)
CHEAP = Cost(memory_kib=64, iterations=1)


class _Organiser:
    """Somebody with a key at home, and a server to bring it to."""

    def __init__(self, database: Database, files: list[str]) -> None:
        self.database = database
        self.files = files
        self.key = read_public_file(write_public_file(files))

    def add(self) -> int:
        with self.database.unit_of_work() as session:
            return add_key(session, SLUG, self.key, DAY)

    def test(self) -> str:
        with self.database.unit_of_work() as session:
            return new_test(session, SLUG, older_keys(session, SLUG))

    def opened(self, *numbers: int) -> OpenedKey:
        return open_keys((self.files[number], "words") for number in numbers)[0]

    def proof(self, test: str, *numbers: int) -> str:
        one = self.opened(*numbers)
        return open_test(test, one.pair, one.copies).words

    def bring(self, words: str) -> Any:
        with self.database.unit_of_work() as session:
            return confirm_key(session, SLUG, words, DAY)

    def usable(self) -> int | None:
        with self.database.reading() as session:
            found = find_key(session, SLUG)
        return found.epoch if found else None


@pytest.fixture
def organiser(database: Database, pair: KeyPair) -> _Organiser:
    return _Organiser(database, [lock(pair, "words", CHEAP) for _ in range(2)])


def test_a_key_is_used_when_both_of_its_files_have_opened(organiser: _Organiser) -> None:
    assert organiser.add() == 1
    assert organiser.usable() is None
    test = organiser.test()
    state = organiser.bring(organiser.proof(test, 0))
    assert (len(state.opened), len(state.waiting)) == (1, 1)
    assert organiser.usable() is None
    assert organiser.bring(organiser.proof(test, 1)).waiting == ()
    assert organiser.usable() == 1


def test_the_same_file_twice_is_not_two_files(organiser: _Organiser) -> None:
    organiser.add()
    test = organiser.test()
    organiser.bring(organiser.proof(test, 0))
    with pytest.raises(RefusedError, match="do not belong"):
        organiser.bring(organiser.proof(test, 0))
    organiser.bring(organiser.proof(organiser.test(), 1))
    assert organiser.usable() == 1


def test_the_words_of_both_files_may_come_at_once_in_any_spelling(organiser: _Organiser) -> None:
    organiser.add()
    test = organiser.test()
    words = f"{organiser.proof(test, 0)}  {organiser.proof(test, 1)}".upper()
    assert organiser.bring(words).waiting == ()


def test_wrong_words_change_nothing(organiser: _Organiser) -> None:
    organiser.add()
    test = organiser.test()
    right = organiser.proof(test, 0)
    assert len(right.split()) == WORDS_OF_PROOF
    for wrong in ("", "zoom", "zoom zoom zoom", f"{right} zoom", f"{right} zoom zoom zoom", right.replace(" ", "")):
        with pytest.raises(RefusedError):
            organiser.bring(wrong)
    with organiser.database.reading() as session:
        assert len(key_state(session, SLUG).waiting) == 2


def test_a_new_test_voids_the_words_of_the_one_before(organiser: _Organiser) -> None:
    organiser.add()
    before = organiser.proof(organiser.test(), 0)
    organiser.test()
    with pytest.raises(RefusedError):
        organiser.bring(before)


def test_until_a_new_key_is_tried_out_the_old_one_stays_in_use(organiser: _Organiser) -> None:
    with organiser.database.unit_of_work() as session:
        store_public_key(session, SLUG, new_key_pair().public, DAY)
    assert organiser.add() == 2
    assert organiser.usable() == 1
    with organiser.database.reading() as session:
        newest = newest_key(session, SLUG)
        assert newest is not None
        assert newest.epoch == 2
    test = organiser.test()
    organiser.bring(f"{organiser.proof(test, 0)} {organiser.proof(test, 1)}")
    assert organiser.usable() == 2


def test_a_key_in_use_can_be_tested_again_and_stays_in_use(organiser: _Organiser) -> None:
    organiser.add()
    test = organiser.test()
    organiser.bring(f"{organiser.proof(test, 0)} {organiser.proof(test, 1)}")
    again = organiser.test()
    assert organiser.usable() == 1
    assert organiser.bring(organiser.proof(again, 1)).waiting == ()


def test_a_key_for_two_people_is_used_when_all_four_files_have_opened(database: Database, pair: KeyPair) -> None:
    files = [lock_share(share, "words", CHEAP) for share in split(pair, 2) for _ in range(2)]
    organiser = _Organiser(database, files)
    organiser.add()
    test = organiser.test()
    assert len(organiser.bring(organiser.proof(test, 0, 2)).waiting) == 2
    assert organiser.usable() is None
    assert organiser.bring(organiser.proof(test, 1, 3)).waiting == ()
    assert organiser.usable() == 1


def test_of_three_holders_each_must_have_opened_once(database: Database, pair: KeyPair) -> None:
    organiser = _Organiser(database, [lock_share(share, "words", CHEAP) for share in split(pair, 3)])
    organiser.add()
    test = organiser.test()
    organiser.bring(organiser.proof(test, 0, 1))
    assert organiser.usable() is None
    words = organiser.proof(test, 0, 2).split()
    third = " ".join(words[WORDS_OF_PROOF:])
    assert organiser.bring(third).waiting == ()


@pytest.fixture
def rotated(organiser: _Organiser, keys: SigningKeys, appeal: Appeal, people: People) -> tuple[_Organiser, _Organiser]:
    """Two keys of an appeal that are in use: somebody has signed with each."""
    pair = new_key_pair()
    second = _Organiser(organiser.database, [lock(pair, "words", CHEAP) for _ in range(2)])
    for number, one in enumerate((organiser, second)):
        one.add()
        test = one.test()
        one.bring(f"{one.proof(test, 0)} {one.proof(test, 1)}")
        with one.database.unit_of_work() as session:
            sign(session, keys, appeal, 1, NOON, people(f"{number}@example.org"))
    return organiser, second


def test_a_key_from_before_is_tried_out_too_while_signatures_need_it(rotated: tuple[_Organiser, _Organiser]) -> None:
    before, now = rotated
    test = now.test()
    with now.database.reading() as session:
        assert [epoch for epoch, _copy in unproven(session, SLUG)] == [1, 1, 2, 2]
    now.bring(f"{before.proof(test, 0)} {now.proof(test, 1)}")
    now.bring(before.proof(test, 1))
    with now.database.reading() as session:
        assert [epoch for epoch, _copy in unproven(session, SLUG)] == [2]
    now.bring(now.proof(test, 0))
    assert now.usable() == 2


def test_a_key_that_nothing_stored_needs_any_more_is_not_asked_for(rotated: tuple[_Organiser, _Organiser]) -> None:
    before, now = rotated
    with now.database.unit_of_work() as session:
        session.execute(delete(Signature).where(Signature.key_epoch == 1))
    with pytest.raises(RefusedError, match="another key"):
        before.proof(now.test(), 0)
    with now.database.unit_of_work() as session:
        row = {"slug": SLUG, "signature_id": bytes(16), "n": 1, "key_epoch": 1, "sealed": b"x", "mac": b"x"}
        session.execute(insert(Amendment), [row])
    assert before.proof(now.test(), 0), "consents that were changed are sealed to it as well"


def test_a_test_from_before_there_were_several_in_one_still_opens(organiser: _Organiser) -> None:
    organiser.add()
    early = json.loads(organiser.test())
    assert early.pop("older") == []
    organiser.bring(organiser.proof(json.dumps(early), 0))


def test_the_same_key_is_not_added_twice(organiser: _Organiser) -> None:
    organiser.add()
    with pytest.raises(RefusedError, match="already"):
        organiser.add()


def test_the_server_keeps_only_a_hash_of_the_words(organiser: _Organiser) -> None:
    organiser.add()
    words = organiser.proof(organiser.test(), 0).encode()
    with organiser.database.reading() as session:
        kept = list(session.scalars(select(KeyCheck.proof)))
    assert all(proof is not None and len(proof) == 32 for proof in kept)
    pieces = {words[start : start + 8] for start in range(len(words) - 7)}  # a short word may come about by chance
    assert not any(piece in proof for piece in pieces for proof in kept if proof)


def test_the_test_of_another_key_is_refused(organiser: _Organiser) -> None:
    organiser.add()
    with pytest.raises(RefusedError, match="another key"):
        open_test(organiser.test(), new_key_pair(), ())


def test_a_test_moved_to_another_appeal_does_not_open(organiser: _Organiser) -> None:
    organiser.add()
    moved = json.dumps(json.loads(organiser.test()) | {"appeal": "ua-99-26"})
    with pytest.raises(SealError):
        open_test(moved, organiser.opened(0).pair, ())


def test_a_sealed_signature_does_not_pass_for_a_test(organiser: _Organiser) -> None:
    organiser.add()
    sealed = seal(organiser.key.public, SLUG, bytes(16), 1, {"secret": "00" * 32})
    with pytest.raises(SealError):
        open_test(
            json.dumps(json.loads(organiser.test()) | {"sealed": in_base64(sealed)}), organiser.opened(0).pair, ()
        )


@pytest.mark.parametrize(
    "changes",
    [{"format": "x"}, {"version": 2}, {"sealed": "%"}, {"epoch": "1"}, {"appeal": 7}, {"appeal": "\x1b[2J"},
     {"older": 5}, {"older": None}, {"older": ["x"]}, {"older": [{}]}],
    ids=str,
)  # fmt: skip
def test_a_damaged_test_is_refused(organiser: _Organiser, changes: dict[str, Any]) -> None:
    organiser.add()
    with pytest.raises(KeyFileError):
        open_test(json.dumps(json.loads(organiser.test()) | changes), organiser.opened(0).pair, ())


def test_an_appeal_without_a_key_says_what_to_do(database: Database) -> None:
    with database.unit_of_work() as session, pytest.raises(NotFoundError, match="keys new"):
        new_test(session, SLUG, older_keys(session, SLUG))
