"""Counting afterwards: who is there, who is there twice, and whether the database is whole."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import inspect, select, text

from campaign.cli.drills.site import Site
from campaign.core.database import Database, table_of
from campaign.signatures import STANDING, Signature, open_signature
from campaign.signatures.blind import canonical_email, index_under, row_is_genuine


@dataclass(frozen=True)
class Count:
    """How many are lost, how many count more than once, and what is wrong with the database, in sentences."""

    lost: int
    duplicated: int
    broken: list[str]


def count_signatures(site: Site, acknowledged: Collection[str], tried: Collection[str]) -> Count:
    """Compare what is in the database with what people were told.

    Somebody is there whose keyed hash stands in a row that is genuine and opens to that very address; the address
    inside also tells who counts twice, since a hash in a broken index could not. Who waits for a mail may wait twice.
    """
    slug, row_key = site.appeal.slug, site.secret("ROW_KEY")
    key = site.index_keys.of(slug)
    indexes = {one: index_under(key, one) for one in map(canonical_email, tried)}
    people: Counter[str] = Counter()
    there: set[str] = set()
    broken = whole(site.database)
    with site.database.reading() as session:
        found = session.execute(select(table_of(Signature)).where(Signature.slug == slug)).mappings()
        rows = [dict(row) for row in found]
    for row in rows:
        somebody = canonical_email(open_signature(site.private_key, row).email)
        if somebody not in indexes or not row_is_genuine(row_key, row):
            broken.append("a row that the site has not written")
            continue
        people[somebody] += row["state"] in STANDING
        if row["blind_index"] == indexes[somebody]:
            there.add(somebody)
    lost = len(set(map(canonical_email, acknowledged)) - there)
    return Count(lost, sum(n - 1 for n in people.values() if n), broken)


def whole(database: Database) -> list[str]:
    """Return what the database finds wrong with itself: SQLite's own check, and every row of every table read."""
    found = []
    with database.reading() as session:
        if database.is_sqlite:
            found = [line for (line,) in session.execute(text("PRAGMA integrity_check")) if line != "ok"]
        else:
            session.execute(text("SET LOCAL enable_indexscan = off"))  # the rows themselves, and not an index of them
        for name in inspect(session.connection()).get_table_names():
            session.execute(text(f'SELECT * FROM "{name}"')).all()  # noqa: S608  a name the database has told us
    return found
