"""Which files of a key have opened, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was tried out of each key, and what was done; keys from before count as tried out."""
    op.create_table(
        "key_check",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("epoch", sa.SmallInteger, nullable=False),
        sa.Column("file_id", sa.String(16), nullable=False),
        sa.Column("holder", sa.SmallInteger, nullable=False),
        sa.Column("proof", sa.LargeBinary(32)),
        sa.Column("opened", sa.Date),
        sa.PrimaryKeyConstraint("slug", "epoch", "file_id", name="pk_key_check"),
    )
    op.create_table(
        "audit",
        sa.Column("n", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object", sa.String(400), nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_audit"),
    )


def downgrade() -> None:
    """Forget both; a key that waits to be tried out would be used at once."""
    op.drop_table("audit")
    op.drop_table("key_check")
