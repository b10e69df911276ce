"""Consents once more, under a key that only the links of that signature hold, so that their page can show them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room; what was signed and mailed before stays without, for nobody here can open what was sealed."""
    op.add_column("signature", sa.Column("own_consents", sa.LargeBinary))
    op.add_column("link", sa.Column("own_key", sa.LargeBinary))


def downgrade() -> None:
    """Drop both: the consents stay in what is sealed, and no page shows them any more."""
    op.drop_column("link", "own_key")
    op.drop_column("signature", "own_consents")
