"""The fonts that letters are set in: their order, what they can draw, and a fontconfig that knows no others.

The files in ``fonts/`` are built by ``bin/fonts``. A letter may use only these, so that it looks the same on every
machine, and so that a character which nothing can draw is known before the letter is made.
"""

import os
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

FONT_DIR: Final = Path(__file__).resolve().parent / "fonts"

# The order in which a letter looks for a character. The wide fallback is last: its shapes are plain.
FAMILIES: Final[tuple[str, ...]] = (
    "Letter Serif",
    "Letter Naskh",
    "Letter Han",
    "Letter Han Traditional",
    "Letter Hangul",
    "Letter Tibetan",
    "Letter Devanagari",
    "Letter Bengali",
    "Letter Gurmukhi",
    "Letter Gujarati",
    "Letter Tamil",
    "Letter Telugu",
    "Letter Kannada",
    "Letter Malayalam",
    "Letter Sinhala",
    "Letter Thai",
    "Letter Lao",
    "Letter Khmer",
    "Letter Myanmar",
    "Letter Georgian",
    "Letter Armenian",
    "Letter Hebrew",
    "Letter Ethiopic",
    "Letter Mongolian",
    "Letter Oriya",
    "Letter Thaana",
    "Letter Tifinagh",
    "Letter NKo",
    "Letter Symbols",
    "Letter Shapes",
    "Letter Arrows",
    "Letter Wide",
)

# A language whose own font must come first, because it shares marks with Latin but draws them in its own way:
# Chinese quotation marks fill a whole square, Arabic full stops and figures sit in the Naskh line.
_FIRST_BY_LANGUAGE: Final = {
    "zh": ("Letter Han",),
    "ug": ("Letter Naskh",),
    "ar": ("Letter Naskh",),
    "fa": ("Letter Naskh",),
    "ps": ("Letter Naskh",),
    "ur": ("Letter Naskh",),
    "ckb": ("Letter Naskh",),
    "ko": ("Letter Hangul",),
    "bo": ("Letter Tibetan",),
}

# Space, line break and what only steers its neighbours: never drawn, so no font needs them.
_UNDRAWN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_VARIATION_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def families_for(locale: str) -> tuple[str, ...]:
    """Return FAMILIES in the order for one locale ("en", "zh-Hans"): the same families, the language's own first."""
    first = _FIRST_BY_LANGUAGE.get(locale.replace("_", "-").split("-")[0].lower(), ())
    return first + tuple(family for family in FAMILIES if family not in first)


def covered(text: str) -> frozenset[str]:
    """Return the characters of the text that some font of the pack can draw."""
    drawable = _coverage()
    return frozenset(character for character in text if ord(character) in drawable)


def uncovered(text: str) -> tuple[str, ...]:
    """Return the characters that no font of the pack can draw, each once, in the order of the text.

    Spaces, line breaks, joiners, direction marks and variation selectors need no glyph and are never returned.
    """
    drawable = _coverage()
    return tuple(
        character
        for character in dict.fromkeys(text)
        if ord(character) not in drawable
        and character not in _VARIATION_SELECTORS
        and unicodedata.category(character) not in _UNDRAWN_CATEGORIES
    )


@cache
def _coverage() -> frozenset[int]:
    """Read the code points that ``bin/fonts`` found in the fonts' character maps.

    The list is stored because every web process needs it, and opening 35 fonts takes thirty times as long.
    """
    points: set[int] = set()
    for part in (FONT_DIR / "coverage.txt").read_text(encoding="ascii").split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


def write_fontconfig(directory: Path) -> Path:
    """Write a fonts.conf that offers the pack and nothing else; return its absolute path.

    The path belongs into the environment variable FONTCONFIG_FILE before pango is loaded. fontconfig looks up a
    relative path in its own directories, so every path here is absolute. The cache lies beside the file.
    """
    directory = directory.resolve()
    cache_directory = directory / "fontconfig-cache"
    cache_directory.mkdir(parents=True, exist_ok=True)
    file = directory / "fonts.conf"
    partial = directory / f"fonts.conf.{os.getpid()}"
    partial.write_text(
        '<?xml version="1.0"?>\n'
        '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        "<fontconfig>\n"
        f"  <dir>{escape(str(FONT_DIR))}</dir>\n"
        f"  <cachedir>{escape(str(cache_directory))}</cachedir>\n"
        "</fontconfig>\n",
        encoding="utf-8",
    )
    partial.replace(file)  # at once: another process may be reading it
    return file
