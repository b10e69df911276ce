"""What of a pack is printed in letters, and where in it a character stands that cannot be drawn.

What can be drawn only the room of the letters knows, which stands above this one: it is handed in as a function.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from campaign.appeals.cases import CASES_FILE, FACTS
from campaign.appeals.definition import LetterText, Slot
from campaign.appeals.pack_format import AppealTable, RecipientTable
from campaign.appeals.pack_table import APPEAL_FILE
from campaign.appeals.placeholders import placeholders_in
from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import Location, line_holding

Undrawable: TypeAlias = Callable[[str], Sequence[str]]
"""Returns the characters of a text that no font can draw, each once."""

_MOST_NAMED = 10
_BREAKS = frozenset("\t\n\r")


def check_letters(names: Iterable[str], texts: Mapping[str, str], undrawable: Undrawable) -> Iterator[Problem]:
    """Yield every line of the letters ``names`` where a character stands for the first time that cannot be drawn."""
    for name in names:
        rows = enumerate(texts.get(name, "").split("\n"), 1)
        yield from _first_places(name, rows, undrawable)


def check_printed(
    table: AppealTable,
    letters: Mapping[tuple[str, str], LetterText],
    texts: Mapping[str, str],
    undrawable: Undrawable,
) -> Iterator[Problem]:
    """Yield every place beside the letters whose text is printed in them and cannot be drawn.

    Those are demands and cases in the languages of the letters, the addresses that stand in the pack with what is
    printed about them, and the reference where a letter names it. A mission's address comes from the directory.
    """
    toml = texts[APPEAL_FILE]
    for location, printed in _in_the_table(table, letters, texts):
        missing = _missing(printed, undrawable)
        if missing:
            key, line = location[-1 if len(location) == 1 else 2], line_holding(toml, location, missing)
            yield Problem(APPEAL_FILE, line, f"“{key}”: {_sentence(missing)}")
    if CASES_FILE in texts and any(Slot("case") in letter.blocks for letter in letters.values()):
        yield from _first_places(CASES_FILE, _case_rows(texts[CASES_FILE], table.letter_locales), undrawable)


def _in_the_table(
    table: AppealTable, letters: Mapping[tuple[str, str], LetterText], texts: Mapping[str, str]
) -> Iterator[tuple[Location, str]]:
    if any("reference" in placeholders_in(texts[f"{recipient}.{locale}.md"]) for recipient, locale in letters):
        yield ("reference",), table.reference
    for position, demand in enumerate(table.demand):
        for locale in table.letter_locales:
            yield ("demand", position, "text", locale), demand.text.get(locale, "")
    for position, recipient in enumerate(table.recipient):
        if not recipient.mission:
            for location, printed in _of_recipient(recipient, table.letter_locales):
                yield ("recipient", position, *location), printed


def _of_recipient(recipient: RecipientTable, locales: Sequence[str]) -> Iterator[tuple[Location, str]]:
    for locale in locales:
        yield ("title", locale), recipient.title.get(locale, "")  # in the line that names the other letters, and a fax
    yield ("lines",), "\n".join(recipient.lines)
    yield ("local_line",), recipient.local_line
    yield ("fax",), recipient.fax
    for locale, line in recipient.country_line.items():
        yield ("country_line", locale), line.upper()


def _case_rows(text: str, locales: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield what letters print of each case, with the line where its row begins; what is no CSV is told elsewhere."""
    wanted = {"name", *(f"{FACTS}{locale}" for locale in locales)}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if columns is None:
                columns = [cell.strip() for cell in cells]
            else:
                yield line, "\n".join(cell for name, cell in zip(columns, cells, strict=False) if name in wanted)
            line = reader.line_num + 1
    except csv.Error:
        return


def _first_places(name: str, rows: Iterable[tuple[int, str]], undrawable: Undrawable) -> Iterator[Problem]:
    """Yield a problem for each row of (line, text) that has characters which no row before it had."""
    known: set[str] = set()
    for line, text in rows:
        missing = [one for one in _missing(text, undrawable) if one not in known]
        known.update(missing)
        if missing:
            yield Problem(name, line, _sentence(missing))


def _missing(text: str, undrawable: Undrawable) -> Sequence[str]:
    """Return what cannot be drawn, and the invisible signs for a machine that come along when text is copied.

    Those are controls and the line separator, as word processors have them: on paper each is a box.
    """
    controls = [one for one in dict.fromkeys(text) if unicodedata.category(one) in {"Cc", "Zl"} and one not in _BREAKS]
    return [*undrawable(text), *controls]


def _sentence(missing: Sequence[str]) -> str:
    names = [f"“{one}” (U+{ord(one):04X})" if one.isprintable() else f"U+{ord(one):04X}" for one in missing]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"No font here has {', '.join(names[:_MOST_NAMED])}{more}, so nobody could print a letter with it: write it in "
        "another way."
    )
