"""What to look at twice in a name for the public list: a signal for a person who decides, never a decision."""

import unicodedata
from collections.abc import Collection, Sequence

_WRITTEN_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)
"""Scripts that one word may mix (UTS #39, 5.1): Japanese, Korean and Chinese are written like that."""

_IN_NAMES = frozenset(" '’.-‐·・་־׳״")
"""Signs that names are written with; the last ones in Tibetan and Hebrew."""


def name_flags(name: str, others: Collection[str] = (), addressees: Sequence[str] = ()) -> list[str]:
    """Return what is unusual about a name: ``mixed-script``, ``signs``, ``twice`` and ``addressee``.

    ``others`` are all names of the list, this one among them; ``addressees`` the lines of those who are written to.
    A word that mixes scripts is often a name that imitates another one, with letters that only look the same.
    """
    folded = _folded(name)
    found = {
        "mixed-script": any(_mixes(word) for word in name.split()),
        "signs": any(not _is_usual(character) for character in name),
        "twice": sum(_folded(other) == folded for other in others) > 1,
        "addressee": len(folded) > 3 and any(folded in _folded(line) for line in addressees),
    }
    return [flag for flag, is_so in found.items() if is_so]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _is_usual(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character in _IN_NAMES or character in "\u200c\u200d"


def _mixes(word: str) -> bool:
    scripts = {_script(character) for character in word if unicodedata.category(character)[0] == "L"}
    return len(scripts) > 1 and not any(scripts <= together for together in _WRITTEN_TOGETHER)


def _script(character: str) -> str:
    """Return the script as the first word of the character's name: what Python knows of it (``"LATIN"``)."""
    return unicodedata.name(character, "?").split()[0]
