"""Promise: nobody can watch one person sign, write or withdraw by watching the numbers of a page."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from campaign.signatures import State
from campaign.signatures.showing import APART, FIRST_STEP, Step, next_step, step_below
from campaign.signatures.tables import Signature
from tests.visitor import SLUG, Visitor

# One event between two looks at the real number: somebody comes, somebody goes, or a night in which many do.
EVENTS = st.lists(st.one_of(st.sampled_from([1, -1]), st.integers(-40, 400)), max_size=120)
STARTS = st.one_of(st.integers(0, 120), st.integers(0, 2_000_000))


@given(start=STARTS, events=EVENTS)
def test_between_two_different_numbers_at_least_five_people_came_or_went(start: int, events: list[int]) -> None:
    count, step = start, next_step(start)
    changed_at = count
    for change in events:
        count = max(count + change, 0)
        after = next_step(count, step)
        if after.n != step.n:
            assert abs(count - changed_at) >= APART
            changed_at = count
        step = after


@given(start=STARTS, steps=st.lists(st.sampled_from([1, -1]), min_size=APART - 1, max_size=APART - 1))
def test_after_a_change_the_next_four_people_never_move_it_whatever_they_do(start: int, steps: list[int]) -> None:
    count, step = start, next_step(start)
    for change in steps:
        count = max(count + change, 0)
        assert next_step(count, step) == step


@given(start=STARTS, events=EVENTS)
def test_a_number_never_claims_more_than_there_are_and_is_always_a_step(start: int, events: list[int]) -> None:
    count, step = start, None
    for change in [0, *events]:
        count = max(count + change, 0)
        step = next_step(count, step)
        assert step.n <= count
        assert step.n == 0 or step.n >= FIRST_STEP
        assert step_below(step.n) == step.n
        assert step.rises_at > count


@given(count=st.integers(0, 5000))
def test_steps_are_never_finer_than_ten(count: int) -> None:
    assert step_below(count) % FIRST_STEP == 0


def test_where_exactly_a_number_rises_is_drawn_by_lot() -> None:
    assert len({next_step(100).rises_at for _ in range(200)}) == APART


def test_a_number_that_stands_is_not_drawn_again() -> None:
    step = Step(100, 117)
    assert all(next_step(count, step) == step for count in range(100, 117))
    assert next_step(117, step).n == 110
    assert next_step(99, step).n == 90


def watched(visitor) -> str:
    """Everything that a page or a file of numbers says, without what differs by address."""
    pages = [visitor.get(f"/{SLUG}{path}").text for path in ("", "/sent", "/count.json", "/sent.json")]
    return re.sub(r"\?v=\w+", "", "\n".join(pages))


def confirm_all(runtime) -> None:
    with runtime.database.unit_of_work() as session:
        for row in session.query(Signature):
            row.state = State.CONFIRMED


def test_one_person_after_the_other_signs_and_no_page_shows_it(app, runtime, visitor, show_now):
    show_now()
    before = watched(visitor)
    for number in range(APART - 1):
        assert Visitor(app).sign(email=f"person{number}@example.org").status_code == 303
        show_now()
        assert watched(visitor) == before
    confirm_all(runtime)
    show_now()
    assert watched(visitor) == before, "that they confirmed does not show either"


def test_no_page_tells_none_from_one(app, runtime, visitor, clock, show_now, publish_changed):
    publish_changed("time_zone =", "goal = 1000\ntime_zone =")
    show_now()
    assert json.loads(visitor.get(f"/{SLUG}/count.json").text) == {
        "appeal": SLUG, "confirmed": None, "unverified": None, "signatures": None, "goal": 1000,
    }  # fmt: skip
    page = visitor.get(f"/{SLUG}").text
    assert "Signatures are being collected" in page
    assert re.search(r'<progress[^>]*max="1000"\s+value="0"', page)
