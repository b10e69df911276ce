"""Numbers as the pages show them, and names for the public list, which nothing joins to a signature."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what everybody may see."""
    op.create_table(
        "shown_number",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("rises_at", sa.Integer, nullable=False),
        sa.Column("looked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("slug", "what", name="pk_shown_number"),
    )
    op.create_table(
        "public_name",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("handle", sa.LargeBinary(32), nullable=False),
        sa.Column("display_name", sa.String(60), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("slug", "id", name="pk_public_name"),
        sa.UniqueConstraint("slug", "handle", name="uq_public_name_slug_handle"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop both; the numbers are made anew, the names are gone."""
    op.drop_table("public_name")
    op.drop_table("shown_number")
