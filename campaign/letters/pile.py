"""Drawing a pile of letters: chunk after chunk in several render workers at once, joined in order as they come."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from campaign.core.errors import CampaignError, UnavailableError
from campaign.letters.envelopes import LABELS, EnvelopeSize, LabelSheet
from campaign.letters.errors import UndrawableError
from campaign.letters.letter import Letter
from campaign.letters.mailing import Mailing, Sheet, Wishes
from campaign.letters.pack_file import PackFile
from campaign.letters.people_store import PeopleStore
from campaign.letters.workers import Renderer

LETTERS_AT_ONCE = 200
_FEW = 1_000
_FEW_AT_ONCE = 50
_ENVELOPES_AT_ONCE = 40
_LABEL_SHEETS_AT_ONCE = 3

SECONDS_FOR_A_CHUNK = 120.0
"""The time limit of the :class:`Renderer` that draws a pile: a chunk of envelopes is one job."""


@dataclass(frozen=True)
class Drawn:
    """What a pack holds, in pages."""

    letters: int
    envelopes: int
    labels: int


@dataclass(frozen=True)
class _Chunk:
    """Some letters that one worker draws at once, and the lines of the list they are for."""

    draw: Callable[[], bytes]
    letters: int
    first: int
    last: int

    def content(self) -> bytes:
        """Return the chunk as a PDF."""
        try:
            return self.draw()
        except (UndrawableError, UnavailableError) as error:
            lines = f"line {self.first}" if self.first == self.last else f"lines {self.first} to {self.last}"
            raise CampaignError(f"A letter for {lines} of the list was not drawn. {error}") from error


class Pile:
    """The letters of some people, to be drawn with ``jobs`` workers of a renderer."""

    def __init__(self, mailing: Mailing, people: PeopleStore, wishes: Wishes, renderer: Renderer, jobs: int) -> None:
        """Take what has been counted: ``mailing`` must know everybody in ``people``."""
        self._mailing = mailing
        self._people = people
        self._wishes = wishes
        self._renderer = renderer
        self._jobs = jobs

    @property
    def parts(self) -> int:
        """How many letters, envelopes and labels will be drawn."""
        kinds = 1 + bool(self._wishes.envelopes) + bool(self._wishes.labels)
        return self._mailing.counted.all_letters * kinds

    def draw(self, pack: PackFile, told: Callable[[int], None]) -> Drawn:
        """Draw letters, envelopes and labels into a pack, and tell after each chunk how many of them are done.

        Raises :class:`CampaignError` with the lines of the list for a letter that cannot be drawn.
        """
        wishes = self._wishes
        threads = ThreadPoolExecutor(self._jobs)
        add = partial(self._add, threads, pack, told)
        try:
            letters = add(self._letters(), fresh=False)
            envelopes = add(self._envelopes(wishes.envelopes), fresh=True) if wishes.envelopes else 0
            labels = add(self._labels(wishes.labels, wishes.start), fresh=True) if wishes.labels else 0
        finally:
            # Whoever stops the program waits for nobody: what is half-drawn ends with its worker.
            threads.shutdown(wait=False, cancel_futures=True)
        return Drawn(letters, envelopes, labels)

    def _add(
        self,
        threads: ThreadPoolExecutor,
        pack: PackFile,
        told: Callable[[int], None],
        chunks: Iterable[_Chunk],
        *,
        fresh: bool,
    ) -> int:
        """Append chunks in their order; return how many pages they have."""
        pages = 0
        for number, content in _in_order(threads, chunks, self._jobs + 1):
            pages += pack.add(content, on_fresh_sheets=fresh)
            told(number)
        return pages

    def _sheets(self) -> Iterator[Sheet]:
        for person in self._people:
            yield from self._mailing.sheets(person)

    def _letters(self) -> Iterator[_Chunk]:
        size = _FEW_AT_ONCE if self._mailing.counted.all_letters <= _FEW else LETTERS_AT_ONCE
        for some in _cut(self._sheets(), itertools.repeat(size)):
            papers, layouts = [one.paper for one in some], [one.layout for one in some]
            draw = partial(self._renderer.pack, _letters_of(some), papers, layouts, duplex=self._wishes.duplex)
            yield _chunk(draw, some)

    def _envelopes(self, size: EnvelopeSize) -> Iterator[_Chunk]:
        for some in _cut(self._sheets(), itertools.repeat(_ENVELOPES_AT_ONCE)):
            yield _chunk(partial(self._renderer.envelopes, _letters_of(some), size), some)

    def _labels(self, sheet: LabelSheet, start: int) -> Iterator[_Chunk]:
        """Yield chunks of whole sheets: only the first sheet may have places that are used up."""
        full = LABELS[sheet].places * _LABEL_SHEETS_AT_ONCE
        starts = itertools.chain([start], itertools.repeat(1))
        sizes = itertools.chain([full - start + 1], itertools.repeat(full))
        for some, first in zip(_cut(self._sheets(), sizes), starts, strict=False):
            yield _chunk(partial(self._renderer.labels, _letters_of(some), sheet, first), some)


def _letters_of(sheets: Sequence[Sheet]) -> list[Letter]:
    return [one.letter for one in sheets]


def _chunk(draw: Callable[[], bytes], sheets: Sequence[Sheet]) -> _Chunk:
    lines = [one.line for one in sheets]
    return _Chunk(draw, len(sheets), min(lines), max(lines))


def _cut(sheets: Iterator[Sheet], sizes: Iterable[int]) -> Iterator[list[Sheet]]:
    for size in sizes:
        some = list(itertools.islice(sheets, size))
        if not some:
            return
        yield some


def _in_order(threads: ThreadPoolExecutor, chunks: Iterable[_Chunk], most: int) -> Iterator[tuple[int, bytes]]:
    """Draw chunks side by side and yield them in order: never more than ``most`` are begun and not yet taken."""
    begun: deque[tuple[int, Future[bytes]]] = deque()
    for chunk in chunks:
        begun.append((chunk.letters, threads.submit(chunk.content)))
        if len(begun) >= most:
            number, future = begun.popleft()
            yield number, future.result()
    for number, future in begun:
        yield number, future.result()
