"""What mail is about: signatures of UA 61/21, stored as the pages store them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.mail.message import Mail
from campaign.mail.outbox import claim, open_mail
from campaign.runtime import Runtime
from campaign.signatures import (
    Circumstances,
    Consents,
    MailWriter,
    SignatureRecord,
    seal_signature,
    store_signatures,
)
from campaign.signatures.signing import SealedSignature
from tests.visitor import SLUG

PERSON = SignatureRecord("Aygül Qadir", "aygul@example.org", "CA", "en", Consents("1", count=True), "Montréal")


def stored(runtime: Runtime, *, asked: bool = True, shared: bool = False, **changes: str) -> SealedSignature:
    """Sign as the form does; return the sealed signature with its mail."""
    how = Circumstances(asked=asked, shared_addresses=shared)
    found = runtime.published(SLUG)
    record = replace(PERSON, **changes)
    sealed = seal_signature(
        runtime.keys, runtime.sealing_key(SLUG), found.appeal, found.edition, runtime.clock.now(), record, how
    )
    with runtime.database.unit_of_work() as session:
        store_signatures(session, [sealed])
    return sealed


@pytest.fixture
def sign(mail_runtime: Runtime) -> Callable[..., SealedSignature]:
    """Sign as the form does: ``sign(email="other@example.org")``."""
    return lambda **changes: stored(mail_runtime, **changes)


@pytest.fixture
def written(mail_runtime: Runtime) -> Callable[..., list[Mail | None]]:
    """Write what waits in the outbox, or one given order, as the worker does; return the mails."""

    def write(order: dict[str, str] | None = None, *, writer: MailWriter | None = None) -> list[Mail | None]:
        writer = writer or MailWriter(salts=mail_runtime.guard.salts)
        now, key = mail_runtime.clock.now(), mail_runtime.keys.outbox_key
        with mail_runtime.database.unit_of_work() as session:
            rows = [] if order else claim(session, now, 100, timedelta(minutes=10))
            orders = [order] if order else [open_mail(key, row) for row in rows]
            return [writer.write(session, one, now) for one in orders]

    return write


@pytest.fixture
def order() -> dict[str, str]:
    """What somebody who lost their link leaves behind."""
    return {"kind": "lost-link", "to": PERSON.email, "locale": "en", "slug": SLUG, "index": ""}


def tokens_of(mail: Mail) -> tuple[str, ...]:
    """Return every token of a mail."""
    return (*mail.confirm, *mail.manage)
