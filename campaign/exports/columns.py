"""What each kind of export contains: declared once, for every format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaign.signatures import STANDING, SignatureRecord


class Purpose(StrEnum):
    """What an export is for; it decides whose rows and which columns are in it.

    ``FULL``: everything an organiser may need. ``COUNT``: numbers, no person, no key needed. ``HANDOVER``: for the
    addressees, only who agreed to that and confirmed it by mail, only name and country, in random order. ``CONTACT``:
    to write to the signers.
    """

    FULL = "full"
    COUNT = "count"
    HANDOVER = "handover"
    CONTACT = "contact"


@dataclass(frozen=True)
class Opened:
    """One genuine signature with what was sealed in it; ``row`` has the readable columns of its table."""

    row: Mapping[str, Any]
    record: SignatureRecord


@dataclass(frozen=True)
class Column:
    """A heading, and how its cell is read from a signature."""

    title: str
    value: Callable[[Opened], str]


def _yes_no(answer: bool) -> str:
    return "yes" if answer else "no"


_NAME = Column("name", lambda one: one.record.name)
_EMAIL = Column("email", lambda one: one.record.email)
_COUNTRY = Column("country", lambda one: one.record.country)
_LANGUAGE = Column("language", lambda one: one.record.locale)

COLUMNS: dict[Purpose, tuple[Column, ...]] = {
    Purpose.FULL: (
        Column("id", lambda one: one.row["id"].hex()),
        Column("day", lambda one: one.row["day"].isoformat()),
        Column("state", lambda one: one.row["state"]),
        Column("edition", lambda one: str(one.row["edition"])),
        _NAME,
        _EMAIL,
        _COUNTRY,
        Column("city", lambda one: one.record.city),
        _LANGUAGE,
        Column("consent to count", lambda one: _yes_no(one.record.consents.count)),
        Column("consent to show", lambda one: _yes_no(one.record.consents.show)),
        Column("consent to hand over", lambda one: _yes_no(one.record.consents.handover)),
        Column("consent text", lambda one: one.record.consents.version),
    ),
    Purpose.HANDOVER: (_NAME, _COUNTRY),
    Purpose.CONTACT: (_NAME, _EMAIL, _LANGUAGE),
}

COUNT_TITLES = ("day", "country", "state", "signatures")


def belongs(purpose: Purpose, one: Opened) -> bool:
    """Say whether a signature is part of an export.

    Who took their name back, or was struck out, is neither handed over nor written to. A handover has only people who
    agreed to it, and nobody without a name; whether unverified ones belong to it is for its caller to decide. Nobody
    can write to people without an address.
    """
    if purpose is Purpose.FULL:
        return True
    if one.row["state"] not in STANDING:
        return False
    if purpose is Purpose.CONTACT:
        return bool(one.record.email)
    return one.record.consents.handover and bool(one.record.name)
