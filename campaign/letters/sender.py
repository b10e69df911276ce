"""The sender's own address as it stands on a letter and an envelope."""

import re
from collections.abc import Iterator

from campaign.letters.letter import LetterValues
from campaign.letters.phrases import Phrases
from campaign.recipients.address import PostalAddress
from campaign.recipients.countries import country_name

# What divides a line into street, town and province.
_PARTS = re.compile(r"[,;()\n]|\s[-–—]\s")
# Post codes as they stand before a town: 75011, CH-8004, 110 00, 1012 LG, 〒100-0001. A short number is a house's.
_BEFORE = re.compile(r"(?:(?:[a-z]{1,3}-|〒)?\d{3,}[\d-]*(?:\s\d{2,})?(?:\s[a-z]{2})?\s)?")
# And after it: BA1 1AA, D02 X285, QC H2J 2K9, NSW 2000, NY 10001-1234, Cedex 11, the 1 of Praha.
_AFTER = re.compile(
    r"(?:\s(?:[a-z]{1,2}\d[a-z\d]?(?:\s?\d[a-z]{2})?|[a-z]\d{2}\s?[a-z\d]{4}"
    r"|(?:[a-z]{2}\s)?[a-z]\d[a-z]\s?\d[a-z]\d|(?:[a-z]{2,3}\s)?\d{4,}(?:-\d+)?|cedex(?:\s\d+)?|\d{1,2}(?:er|e)?))?"
)
# Chinese and Japanese have no blanks: the address begins with the town, and so may the name of a street.
_HAN = re.compile(r"[\u3400-\u9fff]+")
_STREET_GOES_ON = re.compile(r"[东東西南北中]?大?[路街道巷]")


def sender_lines(name: str, values: LetterValues, phrases: Phrases) -> tuple[str, ...]:
    """Return the lines of the sender's own address, as an envelope has it; none for a letter without a name."""
    if not name:
        return ()
    street = [line.strip() for line in values.address.split("\n") if line.strip()]
    lines = [name, *street]
    # People often type their whole address into the one field: do not say the town or the country twice.
    if values.city and not names_town(street, values.city):
        lines.append(values.city)
    country = country_name(values.country, phrases.address_locale)
    if country and PostalAddress(street).country != values.country:
        lines.append(country)
    return tuple(lines)


def names_town(street: list[str], city: str) -> bool:
    """Say whether typed lines have one for the town: its name alone or with a post code, after the first part.

    “1 Bath Road” is a street and not the town of Bath. In doubt the answer is no: a town that stands there twice is
    delivered, and one that is missing may not be.
    """
    town = _plain(city)
    if _HAN.fullmatch(town):
        around = [_plain(line).partition(town) for line in street]
        return any(found and _BEFORE.fullmatch(code) and not _STREET_GOES_ON.match(on) for code, found, on in around)
    around = [part.partition(town) for part in _later_parts(street)]
    return any(found and _BEFORE.fullmatch(before) and _AFTER.fullmatch(after) for before, found, after in around)


def _later_parts(street: list[str]) -> Iterator[str]:
    """Yield what lines and commas divide, without the first, which is a house and its street."""
    parts = [_plain(part) for part in _PARTS.split("\n".join(street))]
    yield from parts[1:]


def _plain(text: str) -> str:
    """Return a text as it is compared: without case, one blank between words."""
    return " ".join(text.casefold().split()).strip(".")
