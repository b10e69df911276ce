"""The two tables of a state's folder in the directory, read with line numbers, changed as a whole, written at once."""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from campaign.core.errors import CampaignError


class Table(Enum):
    """A table of the directory: its file, its columns, and the columns that tell its rows apart."""

    MISSIONS = (
        "missions.csv",
        (
            "host_country", "host_country_name", "mission_type", "city", "located_in", "address_lines", "postcode",
            "email", "fax", "phone", "website", "lat", "lon", "address_level", "covered_by", "source", "source_date",
            "confidence", "verified_by", "notes",
        ),
        ("host_country", "mission_type"),
    )  # fmt: skip
    AMBASSADORS = (
        "ambassadors.csv",
        ("country", "country_name", "name", "family_name", "honorific", "as_of", "kind", "source", "note"),
        ("country", "name", "as_of"),
    )

    def __init__(self, file: str, columns: tuple[str, ...], key: tuple[str, ...]) -> None:
        """Give the parts of the value their names."""
        self.file = file
        self.columns = columns
        self.key = key


class DirectoryFileError(CampaignError):
    """A file that is no table of the directory: not text, not CSV, or with other columns."""

    def __init__(self, file: str, line: int, message: str) -> None:
        """Keep the place beside the sentence."""
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Row:
    """A row as the file has it, and the line it begins in, counted from 1."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(frozen=True)
class Sheet:
    """A whole table: what it is, and its rows."""

    table: Table
    rows: tuple[Row, ...]

    def key(self, row: Row) -> tuple[str, ...]:
        """Return what tells a row from the others."""
        return tuple(row[column] for column in self.table.key)


@dataclass(frozen=True)
class Change:
    """One row that is new, gone or different; ``cells`` holds (column, before, after) of what differs."""

    kind: str
    key: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...] = ()


def read_sheet(content: bytes, name: str) -> Sheet:
    """Read a table from a file's content; ``name`` is for messages.

    Takes what spreadsheets write: UTF-8 with or without a byte order mark, any line ends, commas or semicolons.
    Raises :class:`DirectoryFileError` when the file is no such table, naming the first line that is wrong.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DirectoryFileError(name, line, "This is not UTF-8; save the file as “CSV UTF-8”.") from None
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    lines = _lines(text, delimiter, name)
    first = next(lines, None)
    if first is None:
        raise DirectoryFileError(name, 1, "The file is empty.")
    table = _table_of([cell.strip() for cell in first[1]], name)
    columns = [cell.strip() for cell in first[1]]
    return Sheet(table, tuple(_row(line, columns, cells, name) for line, cells in lines))


def read_folder(folder: Path, table: Table) -> Sheet:
    """Read a table of a state's folder; without the file it has no rows."""
    path = folder / table.file
    return read_sheet(path.read_bytes(), path.name) if path.exists() else Sheet(table, ())


def differences(before: Sheet, after: Sheet) -> tuple[Change, ...]:
    """Return what changes from one state of a table to the next, by key: ``added``, ``changed``, ``removed``."""
    old = {before.key(row): row for row in before.rows}
    new = {after.key(row): row for row in after.rows}
    return tuple(_changes(old, new, after.table.columns))


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Put a table in the place of another in one step, and keep the one before as ``<name>.bak``.

    Whoever reads meanwhile sees the old file or the new one, never half of it; a power cut leaves one of the two.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, sheet.table.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.cells for row in sheet.rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _replace(path.with_name(f"{path.name}.bak"), path.read_bytes(), path)
        _replace(path, text.getvalue().encode(), path)
    except OSError as error:
        raise CampaignError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from None


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records with the line each begins in; a cell in quotes may go over several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DirectoryFileError(name, line, f"This row cannot be read as CSV ({error}).") from None


def _table_of(columns: list[str], name: str) -> Table:
    for table in Table:
        if sorted(columns) == sorted(table.columns):
            return table
    nearest = max(Table, key=lambda table: len(set(table.columns) & set(columns)))
    missing = [column for column in nearest.columns if column not in columns]
    foreign = [column or "(no name)" for column in columns if column not in nearest.columns]
    twice = sorted({column for column in columns if columns.count(column) > 1} - set(foreign))
    parts = {"missing": missing, "unknown": foreign, "twice": twice}
    what = "; ".join(f"{word}: {', '.join(those)}" for word, those in parts.items() if those)
    raise DirectoryFileError(name, 1, f"The first line must name the columns of {nearest.file} ({what}).")


def _row(line: int, columns: list[str], cells: list[str], name: str) -> Row:
    if len(cells) != len(columns):
        raise DirectoryFileError(
            name, line, f"This row has {len(cells)} cells instead of {len(columns)}; put a cell with a comma in quotes."
        )
    return Row(line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)})


def _changes(
    old: Mapping[tuple[str, ...], Row], new: Mapping[tuple[str, ...], Row], columns: Iterable[str]
) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before is None:
            yield Change("added", key)
        elif after is None:
            yield Change("removed", key)
        else:
            cells = tuple((one, before[one], after[one]) for one in columns if before[one] != after[one])
            if cells:
                yield Change("changed", key, cells)


def _replace(path: Path, content: bytes, like: Path) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if like.exists():
            shutil.copymode(like, temporary)
        else:
            Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
