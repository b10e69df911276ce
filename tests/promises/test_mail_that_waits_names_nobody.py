"""While a mail waits, and after it has left, no file of the site holds the address it goes to."""

import base64
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from campaign.app import create_app
from campaign.jobs.tasks import SEND_MAIL
from campaign.mail.outbox import count_waiting
from tests.visitor import Visitor

MARKER = "marker-6121"
ADDRESS = f"{MARKER}@example.org"


def everything(runtime) -> bytes:
    """Return every byte of the instance: files with their write-ahead logs, or a dump of all tables."""
    files = [path.read_bytes() for path in Path(runtime.settings.instance).rglob("*") if path.is_file()]
    if runtime.database.is_sqlite:
        return b"".join(files)
    with runtime.database.reading() as session:
        names = inspect(session.connection()).get_table_names()
        rows = [session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names]
    values = [value for table in rows for row in table for value in row]
    return b"".join(files + [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values])


def found_in(data: bytes) -> list[str]:
    forms = {
        "as typed": ADDRESS.encode(),
        "its first part": MARKER.encode(),
        "in base64": base64.b64encode(ADDRESS.encode())[:-4],
        "in UTF-16": ADDRESS.encode("utf-16-le"),
        "in hex": ADDRESS.encode().hex().encode(),
    }
    return [name for name, form in forms.items() if form.lower() in data.lower()]


def waiting(runtime) -> int:
    with runtime.database.reading() as session:
        return count_waiting(session)


@pytest.fixture
def queue_url(mail_runtime, database_url):
    """Let the queue use the same PostgreSQL as the rows, where there is one."""
    if not mail_runtime.database.is_sqlite:
        mail_runtime.__dict__["settings"] = mail_runtime.settings.model_copy(update={"queue_url": database_url})


def test_nothing_the_site_keeps_shows_the_address_before_nor_after_its_mail_has_left(
    mail_runtime, mail_server, queue_url, caplog
):
    Visitor(create_app(runtime=mail_runtime)).sign(email=ADDRESS)
    mail_runtime.queue.ring(SEND_MAIL)
    assert waiting(mail_runtime) == 1
    assert found_in(everything(mail_runtime)) == [], "while it waits"
    mail_server.to_recipient = lambda address: f"450 4.2.0 {address} is greylisted"
    assert mail_runtime.delivery.run().later == 1
    assert found_in(everything(mail_runtime)) == [], "after a try in vain"
    mail_server.to_recipient = lambda _address: "250 OK"
    mail_runtime.clock.moment = mail_runtime.clock.moment.replace(hour=23)
    assert mail_runtime.delivery.run().taken == 1
    assert found_in(everything(mail_runtime)) == [], "after it has left"
    assert waiting(mail_runtime) == 0
    assert MARKER not in caplog.text
    assert mail_server.recipients == [ADDRESS]


def test_the_search_finds_what_is_there(mail_runtime):
    (Path(mail_runtime.settings.instance) / "forgotten.log").write_text(f"sent to {ADDRESS}")
    assert found_in(everything(mail_runtime)) == ["as typed", "its first part"]
