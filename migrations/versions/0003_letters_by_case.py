"""How many letters were given to each case, so that the next writer gets the one with the fewest."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make a table of cases given since the last counting, and one of what they add up to."""
    op.create_table(
        "case_given",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("slug", "id", name="pk_case_given"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_total",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", "day", "case_id", name="pk_case_total"),
    )


def downgrade() -> None:
    """Forget the counts: cases are drawn by lot again."""
    op.drop_table("case_total")
    op.drop_table("case_given")
