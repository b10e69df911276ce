"""How much of somebody's own words stands in the appeal already: advice while they write, never a ban, nothing kept.

Words are compared with what the appeal itself has published, in runs of five, and in runs of eight characters in
scripts that put no spaces between words. ``static/js/similarity.js`` follows the same rule, so that the browser can
say it before anything is sent.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TypeAlias

from campaign.appeals.definition import Appeal, BulletList, LetterText, Paragraph, Span, Texts

RUN_WORDS = 5
RUN_CHARACTERS = 8
ADVISE_FROM = 0.5
"""From this share on, most of the words are the appeal's."""

# Thai, Lao, Tibetan, Myanmar, Khmer, kana, Han: written without spaces, so every character stands for itself.
_UNSPACED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+")
_TAG = re.compile(r"<[^>]*>")

Run: TypeAlias = tuple[str, ...]


def is_mostly_copied(words: str, known: frozenset[Run]) -> bool:
    """Say whether most of the words stand in the texts whose :func:`runs_of` are known."""
    return copied_share(words, known) >= ADVISE_FROM


def copied_share(words: str, known: frozenset[Run]) -> float:
    """Return the part of the words, from 0 to 1, that lies in runs which the known texts have too."""
    tokens = _tokens(words)
    copied: set[int] = set()
    for start, run in _runs(tokens):
        if run in known:
            copied.update(range(start, start + len(run)))
    return len(copied) / len(tokens) if tokens else 0.0


def runs_of(texts: Iterable[str]) -> frozenset[Run]:
    """Return every run of the texts; none goes from one text into the next."""
    return frozenset(run for text in texts for _, run in _runs(_tokens(text)))


def published_texts(appeal: Appeal) -> Iterator[str]:
    """Yield what the appeal itself says, in all its languages: summary, demands, figures, events, page, letters."""
    named: list[Texts] = [appeal.summary]
    named += [demand.text for demand in appeal.demands]
    named += [fact.text for fact in (*appeal.facts, *appeal.timeline)]
    named += [case.facts for case in appeal.cases]
    for texts in named:
        yield from texts.values()
    for html in appeal.pages.values():
        yield from filter(None, (line.strip() for line in unescape(_TAG.sub(" ", html)).splitlines()))
    for letter in appeal.letters.values():
        yield from _paragraphs(letter)


def _paragraphs(letter: LetterText) -> Iterator[str]:
    for block in letter.blocks:
        if isinstance(block, Paragraph):
            yield _text(block.spans)
        elif isinstance(block, BulletList):
            yield from map(_text, block.items)


def _text(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def _runs(tokens: list[str]) -> Iterator[tuple[int, Run]]:
    for start, token in enumerate(tokens):
        length = RUN_CHARACTERS if _CHARACTER.match(token) else RUN_WORDS
        if start + length <= len(tokens):
            yield start, tuple(tokens[start : start + length])
