"""A pack, that is an appeal's source files, read into an appeal; every error at once, each with file and line."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from campaign.appeals.building import build_appeal
from campaign.appeals.cases import CASES_FILE, check_case_places, read_cases
from campaign.appeals.checks import check_references, give_advice
from campaign.appeals.definition import Appeal, Case, LetterText
from campaign.appeals.keeping import check_kept_days
from campaign.appeals.letter_markdown import read_letter
from campaign.appeals.pack_format import AppealTable
from campaign.appeals.pack_table import (
    APPEAL_FILE,
    TableReading,
    locale_files,
    loses_ids,
    loses_letter_names,
    read_table,
)
from campaign.appeals.page_markdown import render_page
from campaign.appeals.printed import Undrawable, check_letters, check_printed
from campaign.appeals.problems import Problem
from campaign.core.errors import CampaignError

PackFiles = Mapping[str, bytes]
"""File name to content: the same for a folder, a zip and a published edition."""

_MAX_FILE_BYTES = 256 * 1024
_MAX_FILES = 200


@dataclass(frozen=True)
class PackReading:
    """What came of reading a pack: the appeal if it can be used, and everything that was found wrong."""

    appeal: Appeal | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the pack from being published."""
        return tuple(problem for problem in self.problems if problem.fatal)


class PackError(CampaignError):
    """A pack that cannot be used; ``problems`` says why, file by file."""

    def __init__(self, slug: str, problems: tuple[Problem, ...]) -> None:
        """Keep the problems beside the sentence."""
        super().__init__(f"The pack “{slug}” has {len(problems)} error(s): " + " ".join(map(str, problems)))
        self.problems = problems


def files_in_folder(folder: Path) -> PackFiles:
    """Read the pack files of a folder (TOML and Markdown; other files and sub-folders are left alone)."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file()
        and (path.suffix in {".toml", ".md"} or path.name == CASES_FILE)
        and path.stat().st_size <= _MAX_FILE_BYTES
    }


def to_zip(files: PackFiles) -> bytes:
    """Pack the files into a zip whose bytes depend on nothing but names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def from_zip(content: bytes) -> PackFiles:
    """Read pack files from a zip; refuses what is too large to be a pack."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MAX_FILES or any(entry.file_size > _MAX_FILE_BYTES for entry in entries):
            raise CampaignError("This zip is too large to be a pack: at most 200 files of 256 KB each.")
        return {Path(entry.filename).name: archive.read(entry) for entry in entries}


def read_pack(slug: str, files: PackFiles, *, advise: bool = True, undrawable: Undrawable | None = None) -> PackReading:
    """Read and check a whole pack; a mistake in one place does not keep the others from being found.

    To ``advise`` knows every country's name in many languages, which takes a third of a second to read. Whoever checks
    or publishes a pack says what is ``undrawable``; what has been published is read without asking again.
    """
    texts, problems = _decode(files)
    reading = TableReading()
    if APPEAL_FILE in texts:
        reading = read_table(texts[APPEAL_FILE], texts)
    elif APPEAL_FILE not in files:
        message = "The file is missing: every pack needs one. Copy it from letters/ua-61-21/."
        problems.append(Problem(APPEAL_FILE, 1, message))
    problems.extend(reading.problems)
    wanted = _letters(reading, texts)
    letters = _read_letters(wanted, texts, problems)
    if undrawable:
        problems.extend(check_letters((f"{one}.{locale}.md" for one, locale in wanted), texts, undrawable))
    table = reading.table
    if table is None:
        return PackReading(None, tuple(sorted(problems)))
    cases = _read_cases(reading, table, texts, problems)
    unread = frozenset(files) - frozenset(texts)
    problems.extend(check_references(table, texts, unread, reading.doubtful))
    if advise:
        problems.extend(give_advice(table, texts, reading.doubtful))
        problems.extend(check_kept_days(APPEAL_FILE, texts[APPEAL_FILE]))  # not of what is published already
    if undrawable:
        problems.extend(check_printed(table, letters, texts, undrawable))
    if CASES_FILE not in unread:
        problems.extend(check_case_places(cases, letters, texts))
    if any(problem.fatal for problem in problems):
        return PackReading(None, tuple(sorted(problems)))
    pages = {
        locale: render_page(texts[f"page.{locale}.md"]) for locale in table.locales if f"page.{locale}.md" in texts
    }
    return PackReading(build_appeal(slug, table, letters, pages, cases), tuple(sorted(problems)))


def load_pack(slug: str, files: PackFiles, *, undrawable: Undrawable | None = None) -> Appeal:
    """Return the appeal, or raise :class:`PackError` with everything that is wrong; as :func:`read_pack`."""
    reading = read_pack(slug, files, advise=False, undrawable=undrawable)
    if reading.appeal is None:
        raise PackError(slug, reading.errors)
    return reading.appeal


def _decode(files: PackFiles) -> tuple[dict[str, str], list[Problem]]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, content in files.items():
        try:
            texts[name] = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            problems.append(Problem(name, line, "This is not UTF-8 text: save the file as UTF-8."))
    return texts, problems


def _read_cases(
    reading: TableReading, table: AppealTable, texts: Mapping[str, str], problems: list[Problem]
) -> tuple[Case, ...]:
    unsure = any(one == ("letter_locales",) or loses_ids(one, "source") for one in reading.doubtful)
    if CASES_FILE not in texts or unsure:
        return ()
    cases = read_cases(texts[CASES_FILE], table.letter_locales, frozenset(source.id for source in table.source))
    problems.extend(cases.problems)
    return cases.cases


def _letters(reading: TableReading, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the letters as (recipient, locale); where the tables do not say it, every file that can be one."""
    if reading.table is None or loses_letter_names(reading.doubtful):
        return [one for one in locale_files(texts) if one[0] != "page"]
    return [(one.id, locale) for one in reading.table.recipient for locale in reading.table.letter_locales]


def _read_letters(
    wanted: Iterable[tuple[str, str]], texts: Mapping[str, str], problems: list[Problem]
) -> dict[tuple[str, str], LetterText]:
    letters: dict[tuple[str, str], LetterText] = {}
    for recipient, locale in wanted:
        name = f"{recipient}.{locale}.md"
        if name not in texts:
            continue
        letter, found = read_letter(texts[name], recipient, locale)
        letters[recipient, locale] = letter
        problems.extend(Problem(name, problem.line, problem.message) for problem in found)
    return letters
