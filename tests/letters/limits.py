"""A time limit for one thing that is to take too long, where everything else may take a busy machine its time."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaign.letters.workers import Renderer


@contextmanager
def limited(renderer: Renderer, seconds: float) -> Iterator[None]:
    """Give a job of this renderer so many seconds until the block ends, and afterwards what it had before."""
    before, renderer._seconds = renderer._seconds, seconds
    try:
        yield
    finally:
        renderer._seconds = before
