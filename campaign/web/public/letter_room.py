"""How much a supporter can still write: the room that the letters' own text leaves, for the count beside the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from campaign.appeals.checks import MAX_WORDS, count_words
from campaign.appeals.definition import Appeal
from campaign.letters import as_mail_body, compose, mailto
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.mailto import MAX_LENGTH
from campaign.recipients.directory import MissionsDirectory

# Words that a page holds at 11 and at 10.5 pt. Measured by drawing both letters, in three languages and for six
# countries, with ever more own words: the envelope decides, which nobody knows yet while they write. At 11 pt it is 184
# to 210 for a British, German or US window, 203 to 225 for France and Canada, and up to 256 without a window on A4.
_PAGES = (210, MAX_WORDS)
# Name, town and country, and the line that names who gets a copy: on every letter, and unknown before it is made.
_SIGNED = 11


@dataclass(frozen=True)
class LetterRoom:
    """How many ``words`` still fit on the page in the type it has without them, how many characters into a mail link.

    Counted with every demand, for the longest of the letters that everybody writes to a fixed address. ``mail`` is 0
    where the text alone is too long for a link already.
    """

    words: int
    mail: int


def letter_rooms(appeal: Appeal, directory: MissionsDirectory, today: date) -> Mapping[str, LetterRoom]:
    """Return the room in each language the appeal has letters in."""
    return {locale: _room(_letters(appeal, locale, directory, today)) for locale in appeal.letter_locales}


def _room(letters: list[Letter]) -> LetterRoom:
    taken = _SIGNED + max(count_words(as_mail_body(letter)) for letter in letters)
    words = next((page - taken for page in _PAGES if page > taken), 0)
    return LetterRoom(words, min(map(_mail_room, letters)))


def _letters(appeal: Appeal, locale: str, directory: MissionsDirectory, today: date) -> list[Letter]:
    values = LetterValues(country="", locale=locale, demands=tuple(demand.id for demand in appeal.demands))
    fixed = (one.id for one in appeal.recipients if not one.mission and not one.optional)
    made = (compose(appeal, recipient, values, today, directory) for recipient in fixed)
    return [letter for letter in made if letter]


def _mail_room(letter: Letter) -> int:
    link = mailto(letter)
    if link is None:
        return MAX_LENGTH  # nobody to mail to: nothing to measure
    return MAX_LENGTH - len(link.uri) if link.complete else 0
