"""People who have signed and confirmed, for tests of the public list; no mail is sent."""

import secrets
from datetime import date

from sqlalchemy import insert

from campaign.core.database import Database
from campaign.signatures import Signature, State
from campaign.signatures.blind import row_mac

DAY = date(2026, 11, 21)


def confirmed(database: Database, number: int, *, slug: str = "ua-61-21", row_key: bytes = b"") -> list[bytes]:
    """Store confirmed signatures whose seal nobody opens; return their ids."""
    rows = []
    for _ in range(number):
        row = {
            "slug": slug, "id": secrets.token_bytes(16), "edition": 1, "key_epoch": 1, "state": State.CONFIRMED,
            "day": DAY, "country": "CA", "blind_index": secrets.token_bytes(32), "sealed": secrets.token_bytes(1500),
            "address_index": secrets.token_bytes(32), "flags": 0,
        }  # fmt: skip
        rows.append(row | {"mac": row_mac(row_key, row)})
    with database.unit_of_work() as session:
        session.execute(insert(Signature), rows)
    return [row["id"] for row in rows]
