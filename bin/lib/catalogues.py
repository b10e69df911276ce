"""The gettext catalogues in campaign/translations: taken from code and templates, merged, compiled, checked."""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from campaign.web.i18n import PAGE_LOCALES

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "campaign" / "translations"
SOURCE_LOCALE = "en"
_METHODS = [("campaign/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
# The same whitespace rules as the app's own Jinja environment, or the texts would differ from those asked for.
_JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_OPTIONS = {"templates/**.html": _JINJA, "templates/**.txt": _JINJA}
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# French sets a space before these signs and inside these quotation marks, and no line ends there.
_BREAKS = {"fr": re.compile(r" (?=[:;!?»](?:[\s.,)]|$))|(?<=«) ")}


def extract() -> Catalog:
    """Return every text of the pages, in the order of files; comments that begin with "Translators:" come along."""
    template = Catalog(project="campaign", charset="utf-8", fuzzy=False)
    for folder in ("campaign", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern.removeprefix(f"{folder}/"), method) for pattern, method in _METHODS],
            options_map={pattern.removeprefix(f"{folder}/"): options for pattern, options in _OPTIONS.items()},
            keywords=_KEYWORDS,
            comment_tags=["Translators:"],
            strip_comment_tags=True,
        )
        for file, line, message, comments, context in found:
            place = [(f"{folder}/{file}", line)]
            template.add(message, None, place, auto_comments=comments, context=context)
    return template


def catalogue_file(locale: str) -> Path:
    """Return where the catalogue of a locale such as "fr" or "pt_BR" lies."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


def catalogue_files() -> list[Path]:
    """Return every catalogue there is."""
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))


def read(file: Path) -> Catalog:
    """Read a catalogue; its locale is the name of its folder."""
    with file.open("rb") as lines:
        return read_po(lines, locale=file.parent.parent.name)


def write(file: Path, catalogue: Catalog) -> None:
    """Write a catalogue; without line numbers, so that a moved line is no change."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = BytesIO()
    write_po(lines, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    file.write_bytes(lines.getvalue().rstrip(b"\n") + b"\n")


def update() -> None:
    """Take what is new into every catalogue and drop what is gone; similar texts are proposed as fuzzy."""
    template = extract()
    for file in catalogue_files():
        catalogue = read(file)
        catalogue.update(template)
        write(file, catalogue)
        print(f"{file.relative_to(ROOT)}: {sum(1 for _ in problems(catalogue, template))} texts to do")


def add(locale: str) -> None:
    """Begin the catalogue of a locale."""
    file = catalogue_file(locale)
    if file.exists():
        sys.exit(f"{file.relative_to(ROOT)} is there already.")
    catalogue = Catalog(locale=locale, project="campaign", charset="utf-8", fuzzy=False)
    catalogue.update(extract())
    write(file, catalogue)
    print(f"{file.relative_to(ROOT)} is ready to be translated.")


def compile_all() -> None:
    """Write the .mo file beside every catalogue."""
    for file in catalogue_files():
        partial = file.with_suffix(".mo.new")
        with partial.open("wb") as machine:
            write_mo(machine, read(file))
        partial.replace(file.with_suffix(".mo"))


def _key(message: Message) -> tuple[object, object]:
    return message.context, message.id


def _texts(message: Message) -> list[str]:
    return [text or "" for text in (message.string if isinstance(message.string, (list, tuple)) else [message.string])]


def _translated(message: Message) -> bool:
    return bool(_texts(message)) and all(_texts(message))


def _badly_spaced(message: Message, locale: str) -> bool:
    return locale in _BREAKS and any(_BREAKS[locale].search(text) for text in _texts(message))


def problems(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Yield one line for every text that is missing, fuzzy, obsolete, badly spaced or lost its placeholders."""
    wanted = {_key(message): message for message in template if message.id}
    have = {_key(message): message for message in catalogue if message.id}
    for key, message in wanted.items():
        mine = have.get(key)
        if mine is None or not _translated(mine):
            yield f"missing: {message.id!r} ({message.locations[0][0]})"
        elif mine.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif _badly_spaced(mine, str(catalogue.locale)):
            yield f"a line may end before : ; ! ? or inside « »: {message.id!r}"
        else:
            yield from (f"wrong: {message.id!r}: {error}" for error in mine.check(catalogue))
    gone = [message.id for key, message in have.items() if key not in wanted]
    gone += [message.id for message in catalogue.obsolete.values()]
    yield from (f"obsolete: {text!r}" for text in gone)


def check() -> int:
    """Print every problem of every catalogue; return how many there are."""
    template = extract()
    found = 0
    for locale in sorted({SOURCE_LOCALE, *PAGE_LOCALES} - {SOURCE_LOCALE}):
        file = catalogue_file(locale.replace("-", "_"))
        if not file.exists():
            found += 1
            print(f"{file.relative_to(ROOT)} is missing: run “bin/translate add {locale}”.")
    for file in catalogue_files():
        for problem in problems(read(file), template):
            found += 1
            print(f"{file.relative_to(ROOT)}: {problem}")
    if found:
        print("Run “bin/translate update” and fill in what is missing.")
    return found


def main() -> None:
    """Do what bin/translate was asked to do."""
    parser = argparse.ArgumentParser(prog="bin/translate", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("update", "compile", "check"):
        verbs.add_parser(verb)
    verbs.add_parser("add").add_argument("locale")
    arguments = parser.parse_args()
    if arguments.verb == "update":
        update()
    elif arguments.verb == "add":
        add(arguments.locale)
    elif arguments.verb == "compile":
        compile_all()
    elif check():
        sys.exit(1)


if __name__ == "__main__":
    main()
