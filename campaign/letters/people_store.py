"""People kept on disk while their letters are drawn: in memory stay only a sort key and a place for each."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import IO, Any

from campaign.letters.letter import LetterValues
from campaign.letters.people import Person
from campaign.recipients.countries import country_name
from campaign.recipients.country_synonyms import folded


class Order(StrEnum):
    """How the people follow each other: as in the list, by the country they live in, or by name."""

    LIST = "list"
    COUNTRY = "country"
    NAME = "name"


class PeopleStore:
    """People in a file that nobody else sees; they can be read again and again, in the order asked for."""

    def __init__(self, file: IO[bytes], order: Order) -> None:
        """Keep people in an empty binary file that is open for reading and writing."""
        self._file = file
        self._order = order
        self._places: list[tuple[str, int]] = []
        self._end = 0
        self._sorted = True

    def __len__(self) -> int:
        return len(self._places)

    def add(self, person: Person) -> None:
        """Keep one more."""
        row = json.dumps([person.line, asdict(person.values)], ensure_ascii=False).encode() + b"\n"
        self._file.write(row)
        self._places.append((self._key(person.values), self._end))
        self._end += len(row)
        self._sorted = False

    def __iter__(self) -> Iterator[Person]:
        """Yield everybody in order; those who are alike stay in the order of the list."""
        if not self._sorted:
            self._places.sort()
            self._sorted = True
        self._file.flush()
        for _, place in self._places:
            self._file.seek(place)
            line, values = json.loads(self._file.readline())
            yield Person(line, LetterValues(**{name: _frozen(value) for name, value in values.items()}))

    def _key(self, values: LetterValues) -> str:
        if self._order is Order.COUNTRY:
            return folded(country_name(values.country, "en"))
        return folded(values.name) if self._order is Order.NAME else ""


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
