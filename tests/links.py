"""Links as the mails hold them, given out without sending a mail."""

from datetime import UTC, date, datetime, time

from sqlalchemy import insert, select

from campaign.appeals.definition import Appeal
from campaign.core.database import Database
from campaign.core.tokens import new_token, token_hash
from campaign.keys import KeyPair
from campaign.keys.keyring import CurrentKey
from campaign.signatures import (
    Circumstances,
    LinkPurpose,
    Signature,
    SignatureRecord,
    SigningKeys,
    State,
    seal_signature,
    store_signatures,
)
from campaign.signatures.own_consents import lock_key
from campaign.signatures.tables import Link

DAY = date(2026, 11, 21)
SLUG = "ua-61-21"


def sign_and_wait(
    database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal, record: SignatureRecord, day: date = DAY
) -> bytes:
    """Sign where a mail asks for confirmation; return the id of the row."""
    now = datetime.combine(day, time(12), UTC)
    sealed = seal_signature(keys, CurrentKey(1, pair.public), appeal, 1, now, record, Circumstances(asked=True))
    with database.unit_of_work() as session:
        store_signatures(session, [sealed])
    row_id: bytes = sealed.row["id"]
    return row_id


def link_to(
    database: Database,
    row_id: bytes,
    purpose: LinkPurpose,
    day: date = DAY,
    slug: str = SLUG,
    own_key: bytes | None = None,
) -> str:
    """Return a token for a signature, as the mail of that day would hold it; with ``own_key`` it shows the consents."""
    token = new_token()
    row = {"token_hash": token_hash(token), "slug": slug, "signature_id": row_id, "purpose": purpose, "day": day}
    row["own_key"] = lock_key(token, slug, row_id, own_key) if own_key else None
    with database.unit_of_work() as session:
        session.execute(insert(Link).values(row))
    return token


def state_of(database: Database, row_id: bytes) -> State | None:
    """Return the state of a signature, or None when it is gone."""
    with database.reading() as session:
        return session.execute(select(Signature.state).where(Signature.id == row_id)).scalar()


def only_id(database: Database) -> bytes:
    """Return the id of the one signature there is."""
    with database.reading() as session:
        return session.execute(select(Signature.id)).scalar_one()
