"""What the tests of signing share: an appeal, a key pair stored for it, and people to sign."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest

from campaign.appeals.definition import Appeal
from campaign.core.database import Database
from campaign.keys import KeyPair, new_key_pair, store_public_key
from campaign.signatures import Consents, SignatureRecord, SigningKeys, sign

DAY = date(2026, 11, 21)
Signer = Callable[..., None]


def appeal_called(slug: str = "ua-61-21", *, keep_country: bool = True) -> Appeal:
    """An appeal with only what signing looks at."""
    return Appeal(
        slug=slug, reference="UA 61/21", country="CN", title={"en": "Title"}, summary={"en": "Summary"},
        locales=("en",), letter_locales=("en",), issued=date(2022, 7, 29), demands=(), recipients=(), letters={},
        pages={}, keep_days_after_close=60, keep_country=keep_country,
    )  # fmt: skip


@pytest.fixture
def appeal() -> Appeal:
    """The appeal UA 61/21."""
    return appeal_called()


@pytest.fixture
def keys() -> SigningKeys:
    """The secrets of signing."""
    return SigningKeys(index_key=b"index" * 8, row_key=b"row-" * 8, outbox_key=b"outbox" * 6)


@pytest.fixture(scope="session")
def pair() -> KeyPair:
    """The organisers' key pair."""
    return new_key_pair()


@pytest.fixture
def people() -> Callable[..., SignatureRecord]:
    """Make the record of somebody who signs."""

    def make(email: str = "aygul@example.org", name: str = "Aygül Qadir", **more: object) -> SignatureRecord:
        consents = more.pop("consents", None) or Consents(version="2026-11", count=True)
        return SignatureRecord(name, email, str(more.pop("country", "CA")), "en", consents, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def signing(database: Database, keys: SigningKeys, pair: KeyPair, appeal: Appeal) -> Signer:
    """Sign in a transaction of its own, for an appeal that has a sealing key."""
    with database.unit_of_work() as session:
        store_public_key(session, appeal.slug, pair.public, DAY)

    def sign_once(record: SignatureRecord, on: Appeal = appeal, day: date = DAY) -> None:
        with database.unit_of_work() as session:
            sign(session, keys, on, 1, datetime.combine(day, time(12), UTC), record)

    return sign_once
