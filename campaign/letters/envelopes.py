"""Envelopes and sheets of labels for letters that no window shows: same addresses, same languages, same fonts.

All lengths are millimetres from the left and top edge. An envelope is printed lying on its long side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.core.errors import RefusedError
from campaign.letters.letter import Letter
from campaign.letters.measure import MM_PER_POINT, broken, rows_of
from campaign.letters.phrases import phrases_for
from campaign.letters.sheet import print_template
from campaign.recipients.countries import paper_for

_LEADING = 1.25
_SENDER_LEFT, _SENDER_TOP, _SENDER_POINTS = 12.0, 10.0, 8.0
# Australia Post keeps 90 x 40 mm at the top right for postage; the others reserve less of that corner.
_STAMP_WIDTH = 90.0
_LABEL_MARGIN = 2.0
_READABLE = 9


class EnvelopeSize(StrEnum):
    """The envelopes we print: ISO 269, and the US No. 10."""

    DL = "dl"
    C5 = "c5"
    C6 = "c6"
    NO10 = "10"


class LabelSheet(StrEnum):
    """The sheets of labels we print, by the number of the best known of their kind."""

    L7160 = "l7160"
    US5160 = "5160"


@dataclass(frozen=True)
class Envelope:
    """One size of envelope; the address begins at ``left`` and ``top`` and stays 15 mm off the other edges.

    It begins near the middle, with nothing below or beside it, and clear of the corner for the stamp: so it stays out
    of every strip that Royal Mail, bpost and Australia Post keep for their codes.
    """

    name: str
    width: float
    height: float
    left: float
    top: float
    points: tuple[float, ...] = (11, 10, 9, 8)
    margin: float = 15.0

    @property
    def room(self) -> tuple[float, float]:
        """Width and height that the address may take."""
        return self.width - self.left - self.margin, self.height - self.top - self.margin


@dataclass(frozen=True)
class Labels:
    """One sheet of labels: where they lie, and how large they are."""

    name: str
    paper: tuple[float, float]
    columns: int
    rows: int
    left: float
    top: float
    width: float
    height: float
    gap: float
    points: tuple[float, ...] = (10, 9, 8)

    @property
    def places(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    @property
    def room(self) -> tuple[float, float]:
        """Width and height that the address may take: sheets are rarely fed more exactly than to 2 mm."""
        return self.width - 2 * _LABEL_MARGIN, self.height - 2 * _LABEL_MARGIN

    def place(self, number: int) -> tuple[float, float]:
        """Return left and top edge of a label, counted from 0 along the rows."""
        row, column = divmod(number, self.columns)
        return self.left + column * (self.width + self.gap), self.top + row * self.height


ENVELOPES: Mapping[EnvelopeSize, Envelope] = {
    EnvelopeSize.DL: Envelope("DL", 220, 110, left=105, top=45),
    EnvelopeSize.C5: Envelope("C5", 229, 162, left=110, top=75),
    EnvelopeSize.C6: Envelope("C6", 162, 114, left=72, top=50),
    EnvelopeSize.NO10: Envelope("No. 10", 241.3, 104.775, left=115, top=44),
}

LABELS: Mapping[LabelSheet, Labels] = {
    # 21 labels of 63.5 x 38.1 mm on A4: Avery L7160 and its like.
    LabelSheet.L7160: Labels("L7160", (210, 297), 3, 7, left=7.2, top=15.15, width=63.5, height=38.1, gap=2.5),
    # 30 labels of 2 5/8 x 1 in on US Letter: Avery 5160 and 8160 and their like.
    LabelSheet.US5160: Labels(
        "5160", (215.9, 279.4), 3, 10, left=4.7625, top=12.7, width=66.675, height=25.4, gap=3.175
    ),
}


@dataclass(frozen=True)
class _Words:
    envelope: str
    labels: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words("Envelope", "Labels"),
    "fr": _Words("Enveloppe", "Étiquettes"),
    "zh": _Words("信封", "标签"),
}


class NoRoomError(RefusedError):
    """An address that is too long for this envelope or label; ``name`` is what it was meant for."""

    def __init__(self, title: str, name: str, instead: str) -> None:
        self.title, self.name, self.instead = title, name, instead
        super().__init__(f"The address of {title} does not fit on {name}, even in 8 point type. Use {instead} instead.")


def envelope_for(country: str) -> EnvelopeSize:
    """Return the envelope that letter paper folded in three goes into: No. 10 in North America, else DL."""
    return EnvelopeSize.NO10 if country in {"US", "CA", "MX"} else EnvelopeSize.DL


def labels_for(country: str) -> LabelSheet:
    """Return the sheet of labels on the paper that a country uses."""
    return LabelSheet.US5160 if paper_for(country) == "letter" else LabelSheet.L7160


def check_envelopes(letters: Sequence[Letter], size: EnvelopeSize) -> None:
    """Raise :class:`NoRoomError` for the first address that the envelope does not hold."""
    instead = "a C5 envelope" if size is not EnvelopeSize.C5 else "an envelope written by hand"
    for letter in letters:
        if not _points(letter, ENVELOPES[size]):
            raise NoRoomError(letter.addressee.title, f"a {ENVELOPES[size].name} envelope", instead)


def check_labels(letters: Sequence[Letter], sheet: LabelSheet, start: int) -> None:
    """Raise :class:`NoRoomError` for the first address that a label does not hold, ``ValueError`` for a bad place."""
    labels = LABELS[sheet]
    if not letters or not 1 <= start <= labels.places:
        raise ValueError(f"Labels need a letter, and a place from 1 to {labels.places}.")
    instead = "the larger labels of an L7160 sheet (A4)" if sheet is LabelSheet.US5160 else "an envelope"
    for letter in letters:
        if not _points(letter, labels):
            raise NoRoomError(letter.addressee.title, f"a {labels.name} label", instead)


def _points(letter: Letter, form: Envelope | Labels) -> float:
    """Return the largest type that shows the whole address, 0 where even the smallest does not.

    Type of 9 points or more in which no line has to be broken is worth a step down: a sorter reads lines.
    """
    width, height = form.room
    rows = {points: rows_of(letter.addressee, width, points) for points in form.points}
    fitting = [points for points in form.points if _height(rows[points], points) <= height]
    whole = [points for points in fitting if points >= _READABLE and rows[points] == min(rows.values())]
    return next(iter(whole or fitting), 0)


def _height(rows: int, points: float) -> float:
    return rows * points * _LEADING * MM_PER_POINT


def envelopes_html(letters: Sequence[Letter], size: EnvelopeSize) -> str:
    """Return a page for each letter's envelope; the sender stands on it only when the letter has a name."""
    envelope = ENVELOPES[size]
    # Beside the address's column and clear of the stamp, so that sender and address never reach each other.
    sender_width = min(envelope.left, envelope.width - _STAMP_WIDTH) - _SENDER_LEFT - 3
    rules = [_page_rule(envelope.width, envelope.height)]
    rules.append(_place_rule("sender-place", _SENDER_LEFT, _SENDER_TOP, sender_width, _SENDER_POINTS))
    pages = []
    for number, letter in enumerate(letters):
        points = _points(letter, envelope)
        rules.append(_place_rule(f"place-{number}", envelope.left, envelope.top, envelope.room[0], points))
        pages.append({"sender": letter.sender, "address": _block(letter, f"place-{number}", envelope.room[0], points)})
    return print_template("envelope.html").render(
        title=_title(letters, "envelope"), locale=letters[0].locale, rules=rules, pages=pages
    )


def label_pages(letters: Sequence[Letter], sheet: LabelSheet, start: int) -> Iterator[list[tuple[int, Letter]]]:
    """Yield for each sheet the letters on it with the place of each, from 0."""
    places = LABELS[sheet].places
    numbered = list(enumerate(letters, start - 1))
    for first in range(0, numbered[-1][0] + 1, places):
        yield [(number - first, letter) for number, letter in numbered if first <= number < first + places]


def labels_html(letters: Sequence[Letter], sheet: LabelSheet, start: int) -> str:
    """Return the sheets with a label for each letter, the first at place ``start`` (from 1)."""
    labels = LABELS[sheet]
    width, height = labels.room
    rules = [_page_rule(*labels.paper)]
    pages = []
    for page in label_pages(letters, sheet, start):
        blocks = []
        for number, letter in page:
            name, points = f"place-{len(rules)}", _points(letter, labels)
            left, top = labels.place(number)
            # In the middle of its height: whichever way the sheet is fed, the address stays on its label.
            spare = height - _height(rows_of(letter.addressee, width, points), points)
            rules.append(_place_rule(name, left + _LABEL_MARGIN, top + _LABEL_MARGIN + spare / 2, width, points))
            blocks.append(_block(letter, name, width, points))
        pages.append(blocks)
    return print_template("labels.html").render(
        title=_title(letters, "labels"), locale=letters[0].locale, rules=rules, pages=pages
    )


def _title(letters: Sequence[Letter], kind: str) -> str:
    """Return the document's title: what it is and to whom, never from whom."""
    words = _WORDS.get(letters[0].locale.partition("-")[0], _WORDS["en"])
    word = words.envelope if kind == "envelope" else words.labels
    return f"{word} – {'; '.join(letter.addressee.title for letter in letters)}"


def _page_rule(width: float, height: float) -> str:
    return f"@page {{ size: {width}mm {height}mm; margin: 0 }}"


def _place_rule(name: str, left: float, top: float, width: float, points: float) -> str:
    place = f"left: {left:.2f}mm; top: {top:.2f}mm; width: {width:.2f}mm"
    return f".{name} {{ {place}; font-size: {points}pt; line-height: {_LEADING} }}"


def _block(letter: Letter, place: str, width: float, points: float) -> dict[str, object]:
    addressee = letter.addressee
    return {
        "place": place,
        "locale": phrases_for(letter.locale).address_locale,
        "lines": ["\n".join(broken(line, width, points)) for line in addressee.lines],
        "local_line": addressee.local_line,
        "local_locale": addressee.local_locale,
        "country_line": addressee.country_line,
    }
