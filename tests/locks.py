"""Locks that cost little, for tests of everything but the lock: each real one fills 256 MiB three times over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from campaign.cli import offline_keys, server_keys
from campaign.keys import DEFAULT_COST, Cost, lock, lock_share

CHEAP = Cost(memory_kib=64, iterations=1)
COMMAND = "from campaign.cli.main import main; from tests.locks import cheap_locks\nwith cheap_locks(): main()"
"""``bin/campaign`` with such locks, for a process of its own."""
Locked = TypeVar("Locked")


@contextmanager
def cheap_locks() -> Iterator[None]:
    """Let the commands lock keys at little cost, as long as they ask for what a lock is to cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_keys, "lock", _cheap(lock))
        patch.setattr(offline_keys, "lock", _cheap(lock))
        patch.setattr(offline_keys, "lock_share", _cheap(lock_share))
        yield


def _cheap(real: Callable[[Locked, str, Cost], str]) -> Callable[..., str]:
    def locked(secret: Locked, passphrase: str, cost: Cost = DEFAULT_COST) -> str:
        assert cost == DEFAULT_COST, "a key of the commands is locked at the full cost"
        return real(secret, passphrase, CHEAP)

    return locked
