"""From an appeal and a supporter's values to a finished letter, and from there to paper, mail and text."""

from campaign.letters.address_notes import AddressNote, NoteKind, address_notes
from campaign.letters.addressing import address
from campaign.letters.compose import compose, recipients_for
from campaign.letters.eml import eml
from campaign.letters.errors import RenderTimeoutError, UndrawableError
from campaign.letters.letter import (
    Addressee,
    FilledBlock,
    FilledList,
    FilledParagraph,
    Letter,
    LetterValues,
)
from campaign.letters.libraries import missing_libraries
from campaign.letters.mailto import Mailto, is_bare_address, mailto
from campaign.letters.phrases import PHRASES, direction_of
from campaign.letters.placeholders import fill
from campaign.letters.plain import as_mail_body, as_text
from campaign.letters.typefaces import uncovered
from campaign.letters.workers import Renderer

__all__ = [
    "PHRASES",
    "AddressNote",
    "Addressee",
    "FilledBlock",
    "FilledList",
    "FilledParagraph",
    "Letter",
    "LetterValues",
    "Mailto",
    "NoteKind",
    "RenderTimeoutError",
    "Renderer",
    "UndrawableError",
    "address",
    "address_notes",
    "as_mail_body",
    "as_text",
    "compose",
    "direction_of",
    "eml",
    "fill",
    "is_bare_address",
    "mailto",
    "missing_libraries",
    "recipients_for",
    "uncovered",
]
