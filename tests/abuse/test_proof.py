"""Proof of work: what is right, what is not, and that each is good once."""

import base64
import json

import pytest
from altcha import Challenge, solve_challenge

from campaign.abuse import Proofs
from campaign.abuse import proof as proof_module
from campaign.abuse.proof import use_proof
from tests.abuse.solving import EASY, solved
from tests.naughty import NAUGHTY

PROOFS = Proofs(b"k" * 32, **EASY)


def changed(text, part, name, value):
    payload = json.loads(base64.b64decode(text))
    inner = payload["challenge"]["parameters"] if part == "parameters" else payload[part]
    inner[name] = value
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_who_did_the_work_has_a_proof_and_all_machines_accept_it():
    text = solved(PROOFS.challenge())
    assert PROOFS.check(text)
    assert Proofs(b"k" * 32, **EASY).check(text) == PROOFS.check(text)
    assert Proofs(b"other" * 8, **EASY).check(text) is None


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [("parameters", "expiresAt", 4_000_000_000), ("parameters", "cost", 1), ("parameters", "keyPrefix", ""),
     ("parameters", "keySignature", "00"), ("solution", "derivedKey", "00" * 32), ("challenge", "signature", "0" * 64),
     ("challenge", "signature", None)],
)  # fmt: skip
def test_a_proof_with_one_thing_changed_is_none(part, name, value):
    assert PROOFS.check(changed(solved(PROOFS.challenge()), part, name, value)) is None


def test_another_way_to_write_the_same_proof_is_the_same_proof():
    text = solved(PROOFS.challenge())
    spaced = base64.b64encode(json.dumps(json.loads(base64.b64decode(text)), indent=3).encode()).decode()
    counted = changed(text, "solution", "counter", 7)
    assert PROOFS.check(spaced) == PROOFS.check(counted) == PROOFS.check(text)


def test_an_old_challenge_is_answered_too_late(monkeypatch):
    monkeypatch.setattr(proof_module, "PROOF_SECONDS", -10)
    assert PROOFS.check(solved(PROOFS.challenge())) is None


def test_whatever_else_is_sent_is_no_proof():
    odd = ["null", "[]", "1", '{"challenge": 1, "solution": 2}', '{"challenge": {}}', "[" * 2000]
    for text in [*NAUGHTY, *(base64.b64encode(one.encode()).decode() for one in odd), "A" * 5000]:
        assert PROOFS.check(text) is None


def test_a_proof_is_good_once_for_all_processes(database):
    proof = PROOFS.check(solved(PROOFS.challenge()))
    with database.unit_of_work() as session:
        assert use_proof(session.connection(), proof)
    with database.unit_of_work() as session:
        assert not use_proof(session.connection(), proof)


def test_the_work_is_bounded_so_that_no_visitor_is_unlucky():
    numbers = [solve_challenge(Challenge.from_dict(PROOFS.challenge())).counter for _ in range(40)]
    assert min(numbers) >= 5
    assert max(numbers) <= 20
