"""A letter as the page it will be on paper: plain values into one template, every word of them escaped."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from campaign.letters.directions import isolated
from campaign.letters.layouts import WINDOWS, Layout, Window
from campaign.letters.letter import FilledBlock, FilledParagraph, Letter
from campaign.letters.phrases import PHRASES, RIGHT_TO_LEFT, direction_of, phrases_for
from campaign.letters.plain import untranslated
from campaign.letters.typefaces import FAMILIES, families_for

SIZES = ("size-11", "size-10-5", "size-10", "close-10")
"""Ways to set a letter, roomiest first, named by type size in points: below 10 pt a letter stops being polite."""

# The margins of templates/print/letter.css: what stands at a place on the sheet is placed from there.
_LEFT_MARGIN, _TOP_MARGIN = 25.0, 20.0

_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "print"

# What stands above a letter that goes by fax: kind, addressee, number, sender, date, pages.
_FAX_WORDS: Mapping[str, tuple[str, str, str, str, str, str]] = {
    "en": ("Fax", "To", "Fax number", "From", "Date", "Pages"),
    "fr": ("Télécopie", "À", "Numéro", "De", "Date", "Pages"),
    "zh-Hans": ("传真", "收件人", "传真号码", "发件人", "日期", "页数"),
}


def sheet_html(letter: Letter, paper: str, size: str, layout: Layout = Layout.NONE, pages: int = 1) -> str:
    """Return the page of one letter: ``paper`` "a4" or "letter", ``size`` one of :data:`SIZES`.

    ``pages`` is the number a fax says it has.
    """
    window = WINDOWS.get(layout)
    shape = f"window {layout}" if window else layout.value
    return print_template("letter.html").render(
        _values(letter),
        paper=paper,
        size=size,
        layout=f"{shape} translation" if letter.note else shape,
        folds=range(1, len(window.folds) + 1) if window else (),
        fax=_fax_head(letter, pages) if layout is Layout.FAX else None,
    )


def with_translations(letters: Sequence[Letter], layouts: Sequence[Layout]) -> tuple[list[Letter], list[Layout]]:
    """Return what is drawn: every letter and, after it, its translation, which no window has to show the address of.

    Only a fax still knows that there is one, for it says how many pages come.
    """
    letters_drawn: list[Letter] = []
    layouts_drawn: list[Layout] = []
    for letter, layout in zip(letters, layouts, strict=True):
        letters_drawn.append(letter if layout is Layout.FAX else untranslated(letter))
        layouts_drawn.append(layout)
        if letter.translation:
            letters_drawn.append(letter.translation)
            layouts_drawn.append(Layout.NONE)
    return letters_drawn, layouts_drawn


def title_of(letters: Sequence[Letter]) -> str:
    """Return the document's title: what it is and to whom, never from whom."""
    word = phrases_for(letters[0].locale).letter
    titles = [letter.addressee.title for letter in letters if not letter.note] or [letters[0].addressee.title]
    return f"{word} – {'; '.join(titles)}"


def pack_title(letters: Sequence[Letter]) -> str:
    """Return the title of many letters as one document: each addressee once, and again nothing of the senders."""
    titles = dict.fromkeys(letter.addressee.title for letter in letters)
    return f"{phrases_for(letters[0].locale).letter} – {'; '.join(titles)}"


def section_locales(letter: Letter) -> Iterator[str]:
    """Yield the languages of the sheet's ``<section>`` elements, in the order they stand on it."""
    yield phrases_for(letter.locale).address_locale
    if letter.addressee.local_line:
        yield letter.addressee.local_locale
    yield from (note.locale for note in letter.note)
    yield from (block.locale for block in letter.blocks if isinstance(block, FilledParagraph) and block.locale)


def stylesheet() -> str:
    """Return the style sheet of letters, with the families of the font pack in the order each language wants."""
    rules = [(_FOLDER / "letter.css").read_text(encoding="utf-8"), _family_rule("[lang]", FAMILIES)]
    languages = sorted({locale.split("-")[0] for locale in PHRASES} | RIGHT_TO_LEFT)
    rules += [_family_rule(f'[lang|="{language}"]', families_for(language)) for language in languages]
    rules += [rule for layout, window in WINDOWS.items() for rule in _window_rules(layout, window)]
    return "\n".join(rules)


def _family_rule(selector: str, families: Sequence[str]) -> str:
    quoted = ", ".join(f'"{family}"' for family in families)
    return f"{selector} {{ font-family: {quoted} }}"


def _window_rules(layout: Layout, window: Window) -> Iterator[str]:
    """Yield the rules that place a window layout; the letter begins below its head."""
    name = f"article.{layout}"
    yield f"{name} .head {{ height: {window.body - _TOP_MARGIN:.2f}mm }}"
    for part, box in (("addressee", window.address), ("sender", window.sender)):
        left, top = box.left - _LEFT_MARGIN, box.top - _TOP_MARGIN
        yield f"{name} .{part} {{ left: {left:.2f}mm; top: {top:.2f}mm; width: {box.width:.2f}mm }}"
    yield f"{name} .addressee {{ font-size: {window.points}pt; line-height: {window.line}mm }}"
    for number, height in enumerate(window.folds, 1):
        yield f"{name} .fold-{number} {{ top: {height - _TOP_MARGIN:.2f}mm }}"


def spans_html(spans: Sequence[tuple[str, bool, bool]], direction: str) -> Markup:
    """Return runs of (text, strong, emphasis) as HTML, escaped, with no space that the author did not write."""
    pieces: list[Markup] = []
    for text, strong, emphasis in spans:
        piece = isolated(text, direction, whole=len(spans) == 1)
        if emphasis:
            piece = Markup("<em>{}</em>").format(piece)
        pieces.append(Markup("<strong>{}</strong>").format(piece) if strong else piece)
    return Markup("").join(pieces)


def print_template(name: str) -> Template:
    """Return a template of ``templates/print``: what it prints is escaped, and what it lacks is an error."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(isolated=isolated, spans=spans_html)
    return environment


def _values(letter: Letter) -> dict[str, object]:
    """Flatten the letter to strings and lists: the template can reach nothing else."""
    addressee, phrases = letter.addressee, phrases_for(letter.locale)
    return {
        "title": title_of([letter]),
        "locale": letter.locale,
        "direction": letter.direction,
        "sender": letter.sender,
        "address_locale": phrases.address_locale,
        "lines": addressee.lines,
        "local_line": addressee.local_line,
        "local_locale": addressee.local_locale,
        "country_line": addressee.country_line,
        "date": letter.date,
        "date_at_end": phrases.date_at_end,
        "subject": letter.subject,
        "note": [(note.locale, direction_of(note.locale), note.text) for note in letter.note],
        "salutation": letter.salutation,
        "blocks": [_block(block, letter.direction) for block in letter.blocks],
        "closing": letter.closing,
        "signed_name": letter.signed_name,
        "place": letter.place,
        "copy_line": letter.copy_line,
    }


def _fax_head(letter: Letter, pages: int) -> dict[str, object]:
    """Return the header of a fax: the number as it was printed, and as it is dialled from anywhere (ITU-T E.164)."""
    addressee = letter.addressee
    kind, *labels = _FAX_WORDS.get(letter.locale, _FAX_WORDS["en"])
    numbers = dict.fromkeys(filter(None, (addressee.fax, addressee.fax_e164)))
    pages += letter.translation is not None  # it follows on a page of its own
    values = (addressee.title, " / ".join(numbers), letter.signed_name, letter.date, str(pages))
    return {"kind": kind, "rows": list(zip(labels, values, strict=True))}


def _block(block: FilledBlock, direction: str) -> dict[str, object]:
    rows = [block.spans] if isinstance(block, FilledParagraph) else block.items
    if isinstance(block, FilledParagraph) and block.own_words:
        direction = _direction_of_words("".join(span.text for span in block.spans), direction)
    return {
        "is_list": not isinstance(block, FilledParagraph),
        "locale": block.locale if isinstance(block, FilledParagraph) else "",
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
