"""Keys from before that are still needed: names sealed to them can be opened with nothing else."""

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from campaign.keys import CurrentKey, keys_of
from campaign.signatures.tables import Amendment, Signature


def older_keys(session: Session, slug: str) -> list[CurrentKey]:
    """Return the keys before the newest that stored signatures or changed consents are sealed to, by epoch."""
    sealed_to = union(*(select(kind.key_epoch).where(kind.slug == slug) for kind in (Signature, Amendment)))
    needed = set(session.scalars(sealed_to))
    return [key for key in keys_of(session, slug)[:-1] if key.epoch in needed]
