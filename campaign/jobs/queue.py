"""The queue of jobs that any worker of any machine may do: huey, on SQLite, PostgreSQL or Redis.

Our own rows are the truth, and the queue only rings the bell: what it holds are names of tasks, without arguments. It
may be emptied or lost at any moment; every task comes round by itself and looks at the rows for what is due.
"""

import contextlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab  # type: ignore[import-untyped]
from huey.consumer import Consumer  # type: ignore[import-untyped]
from huey.registry import Message  # type: ignore[import-untyped]
from huey.serializer import Serializer  # type: ignore[import-untyped]

from campaign.core.errors import CampaignError
from campaign.jobs.periodic import run_discreetly

_NAME = "campaign"
_MOST_LOOKED_AT = 100
_POLL_SECONDS = 1.0
_AWAY_SECONDS = 30.0

EVERY_MINUTE: Callable[[datetime], bool] = crontab()
HOURLY: Callable[[datetime], bool] = crontab(minute="7")
"""For what has to be done once a day: a machine that sleeps at night would never come to it at a fixed hour."""


@dataclass(frozen=True)
class QueueTask:
    """Something a worker does when its name is rung, and in any case ``when`` the time comes (in UTC)."""

    name: str
    run: Callable[[], object]
    when: Callable[[datetime], bool]


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages as JSON: whoever can write to the queue can name a task and nothing more (pickle would run code)."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """A consumer that leaves the signals to the process it lives in."""

    def _set_signal_handlers(self) -> None:
        pass


def read_queue_url(url: str) -> str:
    """Return which kind of queue an address names: ``postgresql``, ``postgres``, ``redis`` or ``rediss``.

    Only the empty address is SQLite, which is "". Raises ``ValueError`` with a sentence that does not repeat it.
    """
    try:
        scheme = urlsplit(url).scheme.partition("+")[0]
    except ValueError:
        scheme = ""
    if url and ("://" not in url or scheme not in {"postgresql", "postgres", "redis", "rediss"}):
        raise ValueError("QUEUE_URL must begin with postgresql:// or redis://, or be empty")
    if scheme.startswith("redis") and find_spec("redis") is None:
        raise ValueError(
            "QUEUE_URL names Redis, whose Python library is not installed. Run “.venv/bin/pip install redis”, or "
            "use postgresql://, or leave QUEUE_URL empty"
        )
    return scheme


class Queue:
    """Where bells are rung and heard; nothing is opened before it is used."""

    def __init__(self, url: str, folder: Path) -> None:
        """``url`` is ``postgresql://…``, ``redis://…``, or empty for ``queue.db`` in ``folder``.

        Raises :class:`CampaignError` for another address, or when the library for it is missing.
        """
        try:
            scheme = read_queue_url(url)
        except ValueError as error:
            raise CampaignError(f"{error}.") from None
        self._url, self._scheme, self._folder = url, scheme, folder
        self._ropes: dict[str, Callable[[], object]] = {}

    def ring(self, name: str) -> None:
        """Ask for a task, unless that has been asked and no worker has heard it yet."""
        asked = self._bells.storage.enqueued_items(_MOST_LOOKED_AT)
        if not any(json.loads(message)[1] == f"{__name__}.{_word(name)}" for message in asked):
            if name not in self._ropes:
                self._ropes[name] = self._bells.task(name=_word(name))(_heard_elsewhere)
            self._ropes[name]()

    def consumer(self, tasks: Sequence[QueueTask]) -> Consumer:
        """Return what hears the bells and keeps the times; its ``run()`` lasts until its ``stop()``."""
        huey = self._opened()
        for task in tasks:
            huey.periodic_task(task.when, name=_word(task.name))(_discreet(task))
        huey.on_shutdown("close")(huey.storage.close)  # each thread closes what it opened
        # SQLite is asked in turns; the others call, and the pause is for when they are away.
        pause = _AWAY_SECONDS if self._scheme else _POLL_SECONDS
        return _QuietConsumer(huey, max_delay=pause, scheduler_interval=20)

    def waiting(self) -> int:
        """Return how many bells no worker has heard yet."""
        return int(self._bells.storage.queue_size())

    def close(self) -> None:
        """Close the connection that bells are rung through, if there is one."""
        if "_bells" in self.__dict__:
            self._bells.storage.close()

    @cached_property
    def _bells(self) -> Huey:
        """Where this process rings; it has its own connection, and does none of the tasks itself."""
        return self._opened()

    def _opened(self) -> Huey:
        logging.getLogger("huey").setLevel(logging.WARNING)  # a line per task would keep the minutes of the day
        common = {"results": False, "serializer": JsonSerializer()}
        if self._scheme.startswith("redis"):
            return RedisHuey(_NAME, url=self._url, **common)
        if self._scheme:
            return PostgresHuey(_NAME, dsn=f"postgresql:{self._url.partition(':')[2]}", **common)
        return SqliteHuey(_NAME, filename=str(_private(self._folder / "queue.db")), **common)


def _discreet(task: QueueTask) -> Callable[[], None]:
    """Return the work of a task so that its failure is told without what it was about."""

    def run() -> None:
        run_discreetly(task.name, task.run)

    return run


def _word(name: str) -> str:
    return name.replace(" ", "_")


def _heard_elsewhere() -> None:
    """Stand for a task whose bell is rung here and heard by a worker."""


def _private(path: Path) -> Path:
    """Make the file, readable for this account only, unless it is there."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return path
