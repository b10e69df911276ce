"""Where things stand on the sheet: one layout for each kind of window envelope, and one for envelopes without.

All lengths are millimetres from the sheet's left and top edge. A folded sheet is smaller than its envelope and slides
about in it, so an address stands where the window shows paper whether the sheet lies at the bottom or at the top.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaign.letters.letter import Addressee
from campaign.letters.measure import rows_of

_LINE_MM = 4.3  # 10 pt type needs 12 pt of it.
_CLOSE_LINE_MM = 3.55  # 9 pt type in 10 pt of height: what a low window needs, and sorters still read.

_A4_FOLDS = (105.0, 210.0)
_LETTER_FOLDS = (279.4 / 3, 279.4 * 2 / 3)


class Layout(StrEnum):
    """How a letter is set: for a window, for an envelope without one, or to be sent by fax."""

    DIN = "din"
    RIGHT = "right"
    UK = "uk"
    US10 = "us10"
    NONE = "none"
    FAX = "fax"


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Window:
    """The geometry of one window layout.

    ``shown`` is the paper behind the window, ``address`` the part of it used for text, ``body`` the height at which
    the letter itself begins, ``folds`` where the sheet is folded. ``points`` is the type size of the address, and
    ``line`` the height of each of its lines.
    """

    source: str
    paper: str
    shown: Box
    address: Box
    points: float
    sender: Box
    body: float
    folds: tuple[float, ...]
    line: float = _LINE_MM

    @property
    def room(self) -> int:
        """How many lines of an address the window shows."""
        return int(self.address.height / self.line + 0.001)

    def lines(self, addressee: Addressee) -> int:
        """Return how many lines the address takes here, counting a line that must be broken as two or more."""
        return rows_of(addressee, self.address.width, self.points)

    def fits(self, addressee: Addressee) -> bool:
        """Say whether the window shows the whole address."""
        return self.lines(addressee) <= self.room


WINDOWS: Mapping[Layout, Window] = {
    # DIN 5008 form B: field of 85 x 45 mm, 20 mm from the left and 45 mm from the top; information block at 125/50;
    # text from 98.5 mm. DIN 680: window 90 x 45 mm, 20 mm from the left, 15 mm from the bottom. In DL and C6/5 the
    # sheet moves up by 9 mm at most, which leaves 54 to 90 mm; in DL sideways by 10 mm, which leaves 20 to 100 mm.
    Layout.DIN: Window(
        source="DIN 5008 form B, DIN 680",
        paper="a4",
        shown=Box(20, 45, 85, 45),
        address=Box(25, 54, 75, 35),
        points=10,
        sender=Box(125, 50, 63, 45),
        body=98.5,
        folds=_A4_FOLDS,
    ),
    # SN 010130: window 90 x 40 mm, in C6/5 30 mm from the bottom and 15 mm from the right, in C5 (folded once) 77 and
    # 17 mm. Both show 105 to 193 mm by 45 to 71.5 mm of a sheet that lies to the right, wherever it lies in height,
    # and from 114.5 mm in the middle. French practice (NF Z 11-001) begins at 50 mm, within 110 mm of the right edge.
    # Six lines close together: the address of a head of state has as many, with its line in another script.
    Layout.RIGHT: Window(
        source="SN 010130, NF Z 11-001",
        paper="a4",
        shown=Box(105, 45, 88, 26.5),
        address=Box(115, 50, 78, 21.5),
        points=9,
        sender=Box(25, 20, 80, 60),
        body=90,
        folds=(105.0, 148.5, 210.0),
        line=_CLOSE_LINE_MM,
    ),
    # What the print service of GOV.UK Notify puts into its windows: address within 24.6 to 120 mm by 39.5 to 66.3 mm,
    # sender from 125 to 195 mm, the letter from 95 mm on. A sheet folded once shows it in a C5 envelope.
    Layout.UK: Window(
        source="GOV.UK Notify letter specification",
        paper="a4",
        shown=Box(24.6, 39.5, 95.4, 26.8),
        address=Box(25, 40, 85, 26),
        points=10,
        sender=Box(125, 40, 63, 50),
        body=95,
        folds=(148.5,),
    ),
    # No. 10 envelope: window 4 1/2 x 1 1/8 in, 7/8 in from the left, 1/2 in from the bottom. Print services use
    # 3.5 x 0.875 in at 0.5 and 2.042 in, the return address at 0.5 and 0.5 in. From 22.2 mm on the sheet may lie left
    # or right; the letter begins below what the window shows of a sheet that lies at the top.
    Layout.US10: Window(
        source="US No. 10 window envelope, as US print services fill it",
        paper="letter",
        shown=Box(12.7, 51.87, 88.9, 22.23),
        address=Box(25, 52, 76, 21.6),
        points=9,
        sender=Box(25, 13, 120, 38),
        body=92,
        folds=_LETTER_FOLDS,
        line=_CLOSE_LINE_MM,
    ),
}

PAPERS = ("a4", "letter")
"""ISO 216 A4 and US Letter."""

PAPERS_OF: Mapping[Layout, tuple[str, ...]] = {
    **{layout: (window.paper,) for layout, window in WINDOWS.items()},
    Layout.NONE: PAPERS,
    Layout.FAX: PAPERS,
}
"""The papers each layout is drawn for; a sheet is laid out for its paper, never scaled to it."""

# Only countries whose usual window is written down somewhere; elsewhere an address might end up behind paper.
_BY_COUNTRY: Mapping[str, Layout] = {
    "DE": Layout.DIN,
    "AT": Layout.DIN,
    "CH": Layout.RIGHT,
    "FR": Layout.RIGHT,
    "GB": Layout.UK,
    "US": Layout.US10,
}


@dataclass(frozen=True)
class LayoutChoice:
    """The layout a letter gets, and why it is another than the one wanted.

    ``lines`` is what the address needs in the wanted window, ``room`` what that window shows; both are 0 where no
    window was wanted. ``reason`` is an English sentence, "" when the wish was met.
    """

    layout: Layout
    wanted: Layout
    lines: int = 0
    room: int = 0
    reason: str = ""


def layout_for(country: str) -> Layout:
    """Return the layout people in a country (ISO code) expect; ``NONE`` where no window is known to be usual."""
    return _BY_COUNTRY.get(country, Layout.NONE)


def choose_layout(addressee: Addressee, country: str, paper: str, wanted: Layout | None = None) -> LayoutChoice:
    """Return the layout for a letter from ``country``: the wanted or else usual one, where it holds the address.

    A usual layout that does not exist on this paper is no wish at all; raises :class:`ValueError` for a wanted one.
    """
    if wanted is not None and paper not in PAPERS_OF[wanted]:
        raise ValueError(f"Layout “{wanted}” does not exist on {paper} paper.")
    layout = wanted or layout_for(country)
    if paper not in PAPERS_OF[layout]:
        layout = Layout.NONE
    if layout not in WINDOWS:
        return LayoutChoice(layout, layout)
    window = WINDOWS[layout]
    lines = window.lines(addressee)
    if lines <= window.room:
        return LayoutChoice(layout, layout, lines, window.room)
    reason = (
        f"This address takes {lines} lines and the window shows {window.room}, "
        "so the letter is for an envelope without a window."
    )
    return LayoutChoice(Layout.NONE, layout, lines, window.room, reason)
