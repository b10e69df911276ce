"""What every row of the directory must keep to; a table that breaks a rule is not put in use."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from campaign.recipients.countries import is_country
from campaign.recipients.directory import LETTER_KINDS, SUPERSEDED
from campaign.recipients.directory_file import Row, Sheet, Table
from campaign.recipients.mission import Confidence

_LEVELS = ("street", "district", "none")
_HONORIFICS = ("", "His Excellency", "Her Excellency")
_NO_CONTACTS = ("located_in", "address_lines", "email", "fax", "phone")
# Persian and the Indic scripts spell with these two; every other invisible character in a table is an accident.
_JOINERS = "\u200c\u200d"


class FindingKind(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"  # the table cannot be used
    STALE = "stale"  # too old to be believed
    SOON = "soon"  # will be too old within three months
    DOUBT = "doubt"  # used with care, or not printed
    MISSING = "missing"  # nothing is known
    ADVICE = "advice"  # would be better otherwise


@dataclass(frozen=True)
class Finding:
    """One thing found in a table: file and line (0: about the table as a whole), country, and a sentence."""

    kind: FindingKind
    file: str
    line: int
    country: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        about = f" {self.country}:" if self.country else ""
        return f"{place}: {self.kind}:{about} {self.message}"


def broken_rules(sheet: Sheet, today: date) -> tuple[Finding, ...]:
    """Return every error of a table, in the order of its lines."""
    country = sheet.table.key[0]
    rule = _RULES[sheet.table]
    found = [
        Finding(FindingKind.ERROR, sheet.table.file, row.line, row[country], message)
        for row in sheet.rows
        for message in (*_any_row(row), *rule(row, today))
    ]
    found += (
        Finding(FindingKind.ERROR, sheet.table.file, row.line, row[country], message)
        for row, message in (*_twice(sheet), *_coverage(sheet))
    )
    return tuple(sorted(found, key=lambda one: one.line))


def day_of(text: str) -> date | None:
    """Return the day of a cell such as ``2026-09-25``, or ``None`` when it is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _any_row(row: Row) -> Iterator[str]:
    for column, cell in row.cells.items():
        hidden = next((one for one in cell if unicodedata.category(one) in {"Cc", "Cf"} and one not in _JOINERS), "")
        if hidden:
            yield f"{column} holds an invisible character (U+{ord(hidden):04X}); type the cell anew."


def _mission(row: Row, today: date) -> Iterator[str]:
    kind = row["mission_type"]
    if kind != "none" and kind not in LETTER_KINDS and not kind.startswith("mission to "):
        yield f"mission_type “{kind}” is none of embassy, office, none, mission to …."
    for column in ("host_country", "located_in", "covered_by"):
        if not is_country(row[column]) and (row[column] or column == "host_country"):
            yield f"{column} “{row[column]}” is not a country code of two capital letters (ISO 3166-1)."
    if kind == "none" and any(row[column] for column in _NO_CONTACTS):
        filled = ", ".join(column for column in _NO_CONTACTS if row[column])
        yield f"there is no mission, but the row has {filled}."
    if kind != "none" and row["covered_by"] not in ("", row["located_in"]):
        yield "a country with a mission is not covered by another one; empty covered_by."
    if row["confidence"] not in set(Confidence):
        yield f"confidence “{row['confidence']}” is none of {', '.join(Confidence)}."
    yield from _source(row, "source_date", today, needed=row["confidence"] != Confidence.LOW)
    yield from _address(row)
    yield from _contacts(row)


def _address(row: Row) -> Iterator[str]:
    lines = row["address_lines"].split("|") if row["address_lines"] else []
    if any(not line.strip() or line != line.strip() for line in lines):
        yield "address_lines has an empty line, or blanks beside a “|”."
    level = row["address_level"]
    if level not in _LEVELS:
        yield f"address_level “{level}” is none of {', '.join(_LEVELS)}."
    elif bool(lines) is (level == "none"):
        yield f"address_level “{level}” does not agree with address_lines ({len(lines)} lines)."


def _contacts(row: Row) -> Iterator[str]:
    if row["email"]:
        try:
            validate_email(row["email"], check_deliverability=False)
        except EmailNotValidError as error:
            yield f"email “{row['email']}” is not one address: {error}"
    for column in ("fax", "phone"):
        if row[column] and parsed_number(row, column) is None:
            yield f"{column} “{row[column]}” is not a telephone number."
    if row["website"] and not re.fullmatch(r"https?://[^\s/]+\S*", row["website"]):
        yield f"website “{row['website']}” does not begin with http:// or https://."
    for column, most in (("lat", 90), ("lon", 180)):
        if row[column] and not (re.fullmatch(r"-?\d+(\.\d+)?", row[column]) and abs(float(row[column])) <= most):
            yield f"{column} “{row[column]}” is not a number from -{most} to {most}, with a point."


def parsed_number(row: Row, column: str) -> phonenumbers.PhoneNumber | None:
    """Return a mission's telephone or fax number as the library reads it, or ``None`` for what is no number."""
    try:
        return phonenumbers.parse(row[column], row["located_in"] or row["host_country"])
    except phonenumbers.NumberParseException:
        return None


def _ambassador(row: Row, today: date) -> Iterator[str]:
    if not is_country(row["country"]):
        yield f"country “{row['country']}” is not a country code of two capital letters (ISO 3166-1)."
    if not row["name"] or not row["family_name"] or row["family_name"] not in row["name"]:
        yield f"family_name “{row['family_name']}” is not a part of name “{row['name']}”."
    if row["honorific"] not in _HONORIFICS:
        yield f"honorific “{row['honorific']}” is neither empty nor His Excellency nor Her Excellency."
    yield from _source(row, "as_of", today, needed=True)


def _source(row: Row, column: str, today: date, *, needed: bool) -> Iterator[str]:
    if not row["source"]:
        yield "source is empty: say where the row comes from."
    day = day_of(row[column])
    if row[column] and day is None:
        yield f"{column} “{row[column]}” is not a day such as {today}."
    elif day and day > today:
        yield f"{column} {day} lies in the future."
    elif needed and not day:
        yield f"{column} is empty: give the day of the source, such as {today}."


def _twice(sheet: Sheet) -> Iterator[tuple[Row, str]]:
    """Find rows with the same key, and rows that leave open which of them counts."""
    seen: dict[tuple[str, ...], int] = {}
    answers: dict[tuple[str, ...], int] = {}
    for row in sheet.rows:
        earlier = seen.setdefault(sheet.key(row), row.line)
        answer = _answer(sheet.table, row)
        first = answers.setdefault(answer, row.line) if answer else row.line
        if earlier != row.line:
            yield row, f"this is the same row as line {earlier}; keep one."
        elif first != row.line:
            yield row, f"this contradicts line {first}: only one of them can be true."


def _answer(table: Table, row: Row) -> tuple[str, ...]:
    """Return the question a row answers, which only one row may; empty where several may stand side by side."""
    if table is Table.AMBASSADORS:
        return () if SUPERSEDED in row["kind"] else (row["country"], row["as_of"])
    return (row["host_country"],) if row["mission_type"] in (*LETTER_KINDS, "none") else ()


def _coverage(sheet: Sheet) -> Iterator[tuple[Row, str]]:
    if sheet.table is not Table.MISSIONS:
        return
    hosts = Counter(row["host_country"] for row in sheet.rows if row["mission_type"] in LETTER_KINDS)
    for row in sheet.rows:
        if row["covered_by"] and is_country(row["covered_by"]) and row["covered_by"] not in hosts:
            yield row, f"covered_by points to {row['covered_by']}, where there is no embassy or office."


_RULES: dict[Table, Callable[[Row, date], Iterator[str]]] = {Table.MISSIONS: _mission, Table.AMBASSADORS: _ambassador}
