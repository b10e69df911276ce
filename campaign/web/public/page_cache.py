"""Pages that are the same for everybody, kept finished for a second: a front-page day costs one rendering a second."""

import hashlib
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_SECONDS = 1.0


@dataclass(frozen=True)
class FinishedPage:
    """The bytes of a page and their ETag."""

    body: bytes
    etag: str


class PageCache:
    """Finished pages by key. Two threads may both render a page that is due; the second result wins."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Use ``now`` to tell how old a page is."""
        self._now = now
        self._pages: dict[Hashable, tuple[float, FinishedPage]] = {}

    def get(self, key: Hashable, make: Callable[[], str]) -> FinishedPage:
        """Return the page under ``key``, rendering it when it is more than a second old."""
        known = self._pages.get(key)
        if known and self._now() - known[0] < _SECONDS:
            return known[1]
        body = make().encode()
        page = FinishedPage(body, hashlib.sha256(body).hexdigest()[:32])
        self._pages[key] = (self._now(), page)
        return page
