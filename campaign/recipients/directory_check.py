"""What a group should look at in its directory: what has aged, what is doubtful, what is missing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import phonenumbers

from campaign.recipients.address import LINE_CHARACTERS, PostalAddress, Window, width
from campaign.recipients.countries import country_name, country_names
from campaign.recipients.country_synonyms import folded
from campaign.recipients.directory import LETTER_KINDS, SUPERSEDED, fresh_until
from campaign.recipients.directory_file import DirectoryFileError, Row, Sheet, Table, read_folder
from campaign.recipients.directory_rules import Finding, FindingKind, broken_rules, day_of, parsed_number

_SOON = timedelta(days=92)
# “His Excellency …”, “Ambassador …” and “Embassy of …” stand above the lines of the directory.
_HEADING_LINES = 3


def check_folder(folder: Path, today: date) -> tuple[Finding, ...]:
    """Return what there is to say about a state's folder; a file that cannot be read is one finding."""
    try:
        return check_directory(read_folder(folder, Table.MISSIONS), read_folder(folder, Table.AMBASSADORS), today)
    except DirectoryFileError as error:
        return (Finding(FindingKind.ERROR, error.file, error.line, "", error.message),)


def check_directory(missions: Sheet, ambassadors: Sheet, today: date) -> tuple[Finding, ...]:
    """Return everything there is to say about a state's two tables, by file and line.

    Rows that break a rule are reported for that alone: what else they say cannot be relied upon.
    """
    errors = (*broken_rules(missions, today), *broken_rules(ambassadors, today))
    broken = {(one.file, one.line) for one in errors}
    found = list(errors)
    for row in missions.rows:
        if (missions.table.file, row.line) not in broken:
            found += (_about(missions.table, row, kind, message) for kind, message in _mission(row, today))
    for row in _names_in_use(missions, ambassadors):
        if (ambassadors.table.file, row.line) not in broken:
            found += (_about(ambassadors.table, row, kind, message) for kind, message in _name(row, today))
    found += _missing(missions)
    return tuple(sorted(found, key=lambda one: (one.file != Table.MISSIONS.file, one.line)))


def _about(table: Table, row: Row, kind: FindingKind, message: str) -> Finding:
    return Finding(kind, table.file, row.line, row[table.key[0]], message)


def _mission(row: Row, today: date) -> Iterator[tuple[FindingKind, str]]:
    if row["mission_type"] not in (*LETTER_KINDS, "none"):
        return  # the United Nations and the European Union get no letters
    dated = day_of(row["source_date"])
    if dated is None:
        yield FindingKind.STALE, "nobody knows how old this is: source_date is empty."
    elif today > fresh_until(dated):
        yield FindingKind.STALE, f"the source is of {dated}, more than 24 months ago."
    if row["mission_type"] in LETTER_KINDS:
        yield from _reachable(row)


def _reachable(row: Row) -> Iterator[tuple[FindingKind, str]]:
    address = PostalAddress(row["address_lines"].split("|"))
    if address.is_empty:
        yield FindingKind.DOUBT, "there is no postal address; only e-mail can be offered, if that."
    elif row["confidence"] == "low":
        yield FindingKind.DOUBT, "confidence is low: no letter is printed until a second source confirms the address."
    if row["address_level"] == "district":
        yield FindingKind.ADVICE, "the address names a district, but no street."
    for column in ("fax", "phone"):
        number = parsed_number(row, column)
        if number and not phonenumbers.is_valid_number(number):
            yield FindingKind.DOUBT, f"{column} “{row[column]}” is not a number that exists in its country's plan."
    if not address.is_empty:
        yield from _address(address, row)


def _address(address: PostalAddress, row: Row) -> Iterator[tuple[FindingKind, str]]:
    last = address.lines[-1]
    country = country_name(row["located_in"] or row["host_country"], "en")
    if address.last_line_is_country_alone and folded(last) not in folded(row["city"]):
        yield FindingKind.DOUBT, f"the last line is the country (“{last}”), which the program adds itself."
    elif not PostalAddress([*address.lines, country]).has_enough_lines:
        yield FindingKind.DOUBT, "the address is a single line; a street and a town are needed."
    if address.has_local_script_line:
        yield FindingKind.DOUBT, "a line is in another script than Latin, which a post office abroad may not read."
    long = address.longest_line
    if width(long) > LINE_CHARACTERS:
        yield FindingKind.ADVICE, f"a line has {width(long)} characters, a window shows {LINE_CHARACTERS}: “{long}”."
    whole = PostalAddress([*["-"] * _HEADING_LINES, *address.lines, country])
    if not whole.fits(Window()):
        lines = len(whole.wrapped(LINE_CHARACTERS))
        yield (
            FindingKind.ADVICE,
            f"with the name above and the country below it takes {lines} lines, too many for a window.",
        )


def _names_in_use(missions: Sheet, ambassadors: Sheet) -> Iterator[Row]:
    """Yield the newest name of every embassy: older rows and countries without an embassy name nobody in a letter."""
    embassies = {row["host_country"] for row in missions.rows if row["mission_type"] == "embassy"}
    newest: dict[str, Row] = {}
    for row in ambassadors.rows:
        country = row["country"]
        if country not in embassies or SUPERSEDED in row["kind"]:
            continue
        if country not in newest or row["as_of"] > newest[country]["as_of"]:
            newest[country] = row
    yield from newest.values()


def _name(row: Row, today: date) -> Iterator[tuple[FindingKind, str]]:
    seen = day_of(row["as_of"])
    if seen is None:
        return
    last = fresh_until(seen)
    if today > last:
        yield FindingKind.STALE, f"{row['name']} was last seen on {seen}; letters say “The Ambassador” since {last}."
    elif today + _SOON > last:
        yield FindingKind.SOON, f"{row['name']} was last seen on {seen} and will not be named after {last}."


def _missing(missions: Sheet) -> Iterator[Finding]:
    listed = {row["host_country"] for row in missions.rows}
    for code, name in country_names("en").items():
        if code not in listed:
            message = f"there is no row for {name}; say where its people can write, or “none”."
            yield Finding(FindingKind.MISSING, missions.table.file, 0, code, message)
