"""Network addresses: counted for a day as hashes that nobody can undo, and found nowhere afterwards."""

import hashlib
import logging
from datetime import timedelta
from ipaddress import ip_address

import pytest
from sqlalchemy import inspect, text

from tests.abuse.solving import easy, solved
from tests.visitor import JOURNEY, SLUG, Visitor

V4, V6, FORWARDED = "203.0.113.77", "2001:db8:7777:1:2:3:4:5", "198.51.100.177"
SIGN = f"/{SLUG}/sign"


def marks(address: str) -> list[bytes]:
    """Return an address and its neighbourhood as somebody might have written or hashed them."""
    whole = ip_address(address)
    texts = [address, whole.exploded, address.rpartition(".")[0] or "2001:db8:7777", whole.reverse_pointer]
    found = [one.encode() for one in texts] + [one.encode("utf-16-le") for one in texts[:1]]
    hashed = [*found, whole.packed, whole.packed[:3] if whole.version == 4 else whole.packed[:6]]
    digests = [hashlib.new(kind, one).digest() for kind in ("sha256", "sha1", "md5") for one in hashed]
    packed = [whole.packed] if whole.version == 6 else []
    return [*found, *packed, *digests, *(digest.hex().encode() for digest in digests)]


def everything(runtime, folder) -> bytes:
    """Return every byte of the instance folder and every value of the database."""
    parts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    with runtime.database.reading() as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                parts += [bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in row]
    return b"\n".join(parts)


@pytest.fixture
def visits(site_with, caplog):
    """A site that people of three networks sign on, over the limit too; and its log."""
    caplog.set_level(logging.DEBUG)
    app = site_with(sign_limits="2/minute", proxy_hops=1)
    runtime = easy(app.extensions["campaign"])
    for address in (V4, V6, FORWARDED):
        visitor = Visitor(app)
        headers = {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}"}
        for number in range(4):
            proof = solved(visitor.client.get("/proof.json", headers=headers).get_json()) if number == 3 else ""
            data = {**JOURNEY, "email": f"x{number}@{number}.example.org", "proof": proof}
            visitor.post(SIGN, data, headers=headers)
            visitor.get(f"/{SLUG}/letters", headers=headers)
            visitor.get(f"/{SLUG}/letters/president.txt", headers=headers)
        visitor.client.get("/no/such/page", headers=headers)
    return runtime


def test_no_address_stands_in_database_files_or_log(visits, tmp_path, caplog):
    kept = everything(visits, tmp_path)
    assert b"ua-61-21" in kept
    for address in (V4, V6, FORWARDED):
        assert [one for one in marks(address) if one in kept] == []
        assert address not in caplog.text


def test_a_day_later_nobody_can_tell_who_was_counted(visits, tmp_path, clock):
    (salt,) = (tmp_path / "run").iterdir()
    secret = salt.read_bytes()
    assert secret not in everything(visits, tmp_path / "secrets")
    assert _rates(visits)
    clock.advance(timedelta(days=1))
    visits.guard.sweep(visits.database)
    assert _rates(visits) == []
    assert [path.name for path in (tmp_path / "run").iterdir()] == []
    assert secret not in everything(visits, tmp_path)


def test_a_count_does_not_tell_the_moment(visits):
    assert {expires % 60 for _key, expires in _rates(visits)} == {0}


def _rates(runtime):
    with runtime.database.reading() as session:
        return [
            (bytes(key), expires) for key, expires in session.execute(text("SELECT key_hash, expires_at FROM rate"))
        ]
