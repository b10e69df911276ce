"""What the tests of exports share: an appeal whose signatures can be exported and read back."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from campaign.appeals.definition import Appeal
from campaign.core.database import Database
from campaign.exports import Bundle, ExportReport, Purpose, export_signatures, open_bundle, write_bundle
from campaign.keys import CurrentKey, KeyPair, current_key, new_key_pair, store_public_key
from campaign.signatures import (
    Amendment,
    Consents,
    SignatureRecord,
    SigningKeys,
    State,
    seal_amendment,
    seal_signature,
    store_signatures,
)
from campaign.signatures.blind import row_mac

SLUG = "ua-61-21"
DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
APPEAL = Appeal(
    slug=SLUG, reference="UA 61/21", country="CN", title={"en": "Title"}, summary={"en": "Summary"}, locales=("en",),
    letter_locales=("en",), issued=date(2022, 7, 29), demands=(), recipients=(), letters={}, pages={},
    keep_days_after_close=60,
)  # fmt: skip
KEYS = SigningKeys(index_key=b"index" * 8, row_key=b"row-" * 8, outbox_key=b"outbox" * 6)


@dataclass(frozen=True)
class Exported:
    """A finished export: its bytes, its rows as dictionaries, and its report."""

    content: bytes
    rows: list[dict[str, str]]
    report: ExportReport


@dataclass(frozen=True)
class Campaign:
    """An appeal with its key pair in a database."""

    database: Database
    pair: KeyPair

    def sign(
        self,
        name: str,
        email: str = "",
        *,
        handover: bool = False,
        country: str = "CA",
        days: int = 0,
        state: State = State.CONFIRMED,
    ) -> None:
        """Sign and confirm in a transaction of its own; the address follows from the name unless it is given."""
        consents = Consents("2026-11", count=True, handover=handover)
        address = email or f"{name.encode().hex()[:40] or 'nameless'}@example.org"
        record = SignatureRecord(name, address, country, "en", consents, "Ottawa")
        with self.database.unit_of_work() as session:
            now = NOON + timedelta(days=days)
            signed = seal_signature(KEYS, current_key(session, SLUG), APPEAL, 1, now, record)
            signed.row["state"] = state
            signed.row["mac"] = row_mac(KEYS.row_key, signed.row)
            store_signatures(session, [signed])

    def change(self, name: str, n: int, *, handover: bool, key: CurrentKey | None = None) -> None:
        """Let somebody who has signed change whether their name may be handed over."""
        row_id = next(row["id"] for row in self.export(Purpose.FULL).rows if row["name"] == name)
        consents = Consents("2026-11", count=True, handover=handover)
        row = seal_amendment(
            KEYS.row_key, key or CurrentKey(1, self.pair.public), SLUG, bytes.fromhex(row_id), n, consents
        )
        with self.database.unit_of_work() as session:
            session.execute(insert(Amendment), row)

    def bundle(self) -> bytes:
        """Make a bundle."""
        out = io.BytesIO()
        with self.database.reading() as session:
            write_bundle(session, SLUG, DAY, out, KEYS.row_key)
        return out.getvalue()

    def export(
        self,
        purpose: Purpose,
        private: bytes | None = None,
        *,
        without_key: bool = False,
        with_unverified: bool = False,
    ) -> Exported:
        """Export as CSV and read it back as a spreadsheet would."""
        out = io.BytesIO()
        key = None if without_key else private or self.pair.private
        with self.database.reading() as session:
            report = export_signatures(session, key, SLUG, purpose, out, KEYS.row_key, with_unverified=with_unverified)
        return exported(out.getvalue(), report)


def exported(content: bytes, report: ExportReport) -> Exported:
    """Read a CSV file back as a spreadsheet would."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return Exported(content, rows, report)


def opened(bundle: bytes, purpose: Purpose, *pairs: KeyPair, with_unverified: bool = False) -> Exported:
    """Open a bundle as an organiser does at home."""
    out = io.BytesIO()
    report = open_bundle(Bundle(io.BytesIO(bundle)), pairs, purpose, out, with_unverified=with_unverified)
    return exported(out.getvalue(), report)


@pytest.fixture(scope="session")
def pair() -> KeyPair:
    """The organisers' key pair."""
    return new_key_pair()


@pytest.fixture
def campaign(database: Database, pair: KeyPair) -> Campaign:
    """An appeal that can be signed, and exported with the organisers' key."""
    with database.unit_of_work() as session:
        store_public_key(session, SLUG, pair.public, DAY)
    return Campaign(database, pair)
