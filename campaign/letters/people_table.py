"""A list of people as spreadsheets save it: rows of named cells with their line numbers, one row in memory at a time.

European Excel writes semicolons where others write commas, and any of them may put a mark before the first letter.
Headings may be written in capitals, with spaces or in French; what a heading cannot mean is told, never guessed.
"""

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from campaign.core.errors import CampaignError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "nom", "nom complet", "prenom et nom", "vor und nachname", "nombre", "姓名"),
    "country": ("country", "country of residence", "pays", "land", "pais", "国家"),
    "city": ("city", "town", "ville", "ort", "stadt", "ciudad", "城市"),
    "address": ("address", "street", "street address", "postal address", "adresse", "rue", "strasse", "direccion"),
    "locale": ("locale", "language", "letter language", "langue", "sprache", "idioma", "语言"),
    "words": ("words", "own words", "message", "mots", "propres mots", "eigene worte"),
    "recipients": ("recipients", "recipient", "also to", "destinataires"),
    "demands": ("demands", "demand", "demandes"),
    "embassy": ("embassy", "mission country", "ambassade", "botschaft"),
    "case": ("case", "cas", "fall"),
    "translated": ("translated", "translation", "with translation", "traduction", "ubersetzung", "译文"),
    "without_name": ("without name", "no name", "anonymous", "sans nom", "ohne namen"),
}
"""What each column is for, and the headings it is known by."""

_SEPARATORS = ";\t,"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_LONGEST_CELL = 20_000


class ListError(CampaignError):
    """A list that cannot be read as one: nothing of it is used."""


@dataclass(frozen=True)
class Row:
    """One row: its first line in the file, its cells by column, and what is wrong with it as a row."""

    line: int
    cells: Mapping[str, str]
    problem: str = ""


class PeopleTable:
    """The rows of a list; iterate once. ``unused`` are the headings that stand for no column of ours."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        """Read the headings; raises :class:`ListError` for a file that has none of ours, or is not UTF-8."""
        self._name = name
        self._before = 0
        # What is not UTF-8 is let through as half a surrogate pair, so that the line it stands in can be named.
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            lines, separator = self._begin()
            self._reader = csv.reader(lines, delimiter=separator, strict=True)
            self._headings = self._read_headings()
        except BaseException:
            self._text.detach()
            raise

    def _begin(self) -> tuple[Iterator[str], str]:
        """Return the lines from the headings on, and what separates the cells."""
        first = self._text.readline()
        if named := _SEPARATOR_LINE.fullmatch(first):
            first, self._before = self._text.readline(), 1
        separator = named.group(1) if named else _separator(first)
        self._need_utf8(first, 1 + self._before)
        return itertools.chain([first], self._text), separator

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings nothing is read from."""
        known = {alias for aliases in COLUMNS.values() for alias in aliases}
        return tuple(heading for heading in self._headings if heading and _plain(heading) not in known)

    @property
    def columns(self) -> frozenset[str]:
        """The columns the list has."""
        return frozenset(name for name in map(_column, self._headings) if name)

    def __iter__(self) -> Iterator[Row]:
        """Yield every row that is not empty; raises :class:`ListError` where the file breaks off being a table."""
        columns = [_column(heading) for heading in self._headings]
        try:
            while (row := self._next()) is not None:
                line, cells = row
                if not any(cell.strip() for cell in cells):
                    continue
                self._need_utf8("".join(cells), line)
                named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
                yield Row(line, named, _problem(cells, columns))
        finally:
            self._text.detach()  # the file belongs to the caller and stays open

    def _next(self) -> tuple[int, list[str]] | None:
        line = self._before + self._reader.line_num + 1
        try:
            cells = next(self._reader, None)
        except csv.Error:
            raise ListError(
                f"{self._name}, line {line}: a quotation mark is not closed, or stands inside a cell. Save the list "
                "once more as CSV from a spreadsheet program."
            ) from None
        return None if cells is None else (line, cells)

    def _read_headings(self) -> list[str]:
        row = self._next()
        headings = [" ".join(cell.split()) for cell in row[1]] if row else []
        found = [name for name in map(_column, headings) if name]
        if "name" not in found and "without_name" not in found:
            raise ListError(
                f"{self._name} has no column “name”. The first line must hold the headings, such as: "
                "name, country, city, address, locale, words."
            )
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise ListError(f"{self._name} has more than one column for “{twice[0]}”; leave only one of them.")
        return headings

    def _need_utf8(self, text: str, line: int) -> None:
        if "\x00" in text or any("\udc80" <= character <= "\udcff" for character in text):
            raise ListError(
                f"{self._name} is not UTF-8 (line {line}). Save it once more: in Excel as “CSV UTF-8 (Comma "
                "delimited)”, in LibreOffice as “Text CSV” with the character set “Unicode (UTF-8)”."
            )


def _separator(first: str) -> str:
    """Return what stands between the headings: of the usual three the one that is there most often."""
    outside = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=lambda one: (outside.count(one), one == ","))


def _plain(heading: str) -> str:
    decomposed = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def _column(heading: str) -> str:
    plain = _plain(heading)
    return next((name for name, aliases in COLUMNS.items() if plain in aliases), "")


def _problem(cells: list[str], columns: list[str]) -> str:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return (
            f"There are {len(cells)} cells and {len(columns)} headings. Put a cell that holds a separator into "
            "quotation marks."
        )
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return f"A cell is longer than {_LONGEST_CELL:,} characters. A quotation mark may be missing before it."
    return ""
