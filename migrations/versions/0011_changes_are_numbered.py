"""A signature's row says how often its consents were changed, and its mark covers that number."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room; rows whose consents were changed before get their number from ``setup``, which has the key."""
    op.add_column("signature", sa.Column("changes", sa.SmallInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop the number: an older program takes the rows for altered ones that were changed with it."""
    op.drop_column("signature", "changes")
