"""Confirmation by mail: an outbox, links, consents changed later, and signatures that nobody could ask."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = ("pending", "confirmed", "withdrawn", "invalidated")
_NOW = ("pending", "confirmed", "unverified", "invalidated")


def _state(table: str, states: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{state}'" for state in states)
    return sa.CheckConstraint(f"state IN ({listed})", name=op.f(f"ck_{table}_state"))


def _signature(name: str, states: tuple[str, ...], *more: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("key_epoch", sa.SmallInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("slug", "id", name="pk_signature"),
        sa.UniqueConstraint("slug", "blind_index", name="uq_signature_slug_blind_index"),
        _state("signature", states),
        sqlite_with_rowid=False,
    )


def _total(name: str, states: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", "day", "country", "state", name="pk_total"),
        _state("total", states),
    )


def _new_columns() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return sa.Column("address_index", sa.LargeBinary(32), nullable=False), sa.Column("flags", sa.Integer)


def _moved(table: str, columns: str) -> None:
    """Let the rows of a table move to its successor: SQLite cannot change a constraint."""
    op.execute(sa.text(f"INSERT INTO {table}_new SELECT {columns} FROM {table}"))  # noqa: S608  our own names
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)


_OLD_COLUMNS = "slug, id, edition, key_epoch, state, day, country, blind_index, sealed, mac"


def _on_sqlite() -> None:
    op.drop_index("ix_signature_count", "signature")
    _signature("signature_new", _NOW, *_new_columns())
    # The index of the address alone is what the index of the row was, as long as no names were part of it.
    _moved("signature", f"{_OLD_COLUMNS}, blind_index, NULL")
    op.create_index("ix_signature_count", "signature", ["slug", "day", "country", "state"])
    _total("total_new", _NOW)
    _moved("total", "*")


def _on_postgresql() -> None:
    for table in ("signature", "total"):
        op.drop_constraint(op.f(f"ck_{table}_state"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_state"), table, _state(table, _NOW).sqltext)
    op.add_column("signature", sa.Column("address_index", sa.LargeBinary(32)))
    op.execute(sa.text("UPDATE signature SET address_index = blind_index"))
    op.alter_column("signature", "address_index", nullable=False)
    op.add_column("signature", sa.Column("flags", sa.Integer))


def _links() -> None:
    op.create_table(
        "link",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(16), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_link"),
        sa.CheckConstraint("purpose IN ('confirm', 'manage')", name=op.f("ck_link_purpose")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_link_signature", "link", ["slug", "signature_id"])
    op.create_table(
        "amendment",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(16), nullable=False),
        sa.Column("n", sa.SmallInteger, nullable=False),
        sa.Column("key_epoch", sa.SmallInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("slug", "signature_id", "n", name="pk_amendment"),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])


def upgrade() -> None:
    """Make room for confirmations."""
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()
    op.create_index("ix_signature_address", "signature", ["slug", "address_index"])
    _links()
    _outbox()


def downgrade() -> None:
    """Drop what only confirmations need; signatures that nobody could be asked about wait for an answer again."""
    for table in ("outbox", "amendment", "link"):
        op.drop_table(table)
    op.drop_index("ix_signature_address", "signature")
    op.execute(sa.text("UPDATE signature SET state = 'pending' WHERE state = 'unverified'"))
    op.execute(sa.text("DELETE FROM total"))  # derived: it is counted again
    if op.get_bind().dialect.name == "postgresql":
        for table in ("signature", "total"):
            op.drop_constraint(op.f(f"ck_{table}_state"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_state"), table, _state(table, _BEFORE).sqltext)
        op.drop_column("signature", "address_index")
        op.drop_column("signature", "flags")
        return
    op.drop_index("ix_signature_count", "signature")
    _signature("signature_new", _BEFORE)
    _moved("signature", _OLD_COLUMNS)
    op.create_index("ix_signature_count", "signature", ["slug", "day", "country", "state"])
    _total("total_new", _BEFORE)
    _moved("total", "*")
