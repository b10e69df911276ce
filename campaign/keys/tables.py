"""The rows about keys: what is sealed to, which files a private key was locked into, and which of them have opened."""

from datetime import date

from sqlalchemy import Date, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Day, Epoch, Hash32, Slug
from campaign.core.database import Base


class SealingKey(Base):
    """The public half of the key pair that signatures of one epoch are sealed to."""

    __tablename__ = "sealing_key"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    epoch: Mapped[Epoch] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[Hash32]
    day: Mapped[Day]


class KeyCheck(Base):
    """One locked file of an appeal's private key; nobody can sign with a key while one of its files has not opened."""

    __tablename__ = "key_check"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    epoch: Mapped[Epoch] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    holder: Mapped[int] = mapped_column(SmallInteger)
    """Whose share the file is, counting from 1; 0 where it opens alone."""
    proof: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The hash of the words that only somebody who has opened this file can know; NULL before a test was made."""
    opened: Mapped[date | None] = mapped_column(Date)
    """The day on which those words came back."""
