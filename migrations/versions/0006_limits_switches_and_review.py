"""Limits that all processes share, used proofs of work, lists of domains, switches, and reviews that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = ("review_row", "review_batch", "switched_on", "domain_rule", "used_proof", "rate")


def upgrade() -> None:
    """Make room for what keeps floods out."""
    op.create_table(
        "rate",
        sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_rate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rate_expires_at", "rate", ["expires_at"])
    op.create_table(
        "used_proof",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_used_proof"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_used_proof_expires_at", "used_proof", ["expires_at"])
    op.create_table(
        "domain_rule",
        sa.Column("domain_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("domain_hash", name="pk_domain_rule"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "switched_on",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", "slug", name="pk_switched_on"),
    )
    op.create_table(
        "review_batch",
        sa.Column("id", sa.String(8), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("restored", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_review_batch"),
    )
    op.create_table(
        "review_row",
        sa.Column("batch_id", sa.String(8), nullable=False),
        sa.Column("signature_id", sa.LargeBinary(16), nullable=False),
        sa.Column("state_before", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "signature_id", name="pk_review_row"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it all; what a review has struck out stays struck out."""
    for table in _TABLES:
        op.drop_table(table)
