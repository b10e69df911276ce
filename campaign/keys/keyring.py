"""The public keys that an appeal's signatures are sealed to, one per epoch."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from campaign.core.database import table_of
from campaign.core.errors import RefusedError, UnavailableError
from campaign.core.inserting import insert_once
from campaign.keys.pairs import fingerprint
from campaign.keys.sealing import check_public_key
from campaign.keys.tables import KeyCheck, SealingKey

_table, _checks = table_of(SealingKey), table_of(KeyCheck)
# Built once: every signature asks the second.
_newest = (
    select(_table.c.epoch, _table.c.public_key)
    .where(_table.c.slug == bindparam("slug"))
    .order_by(_table.c.epoch.desc())
    .limit(1)
)
_newest_tried = _newest.where(
    ~exists().where(_checks.c.slug == _table.c.slug, _checks.c.epoch == _table.c.epoch, _checks.c.opened.is_(None))
)


class CurrentKey(NamedTuple):
    """A key of an appeal, and its epoch."""

    epoch: int
    public: bytes


def find_key(session: Session, slug: str) -> CurrentKey | None:
    """Return the newest key of an appeal that has been tried out, or ``None`` when nobody can sign it yet.

    A key made elsewhere waits until every file of its private half has opened once (:mod:`.key_tests`).
    """
    row = session.connection().execute(_newest_tried, {"slug": slug}).first()
    return None if row is None else CurrentKey(row.epoch, row.public_key)


def newest_key(session: Session, slug: str) -> CurrentKey | None:
    """Return the newest key of an appeal, also while it waits to be tried out; ``None`` when it has none at all."""
    row = session.connection().execute(_newest, {"slug": slug}).first()
    return None if row is None else CurrentKey(row.epoch, row.public_key)


def current_key(session: Session, slug: str) -> CurrentKey:
    """Return the key that new signatures are sealed to; :class:`UnavailableError` while there is none."""
    found = find_key(session, slug)
    if found is None:
        raise UnavailableError(f"Nobody can sign {slug} yet: it has no sealing key that has been tried out.")
    return found


def keys_of(session: Session, slug: str) -> list[CurrentKey]:
    """Return every key of an appeal, by epoch."""
    query = select(SealingKey.epoch, SealingKey.public_key).where(SealingKey.slug == slug).order_by(SealingKey.epoch)
    return [CurrentKey(epoch, public) for epoch, public in session.execute(query)]


def store_public_key(session: Session, slug: str, public: bytes, day: date) -> int:
    """Make ``public`` the newest key and return its epoch; the key that is the newest already keeps its epoch.

    New signatures are sealed to it at once, unless it is given files to be tried out in the same transaction
    (:func:`campaign.keys.key_tests.add_key`). Raises :class:`campaign.keys.sealing.SealError` when it is
    not a key, and :class:`RefusedError` when another key was stored at the same moment.
    """
    check_public_key(public)
    newest = newest_key(session, slug)
    if newest is not None and newest.public == public:
        return newest.epoch
    epoch = 1 if newest is None else newest.epoch + 1
    row = {"slug": slug, "epoch": epoch, "public_key": public, "fingerprint": fingerprint(public), "day": day}
    if not insert_once(session.connection(), SealingKey, ("slug", "epoch"), row):
        raise RefusedError(
            "Another sealing key was stored at the same moment. Look which one is in use, then try again."
        )
    return epoch
