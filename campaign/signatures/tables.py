"""The rows of signing: what a stolen copy of the database would show.

Nothing here names a person: what identifies someone is sealed to the organisers' public key, or is a keyed hash, and no
row holds a clock time or a running number. On SQLite the tables with a row per person have no hidden row number either
(``WITHOUT ROWID``), so their order in the file is that of random ids and not the order in which people came.
"""

from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, ColumnElement, Enum, Index, LargeBinary, SmallInteger, String, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import CountryCode, Day, Epoch, Hash32, RandomId, Slug
from campaign.core.database import Base

NO_ORDER = {"sqlite_with_rowid": False}
HOLDS = "(CASE state WHEN 'confirmed' THEN 1 WHEN 'unverified' THEN 1 END)"
"""1 for a signature that holds its address, in SQL, and NULL for one that waits for it or was struck out.

NULL is never equal to NULL: so one signature of an address counts at most, and any number may wait for its owner.
"""

HOLDER = ("slug", "blind_index", HOLDS)
"""What no two signatures have in common."""


class State(StrEnum):
    """What has become of a signature; one that was withdrawn is deleted, so there is no word for it here.

    ``PENDING``: asked by mail and not answered yet. ``CONFIRMED``: somebody who reads that mailbox pressed the button.
    ``UNVERIFIED``: without an address, or nobody could be asked; counted apart. ``INVALIDATED``: struck out by review.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"
    INVALIDATED = "invalidated"


class LinkPurpose(StrEnum):
    """The one thing a link in a mail is good for."""

    CONFIRM = "confirm"
    MANAGE = "manage"


class Channel(StrEnum):
    """In which form a letter was taken away, or by which way somebody says that they have sent it."""

    PDF = "pdf"
    MAILTO = "mailto"
    EML = "eml"
    TEXT = "text"
    COPY = "copy"
    WEBMAIL = "webmail"
    REPORTED_POST = "reported-post"
    REPORTED_EMAIL = "reported-email"
    REPORTED_FAX = "reported-fax"
    REPORTED_HAND = "reported-hand"


def _words(kind: type[StrEnum], name: str) -> Enum:
    """Return a text column that takes only the values of ``kind``, checked by a constraint on both databases."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


Recipient = Annotated[str, mapped_column(String(80))]
CaseId = Annotated[str, mapped_column(String(40))]


class Signature(Base):
    """One supporter's name under one appeal; see :mod:`campaign.signatures.signing` for how a row is made."""

    __tablename__ = "signature"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    id: Mapped[RandomId]
    edition: Mapped[int]
    key_epoch: Mapped[Epoch]
    state: Mapped[State] = mapped_column(_words(State, "state"))
    day: Mapped[Day]
    country: Mapped[CountryCode]
    blind_index: Mapped[Hash32]
    """Keyed hash of the address (and of the name, where several people may share an address): counts once."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[Hash32]
    address_index: Mapped[Hash32]
    """Keyed hash of the address alone: how many mails it gets, and how many people use it."""
    flags: Mapped[int | None]
    """What was noticed while signing (:class:`~campaign.signatures.flags.Flag`); NULL in rows older than that."""
    own_consents: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The consents for the eyes of their owner (:mod:`campaign.signatures.own_consents`); NULL: nothing can be shown.

    The HMAC of the row does not cover it: its own encryption does.
    """
    changes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often its owner has changed the consents: the number of the :class:`Amendment` that holds."""

    __table_args__ = (
        # The index in which all signatures of an address are found, too.
        Index("uq_signature_holder", "slug", "blind_index", text(HOLDS), unique=True),
        # Only where it is not the blind index, which has an index already: on most sites no row is in it.
        Index(
            "ix_signature_shared_address",
            "slug",
            "address_index",
            sqlite_where=text("address_index <> blind_index"),
            postgresql_where=text("address_index <> blind_index"),
        ),
        # Counting reads this index alone and never touches the sealed bytes.
        Index("ix_signature_count", "slug", "day", "country", "state"),
        NO_ORDER,
    )


def is_of_address(address_index: bytes) -> ColumnElement[bool]:
    """Return the condition for the signatures of one address; mostly the blind index is that of the address alone."""
    shared = (Signature.address_index == address_index) & (Signature.address_index != Signature.blind_index)
    return or_(Signature.blind_index == address_index, shared)


class Link(Base):
    """One link that was mailed: only the hash of its token, and what it opens."""

    __tablename__ = "link"

    token_hash: Mapped[Hash32] = mapped_column(primary_key=True)
    slug: Mapped[Slug]
    signature_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    purpose: Mapped[LinkPurpose] = mapped_column(_words(LinkPurpose, "purpose"))
    day: Mapped[Day]
    own_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What opens the signature's own consents, locked with the token; NULL in links of older mails."""
    mail: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    """Which order it was mailed for, as a random number: all links of a mail, and of its next try, have the same."""

    __table_args__ = (Index("ix_link_signature", "slug", "signature_id"), NO_ORDER)


class Amendment(Base):
    """Consents that a supporter changed later, sealed as the signature is; the newest of a signature holds."""

    __tablename__ = "amendment"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    signature_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    key_epoch: Mapped[Epoch]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[Hash32]

    __table_args__ = (NO_ORDER,)


class StoredDraft(Base):
    """One visitor's letter values, readable only with the token in their cookie."""

    __tablename__ = "draft"

    id_hash: Mapped[Hash32] = mapped_column(primary_key=True)
    """Begins with the moment it expires, so that drafts are swept without an index of their own."""
    expires_at: Mapped[int] = mapped_column(BigInteger)
    """Seconds since 1970 in UTC: drafts are swept within the hour, so this one moment may be exact."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (NO_ORDER,)


class Total(Base):
    """How many signatures there are of one day, country and state; derived, and may be thrown away and recounted."""

    __tablename__ = "total"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    country: Mapped[CountryCode] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(_words(State, "state"), primary_key=True)
    n: Mapped[int]


class LetterMade(Base):
    """One letter taken away or reported as sent, by nobody in particular, until the count job adds it up."""

    __tablename__ = "letter_made"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    id: Mapped[RandomId]
    day: Mapped[Day]
    recipient: Mapped[Recipient]
    channel: Mapped[Channel] = mapped_column(_words(Channel, "channel"))

    __table_args__ = (NO_ORDER,)


class LetterTotal(Base):
    """How many letters to one recipient left, or were reported as sent, by one channel on one day."""

    __tablename__ = "letter_total"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    recipient: Mapped[Recipient] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(_words(Channel, "channel"), primary_key=True)
    n: Mapped[int]


class CaseGiven(Base):
    """One writer's letters speak of this case, until the count job adds it up; a case is a person written *for*."""

    __tablename__ = "case_given"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    id: Mapped[RandomId]
    day: Mapped[Day]
    case_id: Mapped[CaseId]

    __table_args__ = (NO_ORDER,)


class CaseTotal(Base):
    """To how many writers a case was given on one day."""

    __tablename__ = "case_total"

    slug: Mapped[Slug] = mapped_column(primary_key=True)
    day: Mapped[Day] = mapped_column(primary_key=True)
    case_id: Mapped[CaseId] = mapped_column(primary_key=True)
    n: Mapped[int]
