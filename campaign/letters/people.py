"""The people of a letter night: each row of their list becomes the values of one person's letters, or says why not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

from babel import Locale, UnknownLocaleError

from campaign.appeals.definition import Appeal
from campaign.core.text import clean_line, clean_text, has_letter
from campaign.letters.letter import (
    MOST_ADDRESS,
    MOST_ADDRESS_LINES,
    MOST_CITY,
    MOST_NAME,
    MOST_WORDS,
    MOST_WORDS_LINES,
    LetterValues,
)
from campaign.letters.people_table import PeopleTable, Row
from campaign.letters.typefaces import uncovered
from campaign.recipients.countries import is_country
from campaign.recipients.country_synonyms import country_code

_YES = frozenset({"yes", "y", "true", "1", "x", "✓", "oui", "o", "ja", "j", "si", "sí", "是"})
_NO = frozenset({"", "no", "n", "false", "0", "-", "non", "nein", "否"})
_BETWEEN_IDS = re.compile(r"[\s,;/|]+")


@dataclass(frozen=True)
class Person:
    """One person, with the line of the list they stand in."""

    line: int
    values: LetterValues


@dataclass(frozen=True)
class BadRow:
    """A row nothing can be written from, and what to do about it: whole sentences."""

    line: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Otherwise:
    """What is taken where a row says nothing: a country code or "", a letter language, and whether a translation."""

    country: str = ""
    locale: str = "en"
    translated: bool = False


class PeopleList:
    """A list of people for one appeal; iterate once."""

    def __init__(self, file: IO[bytes], name: str, appeal: Appeal, otherwise: Otherwise) -> None:
        """Read the headings of a CSV file; raises :class:`campaign.letters.people_table.ListError`."""
        self._table = PeopleTable(file, name)
        self._reader = _RowReader(appeal, otherwise)

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings nothing is read from."""
        return self._table.unused

    def __iter__(self) -> Iterator[Person | BadRow]:
        """Yield every person, and every row that is none; raises :class:`ListError` where the table breaks off."""
        for row in self._table:
            yield self._reader.person(row)


class _RowReader:
    """Turns cells into values, and collects everything that is wrong with a row before it gives up."""

    def __init__(self, appeal: Appeal, otherwise: Otherwise) -> None:
        self._otherwise = otherwise
        self._languages = _languages(appeal.letter_locales)
        self._demands = _by_id([one.id for one in appeal.demands])
        self._recipients = _by_id([one.id for one in appeal.recipients])
        self._optional = tuple(one.id for one in appeal.recipients if one.optional)
        self._cases = {
            **{case.name.casefold(): case.id for case in appeal.cases},
            **_by_id([c.id for c in appeal.cases]),
        }
        self._turn = 0

    def person(self, row: Row) -> Person | BadRow:
        problems: list[str] = [row.problem] if row.problem else []
        cell = partial(_cell, row)
        without_name = _yes(cell("without_name"), "without name", problems)
        country = self._country(cell("country"), "country", problems) or self._otherwise.country
        if not country and not cell("country").strip():
            problems.append("No country. Write the country the person lives in, such as CA or Canada.")
        embassy = self._country(cell("embassy"), "embassy", problems)
        asked = self._several(cell("recipients"), self._recipients, "recipient", problems)
        demands = self._several(cell("demands"), self._demands, "demand", problems)
        values = LetterValues(
            country=country,
            locale=self._locale(cell("locale"), problems),
            name=_name(clean_line(cell("name")), without_name=without_name, problems=problems),
            without_name=without_name,
            city=_text(clean_line(cell("city")), "city", MOST_CITY, problems),
            address=_address(cell("address"), problems),
            demands=demands or tuple(self._demands.values()),
            words=_words(clean_text(_with_breaks(cell("words"))), problems),
            recipients=tuple(one for one in asked if one in self._optional),
            mission_country="" if embassy == country else embassy,
            case=self._case(cell("case"), problems),
            translated=_yes(cell("translated"), "translated", problems) or self._otherwise.translated,
        )
        return BadRow(row.line, tuple(problems)) if problems else Person(row.line, values)

    def _country(self, cell: str, column: str, problems: list[str]) -> str:
        """Return the ISO code for a code or a name in any of many languages, "" for an empty or an unknown cell."""
        typed = clean_line(cell)
        if not typed:
            return ""
        code = typed.upper() if is_country(typed.upper()) else country_code(typed)
        if not code:
            problems.append(f"“{_shown(cell)}” under “{column}” is no country. Write two letters such as CA, FR or KZ.")
        return code or ""

    def _locale(self, cell: str, problems: list[str]) -> str:
        typed = clean_line(cell).casefold().replace("_", "-")
        if not typed:
            return self._otherwise.locale
        found = self._languages.get(typed) or self._languages.get(typed.partition("-")[0])
        if not found:
            known = ", ".join(dict.fromkeys(self._languages.values()))
            problems.append(f"There is no letter in “{_shown(cell)}”. Choose {known}.")
        return found or self._otherwise.locale

    @staticmethod
    def _several(cell: str, known: Mapping[str, str], word: str, problems: list[str]) -> tuple[str, ...]:
        """Return the ids named in a cell, in the pack's order."""
        typed = [one for one in _BETWEEN_IDS.split(clean_line(cell).casefold()) if one]
        choice = ", ".join(known.values())
        problems += [f"There is no {word} “{_shown(one)}”. Choose from {choice}." for one in typed if one not in known]
        return tuple(name for lower, name in known.items() if lower in typed)

    def _case(self, cell: str, problems: list[str]) -> str:
        """Return the case named, or else the next in turn: over the list, each gets as many letters as the others."""
        if not self._cases:
            return ""
        typed = clean_line(cell).casefold()
        if typed:
            if typed not in self._cases:
                problems.append(f"There is no case “{_shown(cell)}”. Choose from {', '.join(self._ids_of_cases())}.")
            return self._cases.get(typed, "")
        ids = self._ids_of_cases()
        self._turn += 1
        return ids[(self._turn - 1) % len(ids)]

    def _ids_of_cases(self) -> list[str]:
        return list(dict.fromkeys(self._cases.values()))


def _yes(cell: str, column: str, problems: list[str]) -> bool:
    word = clean_line(cell).casefold()
    if word not in _YES | _NO:
        problems.append(f"“{_shown(cell)}” under “{column}” is neither yes nor no.")
    return word in _YES


def _cell(row: Row, column: str) -> str:
    return row.cells.get(column, "")


def _by_id(ids: Sequence[str]) -> dict[str, str]:
    return {one.casefold(): one for one in ids}


def _languages(locales: Sequence[str]) -> dict[str, str]:
    """Return the letter languages by what people call them: code, language alone, name in English and in itself."""
    found: dict[str, str] = {}
    for locale in locales:
        names = [locale, locale.partition("-")[0]]
        try:
            spoken = Locale.parse(locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            pass  # a language CLDR has not: its code still names it
        else:
            language = Locale.parse(spoken.language)
            names += [one.get_display_name(tongue) or "" for one in (spoken, language) for tongue in (one, "en")]
        for name in names:
            found.setdefault(name.casefold(), locale)
    found.pop("", None)
    return found


def _shown(cell: str) -> str:
    """Return what somebody typed, short enough for a sentence."""
    line = clean_line(cell)
    return line if len(line) <= 40 else f"{line[:39]}…"


def _with_breaks(cell: str) -> str:
    r"""Return the cell with ``\n`` as a line break: not every program lets people type a real one."""
    return cell.replace("\\n", "\n")


def _text(text: str, what: str, most: int, problems: list[str]) -> str:
    if len(text) > most:
        problems.append(f"The {what}: {len(text):,} characters are too many; keep it to {most:,}.")
    missing = uncovered(text)
    if missing:
        shown = " ".join(f"{one} (U+{ord(one):04X})" for one in missing[:5])
        problems.append(f"The {what}: our letters cannot print {shown}. Leave it out.")
    return text


def _name(name: str, *, without_name: bool, problems: list[str]) -> str:
    if not name:
        if not without_name:
            problems.append("No name. Write one, or “yes” in a column “without name”.")
        return ""
    if not has_letter(name) or "://" in name:
        problems.append(f"“{_shown(name)}” is no name: it needs a letter and holds no web address.")
    return _text(name, "name", MOST_NAME, problems)


def _words(words: str, problems: list[str]) -> str:
    if words.count("\n") >= MOST_WORDS_LINES:
        problems.append(f"The own words have more than {MOST_WORDS_LINES} lines.")
    return _text(words, "own words", MOST_WORDS, problems)


def _address(cell: str, problems: list[str]) -> str:
    address = clean_text(_with_breaks(cell).replace(" | ", "\n").replace("|", "\n"))
    if address.count("\n") >= MOST_ADDRESS_LINES:
        problems.append(f"The address has more than {MOST_ADDRESS_LINES} lines.")
    return _text(address, "address", MOST_ADDRESS, problems)
