"""A pack, that is an appeal's source files, read into an appeal; every error at once, each with file and line."""

import io
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from campaign.appeals.building import build_appeal
from campaign.appeals.cases import CASES_FILE, check_case_places, read_cases
from campaign.appeals.checks import check_references
from campaign.appeals.definition import Appeal, Case, LetterText
from campaign.appeals.letter_markdown import read_letter
from campaign.appeals.pack_format import AppealTable
from campaign.appeals.page_markdown import render_page
from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import line_of
from campaign.core.errors import CampaignError

PackFiles = Mapping[str, bytes]
"""File name to content: the same for a folder, a zip and a published edition."""

APPEAL_FILE = "appeal.toml"
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


def read_pack(slug: str, files: PackFiles) -> PackReading:
    """Read and check a whole pack."""
    texts, problems = _decode(files)
    if APPEAL_FILE not in texts:
        missing = Problem(APPEAL_FILE, 1, "The file is missing: every pack needs one. Copy it from letters/ua-61-21/.")
        return PackReading(None, (*problems, missing))
    table, toml_problems = _read_toml(texts[APPEAL_FILE])
    problems.extend(toml_problems)
    if table is None:
        return PackReading(None, tuple(problems))
    letters = _read_letters(table, texts, problems)
    pages = {
        locale: render_page(texts[f"page.{locale}.md"]) for locale in table.locales if f"page.{locale}.md" in texts
    }
    cases = _read_cases(table, texts, problems)
    problems.extend(check_references(table, texts))
    problems.extend(check_case_places(cases, letters, texts))
    appeal = build_appeal(slug, table, letters, pages, cases)
    reading = PackReading(appeal, tuple(sorted(problems)))
    return PackReading(None, reading.problems) if reading.errors else reading


def load_pack(slug: str, files: PackFiles) -> Appeal:
    """Return the appeal, or raise :class:`PackError` with everything that is wrong."""
    reading = read_pack(slug, files)
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


def _read_toml(text: str) -> tuple[AppealTable | None, list[Problem]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = int(str(error).rpartition("line ")[2].split(",")[0]) if "line " in str(error) else text.count("\n") + 1
        return None, [Problem(APPEAL_FILE, line, f"This is not valid TOML: {error}.")]
    try:
        return AppealTable.model_validate(data), []
    except ValidationError as error:
        return None, list(_schema_problems(error, text))


def _schema_problems(error: ValidationError, text: str) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_input=False):
        location = detail["loc"]
        where = ".".join(str(part) for part in location)
        message = {
            "missing": f"The key “{where}” is missing.",
            "extra_forbidden": f"There is no key “{where}”; is it misspelt?",
        }.get(detail["type"], f"“{where}”: {detail['msg']}.")
        yield Problem(APPEAL_FILE, line_of(text, location), message)


def _read_cases(table: AppealTable, texts: Mapping[str, str], problems: list[Problem]) -> tuple[Case, ...]:
    if CASES_FILE not in texts:
        return ()
    reading = read_cases(texts[CASES_FILE], table.letter_locales, frozenset(source.id for source in table.source))
    problems.extend(reading.problems)
    return reading.cases


def _read_letters(
    table: AppealTable, texts: Mapping[str, str], problems: list[Problem]
) -> dict[tuple[str, str], LetterText]:
    letters: dict[tuple[str, str], LetterText] = {}
    for recipient in table.recipient:
        for locale in table.letter_locales:
            name = f"{recipient.id}.{locale}.md"
            if name not in texts:
                continue
            letter, found = read_letter(texts[name], recipient.id, locale)
            letters[recipient.id, locale] = letter
            problems.extend(Problem(name, problem.line, problem.message) for problem in found)
    return letters
