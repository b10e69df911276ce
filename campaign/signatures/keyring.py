"""The public keys that an appeal's signatures are sealed to, one per epoch."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.core.database import insert_once, table_of
from campaign.core.errors import RefusedError, UnavailableError
from campaign.signatures.keys import fingerprint
from campaign.signatures.sealing import check_public_key
from campaign.signatures.tables import SealingKey

_table = table_of(SealingKey)
# Built once: every signature asks this.
_newest = (
    select(_table.c.epoch, _table.c.public_key)
    .where(_table.c.slug == bindparam("slug"))
    .order_by(_table.c.epoch.desc())
    .limit(1)
)


class CurrentKey(NamedTuple):
    """The key that new signatures are sealed to."""

    epoch: int
    public: bytes


def find_key(session: Session, slug: str) -> CurrentKey | None:
    """Return the newest key of an appeal, or ``None`` when it has none yet."""
    row = session.connection().execute(_newest, {"slug": slug}).first()
    return None if row is None else CurrentKey(row.epoch, row.public_key)


def current_key(session: Session, slug: str) -> CurrentKey:
    """Return the newest key of an appeal; :class:`UnavailableError` when it has none yet."""
    found = find_key(session, slug)
    if found is None:
        raise UnavailableError(f"The appeal {slug} has no sealing key yet, so nobody can sign it.")
    return found


def store_public_key(session: Session, slug: str, public: bytes, day: date) -> int:
    """Make ``public`` the key of new signatures and return its epoch; the key already in use keeps its epoch.

    Raises :class:`campaign.signatures.sealing.SealError` when it is not a key, and :class:`RefusedError` when
    another key was stored at the same moment.
    """
    check_public_key(public)
    newest = find_key(session, slug)
    if newest is not None and newest.public == public:
        return newest.epoch
    epoch = 1 if newest is None else newest.epoch + 1
    row = {"slug": slug, "epoch": epoch, "public_key": public, "fingerprint": fingerprint(public), "day": day}
    if not insert_once(session, SealingKey, ("slug", "epoch"), row):
        raise RefusedError(
            "Another sealing key was stored at the same moment. Look which one is in use, then try again."
        )
    return epoch
