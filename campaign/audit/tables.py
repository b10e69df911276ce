"""The rows of the audit log."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Day, Hash32
from campaign.core.database import Base


class AuditLine(Base):
    """One thing somebody did; never changed and never deleted. It holds no personal data and no clock time."""

    __tablename__ = "audit"

    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[Day]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(400))
    previous: Mapped[Hash32]
    """The hash of the line before; zeros in the first."""
    hash: Mapped[Hash32]
    """SHA-256 over the number, the four words and the previous hash; see :func:`campaign.audit.chain.line_hash`."""
