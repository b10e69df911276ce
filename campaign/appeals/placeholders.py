"""The places in a letter that a supporter's values fill: ``((name))`` and its fixed vocabulary.

Deliberately not a template language: a pack is data, and whoever writes one must not be able to run anything.
"""

import re

INLINE = frozenset({"name", "city", "country", "date", "reference"})
"""Placeholders inside a sentence."""

BLOCKS = frozenset({"demands", "words", "case"})
"""Placeholders that stand alone in a paragraph: the demands as a list, the supporter's own words, one case."""

PLACEHOLDER = re.compile(r"\(\(\s*([^()\s][^()]*?)\s*\)\)")


def placeholders_in(text: str) -> list[str]:
    """Return the names between double parentheses, in order, known or not."""
    return PLACEHOLDER.findall(text)


def unknown_inline(text: str) -> list[str]:
    """Return the names that may not stand inside a sentence."""
    return [name for name in placeholders_in(text) if name not in INLINE]
