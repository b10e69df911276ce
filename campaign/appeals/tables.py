"""Published editions, as every node reads them."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Day, Hash32, Slug
from campaign.core.database import Base


class Edition(Base):
    """One immutable published version of a pack; the highest number is the one people sign."""

    __tablename__ = "edition"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[Hash32]
    """SHA-256 of ``files``: the same content is not published twice."""
    day: Mapped[Day]
    files: Mapped[bytes] = mapped_column(LargeBinary)
    """The pack's files as a zip."""
