"""The first tables: editions, signatures and what is counted of them, sealing keys, drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _edition() -> None:
    op.create_table(
        "edition",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("slug", "number", name="pk_edition"),
    )


def _signature() -> None:
    op.create_table(
        "signature",
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
        sa.PrimaryKeyConstraint("slug", "id", name="pk_signature"),
        sa.UniqueConstraint("slug", "blind_index", name="uq_signature_slug_blind_index"),
        _state("ck_signature_state"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_signature_count", "signature", ["slug", "day", "country", "state"])


def _state(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("state IN ('pending', 'confirmed', 'withdrawn', 'invalidated')", name=op.f(name))


def _channel(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("channel IN ('pdf', 'mailto', 'eml', 'text', 'copy')", name=op.f(name))


def _keys_and_drafts() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("epoch", sa.SmallInteger, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("slug", "epoch", name="pk_sealing_key"),
    )
    op.create_table(
        "draft",
        sa.Column("id_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_draft"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_draft_expires_at", "draft", ["expires_at"])


def _totals() -> None:
    op.create_table(
        "total",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", "day", "country", "state", name="pk_total"),
        _state("ck_total_state"),
    )
    op.create_table(
        "letter_made",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("slug", "id", name="pk_letter_made"),
        _channel("ck_letter_made_channel"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letter_total",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", "day", "recipient", "channel", name="pk_letter_total"),
        _channel("ck_letter_total_channel"),
    )


def upgrade() -> None:
    """Make the tables."""
    _edition()
    _signature()
    _keys_and_drafts()
    _totals()


def downgrade() -> None:
    """Drop the tables with everything in them."""
    for table in ("letter_total", "letter_made", "total", "draft", "sealing_key", "signature", "edition"):
        op.drop_table(table)
