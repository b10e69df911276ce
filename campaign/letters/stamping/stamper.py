"""Keeps the laid-out sheets that are in use, and stamps letters on them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import pydyf  # type: ignore[import-untyped]

from campaign.letters.errors import UndrawableError
from campaign.letters.layouts import Layout
from campaign.letters.letter import Letter
from campaign.letters.stamping.batch import Batch
from campaign.letters.stamping.placeholders import Key, key_of, with_placeholders
from campaign.letters.stamping.sheets import Sheet, take_apart
from campaign.letters.stamping.single import Template

MOST_TEMPLATES = 128

LayOut = Callable[[Letter, str, Layout], pydyf.PDF | None]
"""Lays a letter out on a paper and returns it as PDF objects, uncompressed; ``None`` when it takes two pages."""


@dataclass(frozen=True)
class _LaidOut:
    """A sheet and the file made of it, both ``None`` where it cannot be stamped."""

    sheet: Sheet | None = None
    template: Template | None = None


class Stamper:
    """Stamps letters on sheets that are laid out once; what it cannot do exactly is left to its owner.

    A sheet holds no name and no address: they are taken out of the letter before it is laid out.
    """

    def __init__(self, lay_out: LayOut) -> None:
        """Know nothing yet."""
        self._lay_out = lay_out
        self._sheets: OrderedDict[Key, _LaidOut] = OrderedDict()

    def stamp(self, letter: Letter, paper: str, layout: Layout) -> bytes | None:
        """Return the letter as a tagged PDF, or ``None`` when it cannot be stamped exactly.

        The first letter of a kind is stamped as well. That takes no longer than to draw it whole, and equal letters
        give equal bytes, whatever was drawn before.
        """
        known = key_of(letter, paper, layout)
        if known is None:
            return None
        key, readings = known
        template = self._laid_out(key).template
        return template.stamp(readings) if template else None

    def add_to(self, batch: Batch, letter: Letter, paper: str, layout: Layout) -> bool:
        """Add the letter to a batch; ``False``, and nothing is added, when WeasyPrint has to draw it."""
        known = key_of(letter, paper, layout)
        if known is None:
            return False
        key, readings = known
        sheet = self._laid_out(key).sheet
        return sheet is not None and batch.add(sheet, readings)

    def _laid_out(self, key: Key) -> _LaidOut:
        """Return what is known of a key, laid out now if need be; the sheet not asked for the longest is forgotten."""
        found = self._sheets.pop(key, None) or self._made(key)
        self._sheets[key] = found
        if len(self._sheets) > MOST_TEMPLATES:
            self._sheets.popitem(last=False)
        return found

    def _made(self, key: Key) -> _LaidOut:
        wanted = with_placeholders(key)
        if wanted is None:
            return _LaidOut()
        letter, lines = wanted
        try:
            pdf = self._lay_out(letter, key.paper, key.layout)
        except UndrawableError:  # The letter has the same character: drawing it whole names all that are missing.
            return _LaidOut()
        sheet = take_apart(pdf, lines) if pdf else None
        return _LaidOut(sheet, Template(pdf, sheet)) if sheet else _LaidOut()
