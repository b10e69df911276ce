"""The letters of many people as one pile: who writes to whom, on which paper, in which window, and what cannot be."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from campaign.appeals.definition import Appeal, Recipient
from campaign.core.errors import RefusedError
from campaign.letters.addressing import address
from campaign.letters.compose import compose, recipients_for
from campaign.letters.envelopes import EnvelopeSize, LabelSheet, check_envelopes, check_labels
from campaign.letters.layouts import PAPERS_OF, Layout, LayoutChoice, choose_layout
from campaign.letters.letter import Addressee, Letter, LetterValues
from campaign.letters.people import Person
from campaign.recipients.countries import paper_for
from campaign.recipients.directory import MissionsDirectory


@dataclass(frozen=True)
class Wishes:
    """What is asked of a pile of letters; empty means what is usual.

    ``to`` are recipients' ids (none: everybody who is not optional), ``paper`` "a4" or "letter", and ``start`` the
    place of the first label on its sheet, from 1.
    """

    to: tuple[str, ...] = ()
    paper: str = ""
    layout: Layout | None = None
    duplex: bool = False
    envelopes: EnvelopeSize | None = None
    labels: LabelSheet | None = None
    start: int = 1


@dataclass(frozen=True)
class Sheet:
    """One letter ready to be drawn, and the line of the list it is for."""

    letter: Letter
    paper: str
    layout: Layout
    line: int


@dataclass
class Counted:
    """What a pile comes to: letters by paper, and by country those that cannot be written or not in their window."""

    people: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    no_mission: Counter[str] = field(default_factory=Counter)
    no_address: Counter[str] = field(default_factory=Counter)
    no_window: Counter[str] = field(default_factory=Counter)

    @property
    def all_letters(self) -> int:
        """How many letters there are on whatever paper."""
        return self.letters.total()


class Mailing:
    """Everything about one pile except its people: they are given one by one."""

    def __init__(self, appeal: Appeal, directory: MissionsDirectory, today: date, wishes: Wishes) -> None:
        """Write for one appeal on one day; raises :class:`RefusedError` for wishes that exclude each other."""
        self._appeal = appeal
        self._directory = directory
        self._today = today
        self._wishes = wishes
        self._addressees: dict[tuple[str, str, str, str], Addressee | None] = {}
        self.counted = Counted()
        layout = wishes.layout
        if layout and wishes.paper and wishes.paper not in PAPERS_OF[layout]:
            raise RefusedError(f"Layout “{layout}” is made for {PAPERS_OF[layout][0]} paper only; leave the paper out.")

    def count(self, person: Person) -> None:
        """Count what this person's letters come to, and the reasons for those that there are not.

        Raises :class:`campaign.letters.envelopes.NoRoomError` for an address that envelope or label does not hold.
        """
        self.counted.people += 1
        values = self._asking(person.values)
        for recipient in self._recipients(values):
            addressee = self._addressee(recipient, values)
            if addressee is None:
                self.counted.no_mission[values.mission_country or values.country] += 1
            elif not addressee.postable:
                self.counted.no_address[values.mission_country or values.country] += 1
            else:
                paper, choice = self._paper_and_choice(addressee, values)
                self.counted.letters[paper] += 1
                if choice.layout is not choice.wanted:
                    self.counted.no_window[values.country] += 1

    def sheets(self, person: Person) -> Iterator[Sheet]:
        """Yield this person's letters in the order of the pack."""
        values = self._asking(person.values)
        for recipient in self._recipients(values):
            addressee = self._addressee(recipient, values)
            if addressee is None or not addressee.postable:
                continue
            letter = compose(self._appeal, recipient.id, values, self._today, self._directory)
            assert letter is not None
            paper, choice = self._paper_and_choice(addressee, values)
            yield Sheet(letter, paper, choice.layout, person.line)

    def _asking(self, values: LetterValues) -> LetterValues:
        """Return the values with the optional recipients everybody is to write to."""
        return replace(values, recipients=tuple(dict.fromkeys((*values.recipients, *self._wishes.to))))

    def _recipients(self, values: LetterValues) -> Iterator[Recipient]:
        to = self._wishes.to
        return (one for one in recipients_for(self._appeal, values) if not to or one.id in to)

    def _addressee(self, recipient: Recipient, values: LetterValues) -> Addressee | None:
        """Return where a letter goes: found out once for all who live in the same country and write one language."""
        key = recipient.id, values.country, values.locale, values.mission_country
        if key not in self._addressees:
            found = address(
                recipient,
                values.country,
                values.locale,
                self._directory,
                self._today,
                mission_country=values.mission_country,
            )
            self._addressees[key] = found
            if found and found.postable:
                self._need_room(recipient, values)
        return self._addressees[key]

    def _need_room(self, recipient: Recipient, values: LetterValues) -> None:
        letter = compose(self._appeal, recipient.id, values, self._today, self._directory)
        if letter and self._wishes.envelopes:
            check_envelopes([letter], self._wishes.envelopes)
        if letter and self._wishes.labels:
            check_labels([letter], self._wishes.labels, 1)

    def _paper_and_choice(self, addressee: Addressee, values: LetterValues) -> tuple[str, LayoutChoice]:
        wanted = self._wishes.layout
        usual = self._wishes.paper or paper_for(values.country)
        paper = usual if wanted is None or usual in PAPERS_OF[wanted] else PAPERS_OF[wanted][0]
        return paper, choose_layout(addressee, values.country, paper, wanted)
