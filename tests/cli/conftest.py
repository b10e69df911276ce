"""Commands of these tests are typed on the day of the tests."""

import pytest


@pytest.fixture(autouse=True)
def _day(machine_clock: object) -> None:
    """Let every command ask the clock of its test."""
