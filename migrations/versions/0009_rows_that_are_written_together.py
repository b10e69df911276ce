"""Rows that are written together lie together, and what every signature had to keep in order is less."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SHARED = sa.text("address_index <> blind_index")


def upgrade() -> None:
    """Drop three indexes for one that is nearly empty; letters that wait for their hour must be filled in again."""
    op.drop_index("ix_rate_expires_at", "rate")
    op.drop_index("ix_draft_expires_at", "draft")
    op.execute("DELETE FROM draft")  # their names are of the old kind: the sweep would pass over them
    op.drop_index("ix_signature_address", "signature")
    op.create_index(
        "ix_signature_shared_address",
        "signature",
        ["slug", "address_index"],
        sqlite_where=_SHARED,
        postgresql_where=_SHARED,
    )


def downgrade() -> None:
    """Bring the old indexes back; drafts of the new kind are found and swept by them too."""
    op.drop_index("ix_signature_shared_address", "signature")
    op.create_index("ix_signature_address", "signature", ["slug", "address_index"])
    op.create_index("ix_draft_expires_at", "draft", ["expires_at"])
    op.create_index("ix_rate_expires_at", "rate", ["expires_at"])
