"""Letters that name nobody, kept finished: the only letters that are ever stored."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import CountryCode, Hash32, Slug
from campaign.core.database import Base


class BlankLetter(Base):
    """The PDF of one letter to be filled in by pen; derived, and may be thrown away and drawn again.

    ``country`` is the supporter's for a letter to an embassy and "" for a fixed address. ``digest`` names the text it
    was drawn from: an embassy that has moved, or a name that is no longer fresh, is drawn anew.
    """

    __tablename__ = "blank_letter"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(80), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    paper: Mapped[str] = mapped_column(String(8), primary_key=True)
    country: Mapped[CountryCode] = mapped_column(primary_key=True)
    digest: Mapped[Hash32]
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
