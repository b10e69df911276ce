"""Every statement that reaches a database, whoever runs it: SQLAlchemy, or the driver's own cursor."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from campaign.abuse import limiting
from campaign.core import inserting
from campaign.core.cursors import driver_cursor
from campaign.core.database import Database

Statement = tuple[str, list[Any]]
"""Its text and the rows of its values."""


class _NotingCursor:
    def __init__(self, cursor: Any, note: Callable[[Statement], None]) -> None:
        self._cursor, self._note, self.fetchall = cursor, note, cursor.fetchall

    def execute(self, statement: str, parameters: Sequence[Any]) -> None:
        self._note((statement, [parameters]))
        self._cursor.execute(statement, parameters)


@contextmanager
def noted(database: Database) -> Iterator[list[Statement]]:
    """Give a list that every statement is noted in, from now to the end of the block."""
    done: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, executemany: bool) -> None:
        done.append((statement, list(parameters) if executemany else [parameters]))

    @contextmanager
    def noting(connection: Connection) -> Iterator[_NotingCursor]:
        with driver_cursor(connection) as cursor:
            yield _NotingCursor(cursor, done.append)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for module in (inserting, limiting):
                patch.setattr(module, "driver_cursor", noting)
            yield done
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
