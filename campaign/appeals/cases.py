"""``cases.csv``: the people a pack's letters may speak of, each with source and consent, checked line by line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from campaign.appeals.definition import Case, LetterText, Slot
from campaign.appeals.problems import Problem

CASES_FILE = "cases.csv"
FACTS = "facts."
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_URL = re.compile(r"(https?://\S+)?")
_LINE = re.compile(r"\(\(\s*case\s*\)\)")


@dataclass(frozen=True)
class CasesReading:
    """The cases, complete only when there are no problems."""

    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]


def read_cases(text: str, locales: Sequence[str], sources: frozenset[str]) -> CasesReading:
    """Read the file; every case needs its facts in every one of ``locales`` and a source out of ``sources``."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    cases: list[Case] = []
    problems: list[Problem] = []
    columns: list[str] | None = None
    try:
        for cells in reader:
            line = reader.line_num
            if columns is None:
                columns = [cell.strip() for cell in cells]
                problems.extend(Problem(CASES_FILE, line, message) for message in _column_problems(columns, locales))
                if problems:
                    break
            elif cells:
                row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
                known = {case.id for case in cases}
                found = list(_row_problems(row, len(cells) == len(columns), locales, sources, known))
                problems.extend(Problem(CASES_FILE, line, message) for message in found)
                cases.append(_case(row, locales))
    except csv.Error as error:
        problems.append(Problem(CASES_FILE, reader.line_num, f"This is not valid CSV: {error}."))
    if not cases and not problems:
        problems.append(Problem(CASES_FILE, 1, "The file holds no case: add one, or delete the file."))
    return CasesReading(tuple(cases), tuple(problems))


def check_case_places(
    cases: Sequence[Case], letters: Mapping[tuple[str, str], LetterText], texts: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield letters that speak of a case where the pack has none, and say so when no letter speaks of any."""
    using = [name for name, letter in letters.items() if Slot("case") in letter.blocks]
    if CASES_FILE not in texts:
        for recipient, locale in using:
            name = f"{recipient}.{locale}.md"
            line = next((n for n, one in enumerate(texts[name].splitlines(), 1) if _LINE.search(one)), 1)
            yield Problem(name, line, f"((case)) needs a file {CASES_FILE} with the cases.")
    elif cases and not using:
        yield Problem(CASES_FILE, 1, "No letter has the place ((case)), so no case is ever used.", fatal=False)


def _column_problems(columns: list[str], locales: Sequence[str]) -> Iterator[str]:
    needed = ["id", "name", *(f"{FACTS}{locale}" for locale in locales), "source", "consent"]
    for name in needed:
        if name not in columns:
            yield f"The column “{name}” is missing."
    for position, name in enumerate(columns):
        if name not in {*needed, "url"}:
            yield f"There is no column “{name}”; is it misspelt?"
        elif name in columns[:position]:
            yield f"The column “{name}” stands there twice."


def _row_problems(
    row: Mapping[str, str], whole: bool, locales: Sequence[str], sources: frozenset[str], known: set[str]
) -> Iterator[str]:
    if not whole:
        yield "This row has another number of cells than the first line; is a comma not inside quotation marks?"
        return
    if not _ID.fullmatch(row["id"]):
        yield f"“{row['id']}” is not an id: use lower-case letters, digits and hyphens."
    elif row["id"] in known:
        yield f"The id “{row['id']}” is used twice."
    if not row["name"]:
        yield "The name is empty."
    if row["consent"] != "yes":
        yield "The column “consent” must say “yes”: write about people only with their or their family's consent."
    if row["source"] not in sources:
        yield f"No [[source]] of appeal.toml has the id “{row['source']}”."
    if not _URL.fullmatch(row.get("url", "")):
        yield "The column “url” must be empty or an address that begins with https://."
    for locale in locales:
        if not row[f"{FACTS}{locale}"]:
            yield f"The facts have no text for “{locale}”."


def _case(row: Mapping[str, str], locales: Sequence[str]) -> Case:
    facts = {locale: row.get(f"{FACTS}{locale}", "") for locale in locales}
    return Case(row.get("id", ""), row.get("name", ""), facts, row.get("source", ""), row.get("url", ""))
