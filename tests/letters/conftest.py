"""One render worker for all tests that only need a letter drawn."""

from collections.abc import Iterator

import pytest

from campaign.letters.workers import Renderer


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    # The suite may share the machine with anything: the limit itself is tested with renderers of its own.
    with Renderer(seconds=60) as one:
        yield one
