"""From a draft to the cards of the page after signing, with every doubt said in a sentence."""

from datetime import date

from campaign.appeals.definition import Appeal, Recipient, in_locale
from campaign.core.clock import today
from campaign.letters import address_notes, as_mail_body, compose, mailto
from campaign.letters.letter import Letter, LetterValues
from campaign.runtime import Runtime
from campaign.web.public.address_sentences import address_sentence
from campaign.web.public.pages import LetterCard, LettersPage


def letters_page(
    appeal: Appeal, values: LetterValues, runtime: Runtime, locale: str, *, signed: bool, paper: str, minutes: int
) -> LettersPage:
    """Return the cards for every recipient of the appeal, in the pack's order."""
    day = today(runtime.clock, appeal.time_zone)
    cards = [_card(appeal, recipient, values, runtime, locale, day) for recipient in appeal.recipients]
    return LettersPage(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        signed=signed,
        paper=paper,
        cards=cards,
        minutes_left=minutes,
        can_print_all=sum(card.can_print for card in cards) > 1,
    )


def _card(
    appeal: Appeal, recipient: Recipient, values: LetterValues, runtime: Runtime, locale: str, day: date
) -> LetterCard:
    letter = compose(appeal, recipient.id, values, day, runtime.directory)
    link = mailto(letter) if letter else None
    notes = address_notes(recipient, values.country, runtime.directory, day)
    return LetterCard(
        id=recipient.id,
        role=recipient.role,
        title=in_locale(recipient.title, locale),
        letter=letter,
        address_text=_address_text(letter),
        subject=letter.subject if letter else "",
        body=as_mail_body(letter) if letter else "",
        mailto=link.uri if link else "",
        mailto_complete=link.complete if link else True,
        can_print=bool(letter and letter.addressee.postable),
        fax=letter.addressee.fax if letter else "",
        notes=[address_sentence(note, recipient.mission, locale) for note in notes],
    )


def _address_text(letter: Letter | None) -> str:
    if letter is None:
        return ""
    addressee = letter.addressee
    return "\n".join(filter(None, (*addressee.lines, addressee.local_line, addressee.country_line)))
