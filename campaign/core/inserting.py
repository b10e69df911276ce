"""Inserting rows: what the database decides alone, and what is written by the thousand.

Signatures come in bursts. SQLAlchemy calculates much anew for every statement that is the same for all of a kind, so
for those the text is made once, by its compiler, and the driver gets the values as it wants them. PostgreSQL, where
each statement is a journey to the server and back, gets the rows of all tables in one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Dialect, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from campaign.core.cursors import driver_cursor
from campaign.core.database import Base, table_of

_Row = Mapping[str, Any]
_postgresql_by_place: Dialect = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Rows:
    """Rows of one table that all have the same columns; with ``unique``, those that are there already are left out.

    ``unique`` names the columns of a unique index, and expressions in it as SQL.
    """

    model: type[Base]
    rows: Sequence[_Row]
    unique: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def _insert(dialect: str, table: Table, unique: tuple[str, ...] = ()) -> Insert:
    if not unique:
        return table.insert()
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=[one if one in table.c else text(one) for one in unique])


def insert_once(connection: Connection, model: type[Base], unique: tuple[str, ...], values: dict[str, Any]) -> bool:
    """Insert a row unless one with the same ``unique`` columns is there; say whether it was new.

    The database decides, in one statement, so two requests at the same moment cannot both succeed or both fail.
    """
    statement = _insert(connection.dialect.name, table_of(model), unique).execution_options(preserve_rowcount=True)
    result = cast("CursorResult[Any]", connection.execute(statement, values))
    return result.rowcount == 1


def insert_rows(connection: Connection, *groups: Rows) -> None:
    """Insert rows of one or several tables, and never say which of those with ``unique`` columns were new.

    The transaction of ``connection`` has begun.
    """
    filled = [(_prepared(connection.dialect, one), one.rows) for one in groups if one.rows]
    if not filled:
        return
    together = connection.dialect.name == "postgresql"
    with driver_cursor(connection) as cursor:
        for part in [filled] if together else [[one] for one in filled]:
            text = _together(tuple((statement, len(rows)) for statement, rows in part))
            values = [statement.values_of(row) for statement, rows in part for row in rows]
            cursor.execute(text, list(chain.from_iterable(values)))


@dataclass(frozen=True)
class _Prepared:
    """An INSERT as the driver takes it: head, the place holders of each row in brackets, and tail."""

    head: str
    places: str
    tail: str
    values_of: Callable[[_Row], list[Any]]


def _prepared(dialect: Dialect, group: Rows) -> _Prepared:
    return _prepare(dialect, table_of(group.model), tuple(group.rows[0]), group.unique)


@lru_cache(maxsize=64)
def _prepare(dialect: Dialect, table: Table, columns: tuple[str, ...], unique: tuple[str, ...]) -> _Prepared:
    by_place = _postgresql_by_place if dialect.name == "postgresql" else dialect
    compiled = _insert(dialect.name, table, unique).compile(dialect=by_place, column_keys=list(columns))
    head, _values, rest = str(compiled).partition("VALUES (")
    places, _bracket, tail = rest.partition(")")
    names = compiled.positiontup or ()
    converters = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]

    def values_of(row: _Row) -> list[Any]:
        return [convert(row[name]) if convert else row[name] for name, convert in converters]

    return _Prepared(f"{head}VALUES ", places, tail, values_of)


@lru_cache(maxsize=256)
def _together(parts: tuple[tuple[_Prepared, int], ...]) -> str:
    """Return one statement for so many rows of each; all tables but the last stand in a WITH (PostgreSQL, 7.8.4)."""
    texts = [f"{one.head}{', '.join([f'({one.places})'] * rows)}{one.tail}" for one, rows in parts]
    first = ", ".join(f"part{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    return f"WITH {first} {texts[-1]}" if first else texts[-1]
