"""Six hundred lines that send next to nothing, and visitors who are served meanwhile, through the nginx of deploy/."""

# ruff: noqa: F811  fixtures are asked for by their name

import contextlib
import time

import pytest

from tests.deploy.conftest import database_url, front, program  # noqa: F401  (fixtures)
from tests.deploy.visitors import LINES, Browser, SlowLines
from tests.visitor import SLUG

PATIENCE = 20
"""Seconds a visitor waits: a machine may be busy, and the lines are opened again as soon as nginx has cut them."""


@pytest.fixture
def slow_lines(front):
    lines = SlowLines(front, SLUG)
    lines.start()
    lines.began.wait(60)
    yield lines
    lines.end()


def test_ninety_nine_in_a_hundred_are_served_while_six_hundred_say_next_to_nothing(
    front,
    program,
    slow_lines,
    record_property,
):
    served, seconds, held = 0, [], []
    for number in range(100):
        held.append(slow_lines.held())
        path = (f"/{SLUG}", f"/{SLUG}/sign", "/safety", f"/{SLUG}/letters/blank")[number % 4]
        began = time.monotonic()
        with contextlib.suppress(OSError):
            served += Browser(front, f"127.0.2.{1 + number}", PATIENCE).ask(path)[0] == 200
        seconds.append(time.monotonic() - began)
    record_property("lines held", f"{min(held)} to {max(held)}")
    record_property("answered within a second", sum(one < 1 for one in seconds))
    assert max(held) > LINES / 2
    assert served >= 99
    assert {address for _, address in program.seen} <= {f"127.0.2.{1 + number}" for number in range(100)}
