"""Looking for what was typed in everything a site keeps, in every form in which it might have been written."""

import base64
import hashlib
import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

_SHORTEST = 6
"""Bytes of a form below which finding it would mean nothing: chance alone would."""


def forms(text: str) -> dict[bytes, str]:
    """Return the ways in which a text might stand in a file, each with its name; to be looked for in any case."""
    found = {text.encode(): "as typed", text.casefold().encode(): "casefolded", text.upper().encode(): "in capitals"}
    for form in ("NFD", "NFKC"):
        found.setdefault(unicodedata.normalize(form, text).encode(), form)
    for codec in ("utf-16-le", "utf-16-be", "latin-1", "utf-7"):
        found.setdefault(text.encode(codec, "replace"), codec)
    found.setdefault(quote(text, safe="").encode(), "percent-encoded")
    found.setdefault(json.dumps(text)[1:-1].encode(), "JSON")
    found.setdefault(escape(text).encode("ascii", "xmlcharrefreplace"), "HTML")
    found.setdefault("".join(f"={one:02X}" if one > 127 else chr(one) for one in text.encode()).encode(), "MIME")
    found.setdefault(text.encode().hex().encode(), "hex")
    for shift, unknown in enumerate((0, 2, 3)):  # base64 looks different for each place at which a text may begin
        padded = b"\0" * shift + text.encode()
        found.setdefault(base64.b64encode(padded)[unknown : len(padded) * 8 // 6], f"base64 from place {shift}")
    return {form: name for form, name in found.items() if len(form) >= _SHORTEST}


def network_forms(address: str) -> dict[bytes, str]:
    """Return the ways in which an address of the network might stand in a file."""
    whole = ip_address(address)
    found = {**forms(address), **forms(whole.exploded), whole.reverse_pointer.encode(): "reversed"}
    if whole.version == 6:
        found[whole.packed] = "packed"
    return found


def hashed_forms(texts: Iterable[str]) -> dict[bytes, str]:
    """Return the digests of texts without a key: whoever guesses the text finds it."""
    found: dict[bytes, str] = {}
    for text in texts:
        for kind in ("md5", "sha1", "sha256"):
            digest = hashlib.new(kind, text.encode()).digest()
            found |= {
                digest: kind,
                digest.hex().encode(): f"{kind} in hex",
                base64.b64encode(digest): f"{kind}, base64",
            }
    return found


def found_in(content: bytes, marks: Mapping[bytes, str]) -> list[str]:
    """Return the names of the marks that stand in some bytes, whatever their case."""
    lowered = content.lower()
    return sorted({name for mark, name in marks.items() if mark.lower() in lowered})


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give name and bytes of every file; one that went away meanwhile holds nothing."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                yield str(path.relative_to(folder)), path.read_bytes()
        except (FileNotFoundError, PermissionError, OSError):
            continue


def tables_of(url: str, backup: Path) -> dict[str, bytes]:
    """Return every table as an honest copy of the database holds it, made in ``backup`` by the database's own means."""
    return _sqlite_tables(url, backup) if url.startswith("sqlite") else _postgresql_tables(url, backup)


def _sqlite_tables(url: str, backup: Path) -> dict[str, bytes]:
    source, copy = sqlite3.connect(url.removeprefix("sqlite:///")), sqlite3.connect(backup / "backup.db")
    source.backup(copy)
    source.close()
    names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: b"\n".join(_plain(row) for row in copy.execute(f'SELECT * FROM "{name}"')) for name in names}
    copy.close()
    return found


def _plain(row: Iterable[object]) -> bytes:
    return b"\t".join(one if isinstance(one, bytes) else str(one).encode() for one in row)


def _connected(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def _postgresql_tables(url: str, backup: Path) -> dict[str, bytes]:
    found = {}
    with _connected(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(str(name)))) as copy:
                found[str(name)] = b"".join(bytes(part) for part in copy)
    (backup / "dump.sql").write_bytes(b"\n".join(found.values()))
    return found


def server_files(url: str) -> Iterator[tuple[str, bytes]]:
    """Give every file of a PostgreSQL server, with what it has deleted and not yet written over, and its log."""
    with _connected(url) as connection:
        connection.autocommit = True
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    yield from files_below(Path(str(folder)))
    yield "log of the server", Path(str(folder)).with_name("log").read_bytes()
