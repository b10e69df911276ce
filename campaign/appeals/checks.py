"""What must hold between the parts of a pack, beyond the type of each key."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import ceil
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaign.appeals.cases import CASES_FILE
from campaign.appeals.pack_format import AppealTable, RecipientTable
from campaign.appeals.pack_table import APPEAL_FILE, loses_ids, loses_letter_names
from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import Location, line_of
from campaign.recipients.address import FEWEST_LINES, PostalAddress, Window

# What a page at 11 pt holds at most, name and copy line with it (drawn and measured in three languages, for envelopes
# without a window): a longer letter is in smaller type everywhere. A pack's text above it leaves no room for own words.
MAX_WORDS = 250
RESERVED_IDS = frozenset({"all", "blank", "clear", "envelope", "labels"})
"""What the site's own addresses hold where the others hold a recipient's id: “letters/all.pdf”."""

# Chinese characters and the full-width marks between them: each fills one square.
_HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def check_references(
    table: AppealTable, texts: Mapping[str, str], unread: Collection[str] = (), doubtful: Collection[Location] = ()
) -> Iterator[Problem]:
    """Yield every disagreement between the tables, and between the tables and the files beside them.

    ``unread`` are files that are there and are no text. What follows from a ``doubtful`` place of the table is left
    out: the value there is told off already.
    """
    toml = texts[APPEAL_FILE]
    for location, message in _table_problems(table):
        if not any(_may_come_of(one, location) for one in doubtful):
            yield Problem(APPEAL_FILE, line_of(toml, location), message)
    yield from _file_problems(table, {*texts, *unread}, doubtful)


def give_advice(table: AppealTable, texts: Mapping[str, str], doubtful: Collection[Location] = ()) -> Iterator[Problem]:
    """Yield what could be better in addresses and lengths, and keeps nothing from being published."""
    for location, message in _address_advice(table):
        if not any(one[:2] == location[: len(one[:2])] for one in doubtful):
            yield Problem(APPEAL_FILE, line_of(texts[APPEAL_FILE], location), message, fatal=False)
    yield from _letter_advice(table, texts)


def _may_come_of(doubtful: Location, location: Location) -> bool:
    if location[-1] == "source" and loses_ids(doubtful, "source"):
        return True
    if location[-1] == "recipients" and loses_ids(doubtful, "recipient"):
        return True
    if location[-1] in {"fax", "local_line"}:
        location = location[:2]  # they miss a neighbour, which may stand there under a wrong name
    shared = min(len(doubtful), len(location))
    return doubtful[:shared] == location[:shared]


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


def _file_problems(table: AppealTable, names: Collection[str], doubtful: Collection[Location]) -> Iterator[Problem]:
    pages = {f"page.{locale}.md" for locale in table.locales}
    letters = {f"{one.id}.{locale}.md" for one in table.recipient for locale in table.letter_locales}
    unsure = loses_letter_names(doubtful)
    wanted = pages if unsure else pages | letters
    for name in sorted(wanted.difference(names)):
        yield Problem(name, 1, "The file is missing.")
    for name in sorted(set(names) - wanted - {APPEAL_FILE, "README.md", CASES_FILE}):
        if not unsure:
            yield Problem(name, 1, "No key of appeal.toml asks for this file; is its name misspelt?", fatal=False)


def _letter_advice(table: AppealTable, texts: Mapping[str, str]) -> Iterator[Problem]:
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
            if name in texts and "((demands))" not in texts[name]:
                message = "There is no “((demands))”: what people tick on the form does not stand in this letter."
                yield Problem(name, 1, message, fatal=False)


def count_words(text: str) -> int:
    """Return the number of words; Chinese has no spaces, and 14 of its characters take the printed room of 5 words.

    Measured: a page at 11 pt that holds 210, 223 or 256 English words holds about 593, 635 or 719 characters.
    """
    han = len(_HAN.findall(text))
    return len(_HAN.sub(" ", text).split()) + ceil(han * 5 / 14)
