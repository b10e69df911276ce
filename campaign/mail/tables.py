"""The rows of the outbox: what a stolen copy of the database would show of mail that is waiting."""

from sqlalchemy import BigInteger, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import RandomId
from campaign.core.database import Base


class StoredMail(Base):
    """One message that waits for its mail server, encrypted under a key that is outside the database."""

    __tablename__ = "outbox"

    id: Mapped[RandomId]
    due_at: Mapped[int] = mapped_column(BigInteger, index=True)
    """When it may be tried next, in seconds since 1970 (UTC): the row lives for a day at most."""
    expires_at: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(SmallInteger)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = ({"sqlite_with_rowid": False},)
