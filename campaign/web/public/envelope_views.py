"""Envelopes and labels for the letters of a visitor's draft."""

from flask import Response, request

from campaign.core.errors import CampaignError, NotFoundError
from campaign.letters.envelopes import LABELS, EnvelopeSize, LabelSheet, envelope_for, labels_for
from campaign.letters.letter import LetterValues
from campaign.web.i18n import gettext as _
from campaign.web.public.printing import as_file, drawn, need_postable, number_of, written_letter, written_letters
from campaign.web.public.views import open_appeal, public
from campaign.web.public.visitor import needed_draft, runtime


@public.get("/<slug>/letters/<recipient>/envelope.pdf")
def envelope(slug: str, recipient: str) -> Response:
    """Give the envelope of one letter; the sender stands on it only when the letter has a name."""
    appeal = open_appeal(slug).appeal
    values = needed_draft(slug).values
    letter = written_letter(appeal, recipient, values)
    need_postable(letter)
    size = _size(values)
    content = drawn(lambda: runtime().renderer.envelopes([letter], size))
    return as_file(content, f"envelope-{number_of(appeal, recipient)}.pdf")


@public.get("/<slug>/letters/labels.pdf")
def labels(slug: str) -> Response:
    """Give a label for every letter that can be printed."""
    appeal = open_appeal(slug).appeal
    values = needed_draft(slug).values
    printable = [letter for letter in written_letters(appeal, values) if letter.addressee.postable]
    if not printable:
        raise NotFoundError(_("No confirmed postal address is known, so there is nothing to print."))
    sheet = _sheet(values)
    start = _start(LABELS[sheet].places)
    return as_file(drawn(lambda: runtime().renderer.labels(printable, sheet, start)), "labels.pdf")


def _size(values: LetterValues) -> EnvelopeSize:
    asked = request.args.get("size", "")
    if asked and asked not in list(EnvelopeSize):
        raise CampaignError(_("We print these envelopes: %(known)s.", known=", ".join(EnvelopeSize)))
    return EnvelopeSize(asked) if asked else envelope_for(values.country)


def _sheet(values: LetterValues) -> LabelSheet:
    asked = request.args.get("sheet", "")
    if asked and asked not in list(LabelSheet):
        raise CampaignError(_("We print these sheets of labels: %(known)s.", known=", ".join(LabelSheet)))
    return LabelSheet(asked) if asked else labels_for(values.country)


def _start(places: int) -> int:
    """Return the first free place of a sheet that has been used before, from 1."""
    asked = request.args.get("start", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 2 and 1 <= int(asked) <= places):
        raise CampaignError(_("This sheet has %(places)d labels: write the first free one as a number.", places=places))
    return int(asked)
