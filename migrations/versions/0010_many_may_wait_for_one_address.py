"""Any number of signatures may wait for one address, and one at most holds it; links say which mail they stand in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_HOLDS = sa.text("(CASE state WHEN 'confirmed' THEN 1 WHEN 'unverified' THEN 1 END)")
_SHARED = sa.text("address_index <> blind_index")
_STATES = "state IN ('pending', 'confirmed', 'unverified', 'invalidated')"
_COLUMNS = (
    "slug, id, edition, key_epoch, state, day, country, blind_index, sealed, mac, address_index, flags, own_consents"
)
# Whoever holds the address stays, or else somebody who waits for it.
_RANK = "CASE {0}state WHEN 'confirmed' THEN 0 WHEN 'unverified' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END"


def _rebuilt(*constraints: sa.UniqueConstraint) -> None:
    """Let the rows move to a new table: SQLite cannot drop or add a constraint."""
    op.drop_index("ix_signature_count", "signature")
    op.drop_index("ix_signature_shared_address", "signature")
    op.create_table(
        "signature_new",
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
        sa.Column("address_index", sa.LargeBinary(32), nullable=False),
        sa.Column("flags", sa.Integer),
        sa.Column("own_consents", sa.LargeBinary),
        sa.PrimaryKeyConstraint("slug", "id", name="pk_signature"),
        *constraints,
        sa.CheckConstraint(_STATES, name=op.f("ck_signature_state")),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(f"INSERT INTO signature_new SELECT {_COLUMNS} FROM signature"))  # noqa: S608  our own names
    op.drop_table("signature")
    op.rename_table("signature_new", "signature")
    op.create_index("ix_signature_count", "signature", ["slug", "day", "country", "state"])
    op.create_index("ix_signature_shared_address", "signature", ["slug", "address_index"], sqlite_where=_SHARED)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    """Let a mail confirm the very form that it was asked for with, whoever else has typed the address."""
    if _on_postgresql():
        op.drop_constraint("uq_signature_slug_blind_index", "signature", type_="unique")
    else:
        _rebuilt()
    op.create_index("uq_signature_holder", "signature", ["slug", "blind_index", _HOLDS], unique=True)
    op.add_column("link", sa.Column("mail", sa.LargeBinary(16)))


def downgrade() -> None:
    """Keep one signature of each address; the hourly purge takes the links of the others."""
    op.drop_column("link", "mail")
    op.drop_index("uq_signature_holder", "signature")
    before = f"({_RANK.format('other.')}, other.id) < ({_RANK.format('signature.')}, signature.id)"
    same = "other.slug = signature.slug AND other.blind_index = signature.blind_index"
    op.execute(
        sa.text(f"DELETE FROM signature WHERE EXISTS (SELECT 1 FROM signature other WHERE {same} AND {before})")  # noqa: S608  our own names
    )
    op.execute(sa.text("DELETE FROM total"))  # derived: it is counted again
    unique = "uq_signature_slug_blind_index"
    if _on_postgresql():
        op.create_unique_constraint(unique, "signature", ["slug", "blind_index"])
    else:
        _rebuilt(sa.UniqueConstraint("slug", "blind_index", name=unique))
