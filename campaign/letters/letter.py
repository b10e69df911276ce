"""One filled text for one recipient, before it has a shape: the same for paper, mail and screen."""

from dataclasses import dataclass
from typing import TypeAlias

from campaign.appeals.definition import Role, Span

# What fits a letter, in characters and lines: the same on the page, in a list of people and on the command line.
MOST_NAME = 100
MOST_CITY = 100
MOST_ADDRESS = 300
MOST_ADDRESS_LINES = 5
MOST_WORDS = 1000
MOST_WORDS_LINES = 60  # a letter has room for fewer; hundreds of them take the drawing seconds


@dataclass(frozen=True)
class LetterValues:
    """What a supporter chose and typed for their letters (already cleaned); all of it a draft holds, nothing else does.

    ``address`` is the street address, several lines, only ever printed on the PDF. ``demands`` are the ids to include.
    ``recipients`` are the ids of the optional recipients who get a letter too. ``mission_country`` is the country whose
    embassy the supporter chose instead of the one that serves ``country``, empty when they chose none. ``case`` is the
    id of the case the letters speak of; without one they speak of the pack's first, if it has any. ``translated`` asks
    for the same letter in the addressee's language on a second page, where the pack has a reviewed one.
    """

    country: str
    locale: str
    name: str = ""
    without_name: bool = False
    city: str = ""
    address: str = ""
    demands: tuple[str, ...] = ()
    words: str = ""
    recipients: tuple[str, ...] = ()
    mission_country: str = ""
    case: str = ""
    translated: bool = False


@dataclass(frozen=True)
class Addressee:
    """A recipient made concrete for one supporter: where this letter goes.

    ``lines`` are printed as they are. ``local_line`` is the same address in the destination's script.
    ``country_line`` stands alone in capitals below, and is empty when the letter stays in the sender's country.
    ``postable`` is False where no confirmed postal address is known: then there is no PDF, only e-mail if any.
    """

    recipient: str
    role: Role
    title: str
    lines: tuple[str, ...]
    country: str
    country_line: str
    local_line: str = ""
    local_locale: str = ""
    email: str = ""
    fax: str = ""
    fax_e164: str = ""
    postable: bool = True


@dataclass(frozen=True)
class FilledParagraph:
    """A paragraph whose placeholders are filled; ``own_words`` marks the supporter's text.

    ``locale`` is its language where that is another than the letter's.
    """

    spans: tuple[Span, ...]
    own_words: bool = False
    locale: str = ""


@dataclass(frozen=True)
class FilledList:
    """A list whose placeholders are filled."""

    items: tuple[tuple[Span, ...], ...]


FilledBlock: TypeAlias = FilledParagraph | FilledList


@dataclass(frozen=True)
class Note:
    """A line about the letter that is not part of it, in a language of its own."""

    locale: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A complete letter: every text that will be read, in order, in one language.

    ``sender`` is empty for a letter without a name. ``date`` is written out in the letter's language.
    ``signed_name`` is printed under the space for the signature; ``place`` below it. ``copy_line`` names who gets
    the copy (or the original), empty when there is only one letter. ``translation`` is the same letter in the
    addressee's language, where the supporter asked for it; it follows the letter wherever that goes, and its ``note``,
    printed above the salutation, says what it is.
    """

    appeal: str
    locale: str
    direction: str
    addressee: Addressee
    sender: tuple[str, ...]
    place: str
    date: str
    subject: str
    salutation: str
    blocks: tuple[FilledBlock, ...]
    closing: str
    signed_name: str
    copy_line: str = ""
    note: tuple[Note, ...] = ()
    translation: "Letter | None" = None
