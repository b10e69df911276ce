"""The rows of review: which signatures a batch has moved, and where from, so that it can be undone."""

from datetime import date

from sqlalchemy import Date, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Day, Slug
from campaign.core.database import Base


class ReviewBatch(Base):
    """One decision about many signatures of an appeal at once."""

    __tablename__ = "review_batch"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    slug: Mapped[Slug]
    day: Mapped[Day]
    verdict: Mapped[str] = mapped_column(String(16))
    """The state that its signatures were moved to."""
    reason: Mapped[str] = mapped_column(String(40))
    restored: Mapped[date | None] = mapped_column(Date)
    """The day on which it was undone."""


class ReviewRow(Base):
    """One signature of a batch, by its random id, which means nothing once the signature is gone."""

    __tablename__ = "review_row"

    batch_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    signature_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    state_before: Mapped[str] = mapped_column(String(16))

    __table_args__ = ({"sqlite_with_rowid": False},)
