"""A letter as the page it will be on paper: plain values into one template, every word of them escaped."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from campaign.letters.letter import FilledBlock, FilledParagraph, Letter
from campaign.letters.phrases import PHRASES, RIGHT_TO_LEFT, phrases_for
from campaign.letters.typefaces import FAMILIES, families_for

SIZES = ("size-11", "size-10-5", "size-10", "close-10")
"""Ways to set a letter, roomiest first, named by type size in points: below 10 pt a letter stops being polite."""

_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "print"

# Runs of the other direction. Left alone, a number or a Latin name swallows what stands next to it in a right-to-left
# line (Unicode UAX #9); an element of its own keeps it together. CSS isolation is not something WeasyPrint can do.
_LATIN = r"0-9A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\u0370-\u052f"
_LEFT_TO_RIGHT_RUN = re.compile(rf"[{_LATIN}](?:[{_LATIN} .,:/'’&+\u2013-]*[{_LATIN}])?")
_RTL = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RIGHT_TO_LEFT_RUN = re.compile(rf"[{_RTL}](?:[{_RTL}\u200c\u200d '’.-]*[{_RTL}])?")


def sheet_html(letter: Letter, paper: str, size: str) -> str:
    """Return the page of one letter: ``paper`` "a4" or "letter", ``size`` one of :data:`SIZES`."""
    return _template().render(_values(letter, paper, size))


def title_of(letters: Sequence[Letter]) -> str:
    """Return the document's title: what it is and to whom, never from whom."""
    word = phrases_for(letters[0].locale).letter
    return f"{word} – {'; '.join(letter.addressee.title for letter in letters)}"


def section_locales(letter: Letter) -> Iterator[str]:
    """Yield the languages of the sheet's ``<section>`` elements, in the order they stand on it."""
    yield phrases_for(letter.locale).address_locale
    if letter.addressee.local_line:
        yield letter.addressee.local_locale


def stylesheet() -> str:
    """Return the style sheet of letters, with the families of the font pack in the order each language wants."""
    rules = [(_FOLDER / "letter.css").read_text(encoding="utf-8"), _family_rule("[lang]", FAMILIES)]
    languages = sorted({locale.split("-")[0] for locale in PHRASES} | RIGHT_TO_LEFT)
    rules += [_family_rule(f'[lang|="{language}"]', families_for(language)) for language in languages]
    return "\n".join(rules)


def _family_rule(selector: str, families: Sequence[str]) -> str:
    quoted = ", ".join(f'"{family}"' for family in families)
    return f"{selector} {{ font-family: {quoted} }}"


def isolated(text: str, direction: str) -> Markup:
    """Return the text escaped, runs of the other direction in ``<bdi>`` and line breaks in ``<br>``."""
    run, other = (_LEFT_TO_RIGHT_RUN, "ltr") if direction == "rtl" else (_RIGHT_TO_LEFT_RUN, "rtl")
    pieces: list[str] = []
    position = 0
    for match in run.finditer(text):
        pieces.append(escape(text[position : match.start()]))
        pieces.append(Markup('<bdi dir="{}">{}</bdi>').format(other, match.group()))
        position = match.end()
    pieces.append(escape(text[position:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


def spans_html(spans: Sequence[tuple[str, bool, bool]], direction: str) -> Markup:
    """Return runs of (text, strong, emphasis) as HTML, escaped, with no space that the author did not write."""
    pieces: list[Markup] = []
    for text, strong, emphasis in spans:
        piece = isolated(text, direction)
        if emphasis:
            piece = Markup("<em>{}</em>").format(piece)
        pieces.append(Markup("<strong>{}</strong>").format(piece) if strong else piece)
    return Markup("").join(pieces)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(isolated=isolated, spans=spans_html)
    return environment.get_template("letter.html")


def _values(letter: Letter, paper: str, size: str) -> dict[str, object]:
    """Flatten the letter to strings and lists: the template can reach nothing else."""
    addressee, phrases = letter.addressee, phrases_for(letter.locale)
    return {
        "title": title_of([letter]),
        "locale": letter.locale,
        "direction": letter.direction,
        "paper": paper,
        "size": size,
        "sender": letter.sender,
        "address_locale": phrases.address_locale,
        "lines": addressee.lines,
        "local_line": addressee.local_line,
        "local_locale": addressee.local_locale,
        "country_line": addressee.country_line,
        "date": letter.date,
        "date_at_end": phrases.date_at_end,
        "subject": letter.subject,
        "salutation": letter.salutation,
        "blocks": [_block(block, letter.direction) for block in letter.blocks],
        "closing": letter.closing,
        "signed_name": letter.signed_name,
        "place": letter.place,
        "copy_line": letter.copy_line,
    }


def _block(block: FilledBlock, direction: str) -> dict[str, object]:
    rows = [block.spans] if isinstance(block, FilledParagraph) else block.items
    if isinstance(block, FilledParagraph) and block.own_words:
        direction = _direction_of_words("".join(span.text for span in block.spans), direction)
    return {
        "is_list": not isinstance(block, FilledParagraph),
        "direction": direction,
        "rows": [[(span.text, span.strong, span.emphasis) for span in row] for row in rows],
    }


def _direction_of_words(text: str, otherwise: str) -> str:
    """Return the direction of the first letter that has one (UAX #9, P2): people may write in another script."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return otherwise
