"""``appeal.toml`` read into its table; what is wrong in it is told off once and hides nothing else."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from campaign.appeals.pack_format import AppealTable
from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import Location, line_of

APPEAL_FILE = "appeal.toml"
_LISTS = frozenset({"source", "fact", "timeline", "demand", "recipient", "translation"})
_DAY = date(2000, 1, 1)
_LOCALE_FILE = re.compile(r"([a-z][a-z0-9-]*)\.([a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?)\.md")
_CODES = 'write a list of language codes such as ["en", "zh-Hans"]'
_CAPITALS = 'write two capitals (ISO 3166-1), such as "CN"'
_ID = "write lower-case letters, digits and hyphens, a letter first"

# What to write instead, for the keys whose pattern says nothing to a campaigner.
_SHAPES = {
    "email": "write one plain address such as name@example.org",
    "fax_e164": 'write the number as it is dialled from anywhere, such as "+861062381025"',
    "id": _ID,
    "source": f"write the id of a [[source]]; {_ID}",
    "recipients": 'write a list of ids of [[recipient]]s, such as ["president"]',
    "country": _CAPITALS,
    "mission": _CAPITALS,
    "url": "write an address that begins with https://",
    "locales": _CODES,
    "letter_locales": _CODES,
    "local_locale": 'write a language code such as "zh-Hans"',
    "locale": 'write a language code such as "zh-Hans"',
    "[key]": "write a language code such as “en” or “zh-Hans” for “{key}”",
}

# Stands in for a value that is wrong or missing, so that all else can be checked in the same round.
_STAND_INS: Mapping[str, Any] = {
    "format": 1,
    "reference": "-",
    "organisation": "-",
    "name": "-",
    "issued": _DAY,
    "date": _DAY,
    "reviewed": _DAY,
    "review": "project",
    "role": "target",
    "keep_days_after_close": 0,
    "country": "AA",
    "mission": "AA",
    "local_locale": "en",
    "locale": "en",
    "fax_e164": "+10000000",
    "title": {},
    "summary": {},
    "text": {},
    "when": {},
    "recipients": ["stand-in"],
}
_STAND_IN_TABLES: Mapping[str, Any] = {
    "source": [{"id": "stand-in", "organisation": "-", "title": "-", "date": _DAY}],
    "demand": [{"id": "stand-in", "text": {}}],
    "recipient": [{"id": "stand-in", "role": "target", "title": {}}],
}


@dataclass(frozen=True)
class TableReading:
    """The table as far as it could be read; at the ``doubtful`` places something else stands in for what is wrong."""

    table: AppealTable | None = None
    problems: tuple[Problem, ...] = ()
    doubtful: frozenset[Location] = frozenset()


def loses_ids(doubtful: Location, kind: str) -> bool:
    """Return whether the ids of the tables ``[[kind]]`` are not all known because of a doubtful place."""
    return doubtful[0] == kind and (len(doubtful) <= 2 or doubtful[2] == "id")


def loses_letter_names(doubtful: Collection[Location]) -> bool:
    """Return whether the doubtful places leave open which letter files there must be."""
    return any(one == ("letter_locales",) or loses_ids(one, "recipient") for one in doubtful)


def locale_files(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield ``("page", "en")`` for every file called ``page.en.md``, and likewise for the letters."""
    for name in sorted(names):
        match = _LOCALE_FILE.fullmatch(name)
        if match:
            yield match[1], match[2]


def read_table(text: str, names: Collection[str]) -> TableReading:
    """Read the file; where its languages are wrong, the ``names`` of the files beside it say which are meant."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = int(str(error).rpartition("line ")[2].split(",")[0]) if "line " in str(error) else text.count("\n") + 1
        return TableReading(problems=(Problem(APPEAL_FILE, line, f"This is not valid TOML: {error}."),))
    try:
        return TableReading(AppealTable.model_validate(data))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = [(_place(detail["loc"]), detail["type"], detail["msg"]) for detail in details]
    # A union of two types is told off once for each of them.
    problems = tuple(dict.fromkeys(_problem(text, *one) for one in found))
    doubtful = {place[:-1] if place[-1] == "[key]" else place for place, _, _ in found}
    doubtful |= {
        (kind,)
        for place in doubtful
        if len(place) == 1 and place[0] not in AppealTable.model_fields and isinstance(data[str(place[0])], list)
        for kind in _LISTS  # tables under a misspelt name: any kind may lack them
    }
    try:
        table = AppealTable.model_validate(_mended(data, {place: kind for place, kind, _ in found}, names))
    except (ValidationError, LookupError, TypeError):
        return TableReading(problems=problems)  # wrong in a way that nothing can stand in for
    return TableReading(table, problems, frozenset(doubtful))


def _place(location: Location) -> Location:
    """Leave out the branches of a union, which pydantic adds ("constrained-str") and which stand in no file."""
    branches = ("constrained-str", "literal[")
    return location[:1] + tuple(one for one in location[1:] if not str(one).startswith(branches))


def _problem(text: str, place: Location, kind: str, words: str) -> Problem:
    key = next(str(one) for one in reversed(place) if isinstance(one, str))
    at = place[:-1] if key == "[key]" else place
    where = ".".join(map(str, at))
    shape = "" if kind == "too_short" else _SHAPES.get(key, "").replace("{key}", str(at[-1]))
    if len(at) == 1 and key in _LISTS:
        shape = f"write its tables as [[{key}]], in double brackets, and at least one"
    message = {
        "missing": f"The key “{where}” is missing.",
        "extra_forbidden": f"There is no key “{where}”; is it misspelt?",
    }.get(kind, f"“{where}”: {shape or words}.")
    return Problem(APPEAL_FILE, line_of(text, at), message)


def _mended(data: dict[str, Any], places: Mapping[Location, str], names: Collection[str]) -> dict[str, Any]:
    """Return the data with stand-ins for what is wrong; in lists from the end on, so that positions stay right."""
    for place, kind in reversed(list(places.items())):
        *path, key = place[:-1] if place[-1] == "[key]" else place
        if place[0] in {"locales", "letter_locales"}:
            data[str(place[0])] = sorted(
                {locale for owner, locale in locale_files(names) if (owner == "page") == (place[0] == "locales")}
            )
            continue
        parent: Any = data
        for part in path:
            parent = parent[part]
        stand_in = None if kind == "extra_forbidden" or place[-1] == "[key]" else _stand_in(place, key)
        if stand_in is not None:
            parent[key] = stand_in
        else:
            parent.pop(key)
    return data


def _stand_in(place: Location, key: str | int) -> Any:
    if isinstance(key, int):
        return None
    if len(place) == 1 and key in _LISTS:
        return _STAND_IN_TABLES.get(key)
    if key == "source":
        return "stand-in"
    if key == "id":
        return f"stand-in-{place[1]}"
    if key == "title" and place[0] == "source":
        return "-"
    known = key in _STAND_INS and (len(place) == 1 or place[0] in _LISTS)
    return _STAND_INS[key] if known else None
