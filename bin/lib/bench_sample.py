"""The letters that are measured: one text, and as many people as it takes."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pypdfium2
from bench_site import DEMANDS, SLUG, VISITOR

from campaign.appeals.pack import files_in_folder, load_pack
from campaign.core.clock import SystemClock, today
from campaign.letters import compose
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.sheet import SIZES, sheet_html
from campaign.letters.typefaces import write_fontconfig
from campaign.recipients.countries import paper_for
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import ROOT

VALUES = LetterValues(
    country=VISITOR["country"],
    locale=VISITOR["locale"],
    name=VISITOR["name"],
    city=VISITOR["city"],
    address=VISITOR["address"],
    demands=tuple(DEMANDS),
    words=VISITOR["words"],
)
PAPER = paper_for(VALUES.country)

_NAMES = ("Aygül Qadir", "Élodie Tremblay", "Nguyễn Thị Linh", "Łukasz Żółć", "Bolat Nurlan", "Siobhán O'Neill")


def letter_of(values: LetterValues) -> Letter:
    """Return the letter to the president, whose address has a line in Chinese."""
    return letters_by(lambda _number: values, 1)[0]


def letters_of(number: int) -> list[Letter]:
    """Return the same letter of many people: each with a name and a street of their own, and no words of their own."""
    return letters_by(_somebody, number)


def letters_by(values: Callable[[int], LetterValues], number: int) -> list[Letter]:
    """Return the letters of ``number`` people, whose values are made by their numbers."""
    appeal = load_pack(SLUG, files_in_folder(ROOT / "letters" / SLUG))
    directory = MissionsDirectory.load(ROOT / "letters" / "directory")
    day = today(SystemClock(), appeal.time_zone)
    found = (compose(appeal, "president", values(one), day, directory) for one in range(number))
    return [letter for letter in found if letter]


def _somebody(number: int) -> LetterValues:
    name = f"{_NAMES[number % len(_NAMES)]} {_letters(number // len(_NAMES))}"
    return replace(VALUES, name=name, address=f"{number + 1} Rue Principale", words="")


def _letters(number: int) -> str:
    high, low = divmod(number, 26)
    return chr(65 + high % 26) + chr(97 + low)


def html_on_one_page(letter: Letter, pages: Callable[[str], int]) -> str:
    """Return the page that the app arrives at: in the largest type in which ``pages`` counts one sheet."""
    htmls = (sheet_html(letter, PAPER, size) for size in SIZES)
    return next(html for html in htmls if pages(html) == 1)


def own_fonts(folder: Path) -> dict[str, str]:
    """Return the environment of a process that draws with the letters' own fonts."""
    return {"FONTCONFIG_FILE": str(write_fontconfig(folder / "fonts")), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}


def text_of(content: bytes) -> list[str]:
    """Return what each page of a PDF says."""
    with closing(pypdfium2.PdfDocument(content)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]
