"""The rows of what everybody may see: numbers in steps, and names of people who wanted theirs to be read."""

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Hash32, RandomId, Slug
from campaign.core.database import Base
from campaign.signatures.tables import NO_ORDER

LONGEST_NAME = 60
"""Characters of a name in the public list."""


class ShownNumber(Base):
    """One number as the pages show it, which is not the number as it is; see :mod:`campaign.signatures.showing`."""

    __tablename__ = "shown_number"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(120), primary_key=True)
    n: Mapped[int]
    rises_at: Mapped[int]
    """How many there must be before a higher number is shown."""
    looked_at: Mapped[int] = mapped_column(BigInteger)
    """When it was last compared with the real number, in seconds since 1970 (UTC)."""


class PublicName(Base):
    """A name in the public list; see :mod:`campaign.signatures.public_names` for how little it is tied to."""

    __tablename__ = "public_name"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    id: Mapped[RandomId]
    handle: Mapped[Hash32]
    """Keyed hash of the signature it belongs to; the key is outside the database."""
    display_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    state: Mapped[str] = mapped_column(String(16))

    __table_args__ = (UniqueConstraint("slug", "handle"), NO_ORDER)
