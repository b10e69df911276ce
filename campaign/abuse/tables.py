"""The rows that keep floods out: what a stolen copy of the database would show is hashes and counts.

No row holds a network address, nor a hash of one that could be undone a day later: the key of these hashes is a file
that is deleted at midnight (:mod:`campaign.abuse.salts`).
"""

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Day, Hash32, Slug
from campaign.core.database import Base

_NO_ORDER = {"sqlite_with_rowid": False}


class Rate(Base):
    """How often something came from a neighbourhood or mail domain lately, and how many mails an address got today."""

    __tablename__ = "rate"

    key_hash: Mapped[Hash32] = mapped_column(primary_key=True)
    n: Mapped[int]
    expires_at: Mapped[int] = mapped_column(BigInteger)
    """The end of that minute or hour, in seconds since 1970 (UTC): it does not tell when anybody came. Not indexed: a
    signature writes several of these rows, and a look at all of them, once a minute, costs less than their index."""

    __table_args__ = (_NO_ORDER,)


class UsedProof(Base):
    """A proof of work that was handed in: it is good for one signature."""

    __tablename__ = "used_proof"

    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)

    __table_args__ = (_NO_ORDER,)


class DomainRule(Base):
    """What the organisers decided about a mail domain, which only somebody who knows it can look up."""

    __tablename__ = "domain_rule"

    domain_hash: Mapped[Hash32] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8))
    day: Mapped[Day]

    __table_args__ = (_NO_ORDER,)


class SwitchedOn(Base):
    """An emergency switch that is on, for one appeal or (with an empty slug) for the whole site."""

    __tablename__ = "switched_on"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    slug: Mapped[Slug] = mapped_column(primary_key=True)
