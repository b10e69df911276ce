"""How signatures come in: what is noticed refuses nobody, and what proof of work is asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.abuse import CrowdedError, DomainLists, Gate, ProofNeededError, Proofs, Salts, Verdict, read_limits
from campaign.signatures import Arrival, Doorkeeper, Flag, House, crowded_countries
from campaign.signatures.tables import State, Total
from tests.abuse.solving import EASY, solved
from tests.conftest import NOW

PLAIN = Arrival("203.0.113.7", "aygul@example.org", "CA", seconds=40)
NAMELESS = replace(PLAIN, email="")
HOUSE = House(asks=True)
LISTS = DomainLists(b"lists" * 8)
PROOFS = Proofs(b"proof" * 8, **EASY)


class Door:
    """A doorkeeper and the database behind: five a minute, eight an hour."""

    def __init__(self, database, folder):
        self.database, self.gate = database, Gate()
        self.keeper = Doorkeeper(self.gate, Salts(folder), PROOFS, LISTS, read_limits("sign", "5/minute;8/hour"))

    def let_in(self, arrival=PLAIN, house=HOUSE, now=NOW):
        entry = self.keeper.look(arrival, house, now)
        with self.database.unit_of_work() as session:
            (error,) = self.gate.admit(session.connection(), [entry.ticket])
        if error:
            raise error
        return entry


@pytest.fixture
def door(database, tmp_path):
    return Door(database, tmp_path / "run")


def proof():
    return solved(PROOFS.challenge())


def test_five_a_minute_and_eight_an_hour_come_in_just_so(door):
    for number in range(5):
        assert door.let_in(replace(PLAIN, address=f"203.0.113.{number}")).flags is Flag.NONE
    with pytest.raises(ProofNeededError):
        door.let_in()
    later = NOW + timedelta(minutes=1)
    for _ in range(3):
        door.let_in(now=later)
    with pytest.raises(ProofNeededError):
        door.let_in(now=later + timedelta(minutes=1))
    door.let_in(now=NOW + timedelta(hours=1))


def test_who_lives_elsewhere_is_not_concerned(door):
    for _ in range(5):
        door.let_in()
    door.let_in(replace(PLAIN, address="203.0.114.7"))
    door.let_in(replace(PLAIN, address="2001:db8::7"))


def test_with_proof_of_work_any_number_comes_in_and_is_looked_at_twice(door):
    for _ in range(5):
        door.let_in()
    for _ in range(3):
        assert door.let_in(replace(PLAIN, proof=proof())).flags is Flag.BURST


def test_a_proof_is_good_for_one_signature(door):
    used = replace(PLAIN, proof=proof())
    door.let_in(used)
    with pytest.raises(ProofNeededError):
        door.let_in(used)


def test_several_at_once_count_as_many_and_one_proof_lets_one_in(door):
    tickets = [door.keeper.look(PLAIN, HOUSE, NOW).ticket for _ in range(7)]
    same = proof()
    tickets += [door.keeper.look(replace(NAMELESS, proof=same), HOUSE, NOW).ticket for _ in range(2)]
    with door.database.unit_of_work() as session:
        answers = door.gate.admit(session.connection(), tickets)
    assert [answer is None for answer in answers] == [True] * 5 + [False] * 2 + [True, False]


def test_what_was_rolled_back_has_used_nothing_up(door):
    entry = door.keeper.look(replace(NAMELESS, proof=proof()), HOUSE, NOW)
    with door.database.reading() as session:
        assert door.gate.admit(session.connection(), [entry.ticket]) == [None]
    with door.database.unit_of_work() as session:
        assert door.gate.admit(session.connection(), [entry.ticket]) == [None]


@pytest.mark.parametrize(("arrival", "house"), [(NAMELESS, HOUSE), (PLAIN, House(asks=True, forced=True))])
def test_without_an_address_and_where_it_is_switched_on_the_first_one_needs_proof(door, arrival, house):
    with pytest.raises(ProofNeededError):
        door.let_in(arrival, house)
    with pytest.raises(ProofNeededError):
        door.let_in(replace(arrival, proof="A" * 100), house)
    assert not door.let_in(replace(arrival, proof=proof()), house).held


@pytest.mark.parametrize(
    ("arrival", "asks", "held"), [(PLAIN, True, False), (PLAIN, False, True), (NAMELESS, True, True)]
)
def test_a_browser_without_scripts_comes_in_and_waits_for_a_look_where_nobody_can_be_asked(door, arrival, asks, held):
    house = House(asks=asks, forced=True)
    entry = door.let_in(replace(arrival, scripts=False), house)
    assert entry.held is held
    assert (Flag.HELD in entry.flags) is held


WITHOUT = replace(PLAIN, scripts=False)


def test_over_every_limit_who_can_be_asked_by_mail_comes_in_without_scripts(door):
    for number in range(70):
        entry = door.let_in(WITHOUT) if number < 5 else come_again(door, WITHOUT)
        assert not entry.held
        assert (Flag.BURST in entry.flags) is (number >= 5)


def come_again(door, arrival, house=HOUSE):
    """Come as the form does: when the limit is found to be full only while storing, once more."""
    try:
        return door.let_in(arrival, house)
    except ProofNeededError:
        return door.let_in(arrival, house)


@pytest.mark.parametrize(("arrival", "house"), [(replace(WITHOUT, email=""), HOUSE), (WITHOUT, House(asks=False))])
def test_those_that_wait_for_a_look_are_limited_and_refused_only_beyond(door, arrival, house):
    for number in range(50):
        entry = come_again(door, arrival, house)
        assert entry.held or (number < 5 and arrival.email)
    for _ in range(5 if arrival.email else 0):  # the first five came in just so
        come_again(door, arrival, house)
    with pytest.raises(CrowdedError):
        come_again(door, arrival, house)
    with pytest.raises(CrowdedError):
        come_again(Door(door.database, door.keeper._salts._folder), arrival, house)
    come_again(door, replace(WITHOUT, email="other@example.org"))
    door.let_in(replace(arrival, scripts=True, proof=proof()), house)


def line(number):
    return f"fc00:dead:beef:4dad::{number:x}"


def test_one_line_of_the_onion_service_uses_up_nobody_else_s_limit(door):
    nameless = replace(WITHOUT, email="")
    for _ in range(50):
        door.let_in(replace(nameless, address=line(1)))
    with pytest.raises(CrowdedError):
        door.let_in(replace(nameless, address=line(1)))
    assert door.let_in(replace(nameless, address=line(2))).held
    for _ in range(5):
        assert door.let_in(replace(PLAIN, address=line(3))).flags is Flag.NONE
    with pytest.raises(ProofNeededError):
        door.let_in(replace(PLAIN, address=line(3)))
    assert door.let_in(replace(PLAIN, address=line(4))).flags is Flag.NONE


def test_all_lines_of_the_onion_service_together_may_do_ten_times_what_one_may(door):
    for number in range(50):  # five a minute, times ten
        assert door.let_in(replace(PLAIN, address=line(number))).flags is Flag.NONE
    with pytest.raises(ProofNeededError):
        door.let_in(replace(PLAIN, address=line(100)))
    assert door.let_in(replace(PLAIN, address=line(101), proof=proof())).flags is Flag.BURST
    assert not door.let_in(replace(WITHOUT, address=line(102))).held
    door.let_in()  # and who comes another way is not concerned
    nameless = replace(WITHOUT, email="")
    for number in range(500):
        door.let_in(replace(nameless, address=line(1000 + number)))
    with pytest.raises(CrowdedError):
        door.let_in(replace(nameless, address=line(9999)))
    door.let_in(nameless)


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"trapped": True}, Flag.HONEYPOT),
        ({"seconds": 2.9}, Flag.FAST),
        ({"seconds": 3}, Flag.NONE),
        ({"seconds": None}, Flag.NONE),
        ({"seconds": 12 * 3600}, Flag.NONE),
        ({"email": "x@mailinator.com"}, Flag.DISPOSABLE),
        ({"email": "x@sub.blocked.example"}, Flag.BLOCKED),
        ({"email": "x@allowed.mailinator.com"}, Flag.NONE),
        ({"country": "VA"}, Flag.UNLIKELY_COUNTRY),
    ],
)
def test_what_is_noticed_is_noted_and_refuses_nobody(door, change, flag):
    rules = {LISTS.hash("blocked.example"): Verdict.BLOCK, LISTS.hash("allowed.mailinator.com"): Verdict.ALLOW}
    entry = door.let_in(replace(PLAIN, **change), House(asks=True, rules=rules, crowded={"VA"}))
    assert entry.flags is flag
    assert not entry.held


def test_a_blocked_domain_waits_for_a_look_where_no_mail_is_sent(door):
    rules = {LISTS.hash("blocked.example"): Verdict.BLOCK}
    entry = door.let_in(replace(PLAIN, email="x@blocked.example"), House(asks=False, rules=rules))
    assert entry.held
    assert entry.flags == Flag.BLOCKED | Flag.HELD


@pytest.mark.parametrize(("domain", "burst"), [("small.example", True), ("gmail.com", False)])
def test_a_hundred_an_hour_from_a_small_mail_domain_are_a_burst(door, domain, burst):
    for number in range(101):
        flags = door.let_in(Arrival(f"203.0.{number}.1", f"x{number}@{domain}", "CA", seconds=40)).flags
        assert number < 100 or (Flag.BURST in flags) is burst


def test_more_signatures_than_the_vatican_has_people_for_are_unlikely(database):
    with database.unit_of_work() as session:
        for country, n in (("VA", 5), ("SM", 339), ("LI", 5000), ("CA", 90_000)):
            session.add(Total(slug="a", day=NOW.date(), country=country, state=State.CONFIRMED, n=n))
        session.add(Total(slug="a", day=NOW.date(), country="MC", state=State.INVALIDATED, n=9000))
    with database.reading() as session:
        assert crowded_countries(session, "a") == {"VA", "LI"}
        assert crowded_countries(session, "b") == frozenset()


def test_an_arrival_shows_nothing_of_anybody():
    shown = repr(replace(PLAIN, proof="abc"))
    assert not [word for word in ("203", "aygul", "CA", "abc") if word in shown]
