"""What a person typed, cleaned once at the edge; past here every string is storable and printable.

Rules from the Unicode categories: controls, surrogates, private-use and unassigned code points go, as do the
bidirectional controls (they reorder what stands around them) and invisible padding. The zero-width joiner and
non-joiner stay, and the Mongolian vowel separator: Persian, the Indic scripts and Mongolian spell with them.
"""

import re
import unicodedata

MAX_COMBINING_IN_A_ROW = 4
MAX_MARKS_IN_A_ROW = 8

_DROPPED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
_KEPT_FORMAT_CHARACTERS = frozenset("\u200c\u200d\u180e")
# Letters to Unicode, blank to the eye: a name made of them would print as nothing.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
# Every convention of ending a line; as controls they would vanish and glue two words together.
_BREAKS = dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n") | {ord("\t"): " ", 0x1F: " "}
_SPACES = re.compile(r"[^\S\n]+")
_MANY_BREAKS = re.compile(r"\n{3,}")


def _keep(character: str) -> bool:
    if character == "\n":
        return True
    if character in _KEPT_FORMAT_CHARACTERS:
        return True
    if character in _INVISIBLE:
        return False
    category = unicodedata.category(character)
    return category not in _DROPPED_CATEGORIES and category != "Cf"


def _cap_marks(text: str) -> str:
    """Drop what makes towers of marks: no written language needs them, and they break every layout.

    Kept in a row are four marks that combine (Hebrew with cantillation needs as many) and eight of any kind: the vowel
    signs of Thai, Burmese or Tibetan do not count as combining, and can be piled up as well.
    """
    kept: list[str] = []
    combining = marks = 0
    for character in text:
        combining = combining + 1 if unicodedata.combining(character) else 0
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if combining <= MAX_COMBINING_IN_A_ROW and marks <= MAX_MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def clean_text(raw: str) -> str:
    r"""Return several lines of a person's text: NFC, no invisible or control characters, tidy spaces.

    Line breaks survive (any convention becomes ``\n``), at most one empty line in a row.
    """
    if raw.isascii() and raw.isprintable():
        return _SPACES.sub(" ", raw).strip()
    text = raw.replace("\r\n", "\n").translate(_BREAKS)
    text = "".join(filter(_keep, text))
    # Marks are counted as they will be stored: composing a letter changes how many there are.
    text = _cap_marks(unicodedata.normalize("NFC", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()


def clean_line(raw: str) -> str:
    """Return one line of a person's text: as :func:`clean_text`, with line breaks turned into spaces."""
    return " ".join(clean_text(raw).split())


def has_letter(text: str) -> bool:
    """Say whether the text holds at least one letter of any script."""
    return any(unicodedata.category(character)[0] == "L" for character in text)
