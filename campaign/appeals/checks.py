"""What must hold between the parts of a pack, beyond the type of each key."""

import re
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.appeals.cases import CASES_FILE
from campaign.appeals.pack_format import AppealTable, RecipientTable
from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import Location, line_of
from campaign.recipients.address import FEWEST_LINES, PostalAddress, Window

# One DIN 5008 page holds about 275 words of body at 11 pt; above 250 there is no room for a supporter's own.
MAX_WORDS = 250
RESERVED_IDS = frozenset({"all", "blank", "clear", "envelope", "labels"})
"""What the site's own addresses hold where the others hold a recipient's id: “letters/all.pdf”."""

_TOML = "appeal.toml"
_HAN = re.compile(r"[\u3400-\u9fff]")


def check_references(table: AppealTable, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield every disagreement between the tables, and between the tables and the files beside them."""
    toml = texts[_TOML]
    for location, message in _table_problems(table):
        yield Problem(_TOML, line_of(toml, location), message)
    for location, message in _address_advice(table):
        yield Problem(_TOML, line_of(toml, location), message, fatal=False)
    yield from _file_problems(table, texts)
    yield from _length_advice(table, texts)


def _table_problems(table: AppealTable) -> Iterator[tuple[Location, str]]:
    yield from _duplicates("source", [one.id for one in table.source])
    yield from _duplicates("demand", [one.id for one in table.demand])
    yield from _duplicates("recipient", [one.id for one in table.recipient])
    sources = {one.id for one in table.source}
    claims: list[tuple[Location, str]] = [
        *((("fact", n, "source"), fact.source) for n, fact in enumerate(table.fact)),
        *((("timeline", n, "source"), event.source) for n, event in enumerate(table.timeline)),
    ]
    for location, source in claims:
        if source not in sources:
            yield location, f"No [[source]] has the id “{source}”."
    for position, recipient in enumerate(table.recipient):
        yield from _recipient_problems(position, recipient, table)
    if not any(recipient.role == "target" and not recipient.optional for recipient in table.recipient):
        yield ("recipient",), 'At least one recipient must have role = "target" and not be optional.'
    if not any(recipient.lines and not recipient.optional for recipient in table.recipient):
        yield (
            ("recipient",),
            "A recipient that everybody writes to needs a fixed address in “lines”: the page shows this letter.",
        )
    yield from _translation_problems(table)
    yield from _missing_locales(table)
    try:
        ZoneInfo(table.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield ("time_zone",), f'“{table.time_zone}” is not a time zone; write one like "Europe/London".'
    if table.opens and table.deadline and table.opens > table.deadline:
        yield ("deadline",), "The deadline lies before the day the appeal opens."


def _recipient_problems(position: int, recipient: RecipientTable, table: AppealTable) -> Iterator[tuple[Location, str]]:
    here: Location = ("recipient", position)
    if recipient.id in RESERVED_IDS:
        yield (*here, "id"), f"“{recipient.id}” is an address the program uses itself; choose another id."
    if recipient.mission and recipient.lines:
        yield (*here, "lines"), "Give either “mission” or “lines”, not both."
    elif not recipient.mission and not (recipient.lines and recipient.country):
        yield here, f"The recipient “{recipient.id}” needs “lines” and “country”, or “mission”."
    if recipient.fax and not (recipient.fax_e164 or recipient.mission):
        yield (*here, "fax"), 'Give the fax number also as “fax_e164”, for example "+861062381025".'
    if recipient.local_line and not recipient.local_locale:
        yield (*here, "local_line"), 'Say in “local_locale” which language the line is in, for example "zh-Hans".'
    for locale in set(table.locales) | set(table.letter_locales):
        if locale not in recipient.title:
            yield (*here, "title"), f"The title has no text for “{locale}”."


def _address_advice(table: AppealTable) -> Iterator[tuple[Location, str]]:
    """Advise on fixed addresses; only advice, for an address may be right and look like none we know."""
    for position, recipient in enumerate(table.recipient):
        if not recipient.lines:
            continue
        here: Location = ("recipient", position, "lines")
        address, window = PostalAddress(recipient.lines), Window()
        if address.country == recipient.country:
            yield here, "The last line names the country, and “country” prints it once more below: take it out here."
        elif address.country:
            yield here, f"The last line names another country than “country”, which is {recipient.country}."
        if len(address.lines_without_country) < FEWEST_LINES:
            yield here, "A letter needs at least a line that says who, and one that says where."
        below = filter(None, (recipient.local_line, recipient.country_line.get("en", recipient.country)))
        if not PostalAddress((*address.lines_without_country, *below)).fits(window):
            room = f"{window.lines} lines of {window.characters} characters"
            yield here, f"With local line and country, this takes more than {room}: no window envelope shows it all."


def _translation_problems(table: AppealTable) -> Iterator[tuple[Location, str]]:
    taken: set[str] = set()
    for position, translation in enumerate(table.translation):
        here: Location = ("translation", position)
        if translation.locale not in table.letter_locales:
            yield (*here, "locale"), f"There are no letters in “{translation.locale}”: add it to “letter_locales”."
        for one in translation.recipients:
            if one not in {recipient.id for recipient in table.recipient}:
                yield (*here, "recipients"), f"No [[recipient]] has the id “{one}”."
            elif one in taken:
                yield (*here, "recipients"), f"The recipient “{one}” is named twice: a letter has one translation."
            taken.add(one)


def _duplicates(kind: str, ids: list[str]) -> Iterator[tuple[Location, str]]:
    for position, one in enumerate(ids):
        if one in ids[:position]:
            yield (kind, position, "id"), f"The id “{one}” is used twice."


def _missing_locales(table: AppealTable) -> Iterator[tuple[Location, str]]:
    """Texts the page shows need every page locale; texts the letters hold need every letter locale."""
    page, both = table.locales, (*table.locales, *table.letter_locales)
    wanted: list[tuple[Location, Mapping[str, str], Iterable[str]]] = [
        (("title",), table.title, page),
        (("summary",), table.summary, page),
        *((("demand", n, "text"), demand.text, both) for n, demand in enumerate(table.demand)),
        *((("fact", n, "text"), fact.text, page) for n, fact in enumerate(table.fact)),
        *((("fact", n, "value"), fact.value, page) for n, fact in enumerate(table.fact) if fact.value),
        *((("timeline", n, "text"), event.text, page) for n, event in enumerate(table.timeline)),
        *((("timeline", n, "when"), event.when, page) for n, event in enumerate(table.timeline)),
        *((("recipient", n, "reason"), one.reason, page) for n, one in enumerate(table.recipient) if one.reason),
    ]
    for location, texts, locales in wanted:
        for locale in dict.fromkeys(locales):
            if locale not in texts:
                yield location, f"There is no text for “{locale}” here."


def _file_problems(table: AppealTable, texts: Mapping[str, str]) -> Iterator[Problem]:
    wanted = {_TOML, *(f"page.{locale}.md" for locale in table.locales)}
    wanted |= {f"{one.id}.{locale}.md" for one in table.recipient for locale in table.letter_locales}
    for name in sorted(wanted - set(texts)):
        yield Problem(name, 1, "The file is missing.")
    for name in sorted(set(texts) - wanted - {"README.md", CASES_FILE}):
        yield Problem(name, 1, "No key of appeal.toml asks for this file; is its name misspelt?", fatal=False)


def _length_advice(table: AppealTable, texts: Mapping[str, str]) -> Iterator[Problem]:
    for recipient in table.recipient:
        for locale in table.letter_locales:
            name = f"{recipient.id}.{locale}.md"
            demands = " ".join(demand.text.get(locale, "") for demand in table.demand)
            words = count_words(f"{texts.get(name, '')} {demands}")
            if words > MAX_WORDS:
                message = (
                    f"About {words} words with all demands: a page holds {MAX_WORDS} and leaves room for own words."
                )
                yield Problem(name, 1, message, fatal=False)


def count_words(text: str) -> int:
    """Return the number of words; Chinese has no spaces, so 1.5 characters count as one (as printed space goes)."""
    han = len(_HAN.findall(text))
    return len(_HAN.sub(" ", text).split()) + round(han / 1.5)
