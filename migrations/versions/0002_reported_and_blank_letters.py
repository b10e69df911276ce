"""Letters reported as sent, and blank letters kept finished."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIRST = ("pdf", "mailto", "eml", "text", "copy")
_NEW = ("webmail", "reported-post", "reported-email", "reported-fax", "reported-hand")


def _list(channels: tuple[str, ...]) -> str:
    return ", ".join(f"'{channel}'" for channel in channels)


def _made(name: str, check: sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("slug", "id", name="pk_letter_made"),
        check,
        sqlite_with_rowid=False,
    )


def _total(name: str, check: sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", "day", "recipient", "channel", name="pk_letter_total"),
        check,
    )


_TABLES = {"letter_made": _made, "letter_total": _total}


def _allow(channels: tuple[str, ...]) -> None:
    """Let the tables of letters take these channels and no others."""
    for table, create in _TABLES.items():
        name, condition = op.f(f"ck_{table}_channel"), f"channel IN ({_list(channels)})"
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(name, table, type_="check")
            op.create_check_constraint(name, table, condition)
            continue
        # SQLite cannot change a constraint: the rows move to a new table, which takes over the name.
        create(f"{table}_new", sa.CheckConstraint(condition, name=name))
        op.execute(sa.text(f"INSERT INTO {table}_new SELECT * FROM {table}"))  # noqa: S608  our own table names
        op.drop_table(table)
        op.rename_table(f"{table}_new", table)


def upgrade() -> None:
    """Let people say that they have sent a letter, and keep blank letters."""
    _allow(_FIRST + _NEW)
    op.create_table(
        "blank_letter",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("paper", sa.String(8), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("pdf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("slug", "edition", "recipient", "locale", "paper", "country", name="pk_blank_letter"),
    )


def downgrade() -> None:
    """Forget what was reported and drop the blank letters."""
    op.drop_table("blank_letter")
    for table in _TABLES:
        op.execute(sa.text(f"DELETE FROM {table} WHERE channel IN ({_list(_NEW)})"))  # noqa: S608  our own words
    _allow(_FIRST)
