"""The driver's own cursors, for the few statements that are run by the thousand.

What SQLAlchemy does around a statement costs more than SQLite needs to insert a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """Give a cursor of the driver in the transaction of ``connection``, which has begun.

    What goes wrong is raised as SQLAlchemy's error all the same, without the values.
    """
    driver, cursor = connection.dialect.loaded_dbapi, connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        if connection.dialect.is_disconnect(error, connection.connection, cursor):
            connection.invalidate(error)
        hide_values(error)
        raise DBAPIError.instance(None, None, error, driver.Error, hide_parameters=True) from None
    finally:
        cursor.close()


def hide_values(error: BaseException) -> None:
    """Take row values out of a message of PostgreSQL, which quotes them in its second line.

    "DETAIL: Key (…)=(…) already exists" and "invalid input syntax: …" belong to the SQLSTATE classes 22 and 23.
    """
    shown = str(error).partition("\n")[0]
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith(("22", "23")):
        diagnosis = getattr(error, "diag", None)
        where = [getattr(diagnosis, name, None) or "" for name in ("table_name", "column_name", "constraint_name")]
        shown = " ".join(filter(None, ["refused by the database:", state, *where]))
    error.args = (shown,)
