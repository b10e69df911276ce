"""From a draft to the cards of the page after signing, with every doubt said in a sentence."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from campaign.appeals.definition import Appeal, Recipient, in_locale
from campaign.core.clock import today
from campaign.letters import address_notes, compose, mailto, recipients_for
from campaign.letters.address_notes import has_missions
from campaign.letters.layouts import PAPERS_OF, Layout, choose_layout
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.mailto import linked_text
from campaign.letters.plain import translation_text
from campaign.letters.similarity import is_mostly_copied, published_texts, runs_of
from campaign.letters.spoken import speaking_seconds, spoken
from campaign.letters.webmail import mail_link, webmail_links
from campaign.runtime import Runtime
from campaign.web.i18n import gettext as _
from campaign.web.public.address_sentences import address_sentence
from campaign.web.public.pages import LayoutView, LetterCard, LettersPage, ReportView
from campaign.web.public.posting import dated, label_sheets, length_doubt, own_address_doubt, postage_hint
from campaign.web.public.printing import layout_sentence
from campaign.web.public.visitor import own_draft


@dataclass(frozen=True)
class _Visit:
    """What all cards of one page share."""

    appeal: Appeal
    values: LetterValues
    runtime: Runtime
    locale: str
    paper: str
    day: date
    reported: Collection[tuple[str, str]]


def letters_page(
    appeal: Appeal, values: LetterValues, runtime: Runtime, locale: str, *, signed: bool, paper: str, minutes: int
) -> LettersPage:
    """Return the cards for everybody this supporter writes to, in the pack's order."""
    draft = own_draft(appeal.slug)
    day = today(runtime.clock, appeal.time_zone)
    visit = _Visit(appeal, values, runtime, locale, paper, day, draft.reported if draft else ())
    cards = [_card(visit, recipient) for recipient in recipients_for(appeal, values)]
    printable = sum(card.can_print for card in cards)
    postage = postage_hint(runtime, values.country, locale) if printable else None
    return LettersPage(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        signed=signed,
        paper=paper,
        cards=cards,
        minutes_left=minutes,
        can_print_all=printable > 1,
        postage=postage,
        postage_date=dated(postage.as_of) if postage else "",
        label_sheets=label_sheets(values.country) if printable else (),
        own_address=own_address_doubt(values, locale) if printable else "",
        mostly_copied=bool(values.words) and is_mostly_copied(values.words, runs_of(published_texts(appeal))),
    )


def _card(visit: _Visit, recipient: Recipient) -> LetterCard:
    values, directory = visit.values, visit.runtime.directory
    letter = compose(visit.appeal, recipient.id, values, visit.day, directory)
    notes = address_notes(recipient, values.country, directory, visit.day, mission_country=values.mission_country)
    sentences = [address_sentence(note, recipient.mission, visit.locale) for note in notes]
    if letter and not (ways_to_send(recipient, letter, values) or _phone(visit, recipient)):
        letter = None
        sentences.append(_("We know no other way to send it either."))
    card = LetterCard(
        id=recipient.id,
        role=recipient.role,
        title=in_locale(recipient.title, visit.locale),
        letter=letter,
        address_text=_address_text(letter),
        subject=letter.subject if letter else "",
        body=linked_text(letter) if letter else "",
        mailto="",
        mailto_complete=True,
        can_print=bool(letter and letter.addressee.postable),
        fax=letter.addressee.fax if letter else "",
        notes=sentences,
        other_embassy=letter is None and has_missions(recipient, directory),
    )
    return _with_ways(card, visit, recipient, letter) if letter else card


def _with_ways(card: LetterCard, visit: _Visit, recipient: Recipient, letter: Letter) -> LetterCard:
    """Return the card with every way by which this letter can leave."""
    link = mailto(letter)
    phone = _phone(visit, recipient)
    script = spoken(letter, visit.values) if phone or "hand" in ways_to_send(recipient, letter, visit.values) else ""
    wrong_window = layout_sentence(choose_layout(letter.addressee, visit.values.country, visit.paper))
    on_paper = (length_doubt(letter), wrong_window) if card.can_print else ()
    translation = "" if link is None or link.translated else translation_text(letter)
    return replace(
        card,
        notes=[*card.notes, *filter(None, (*on_paper, _without(translation)))],
        mailto=link.uri if link else "",
        mailto_complete=link.complete if link else True,
        translation=translation,
        mail=mail_link(letter),
        webmail=webmail_links(letter),
        fax_e164=letter.addressee.fax_e164,
        phone=phone,
        script=script,
        script_seconds=speaking_seconds(script),
        layouts=_layouts(letter, visit.paper) if letter.addressee.postable else (),
        reports=_reports(visit, recipient, letter),
    )


def _without(translation: str) -> str:
    """Say that the mail link does without the translation, where it does."""
    if not translation:
        return ""
    return _(
        "A mail link has no room for the translation. Copy it from “Other ways to send it” and paste it below your "
        "letter, or take the e-mail draft there: it holds both."
    )


def ways_to_send(recipient: Recipient, letter: Letter | None, values: LetterValues) -> tuple[str, ...]:
    """Return the ways this letter can leave by: ``post``, ``email``, ``fax``, ``hand``; none without a letter."""
    if letter is None:
        return ()
    possible = {
        "post": letter.addressee.postable,
        "email": bool(letter.addressee.email),
        "fax": bool(letter.addressee.fax),
        "hand": letter.addressee.postable and is_near(recipient, letter, values),
    }
    return tuple(way for way, can in possible.items() if can)


def is_near(recipient: Recipient, letter: Letter, values: LetterValues) -> bool:
    """Say whether it is near enough to go there: an embassy, or an office in the supporter's own country."""
    return bool(recipient.mission) or letter.addressee.country == values.country


def _reports(visit: _Visit, recipient: Recipient, letter: Letter) -> list[ReportView]:
    words = {
        "post": (_("I posted it"), _("You posted it. Thank you.")),
        "email": (_("I e-mailed it"), _("You e-mailed it. Thank you.")),
        "fax": (_("I faxed it"), _("You faxed it. Thank you.")),
        "hand": (_("I delivered it by hand"), _("You delivered it by hand. Thank you.")),
    }
    ways = ways_to_send(recipient, letter, visit.values)
    return [ReportView(way, *words[way], done=(recipient.id, way) in visit.reported) for way in ways]


def _layouts(letter: Letter, paper: str) -> list[LayoutView]:
    """Return the envelopes whose window shows this address, and the one without a window."""
    words = {
        Layout.DIN: _("Window on the left (Germany, Austria; DIN)"),
        Layout.RIGHT: _("Window on the right (Switzerland, France)"),
        Layout.UK: _("British window (C5)"),
        Layout.US10: _("US window (No. 10)"),
        Layout.NONE: _("Envelope without a window"),
    }
    papers = {layout: paper if paper in PAPERS_OF[layout] else PAPERS_OF[layout][0] for layout in words}
    return [
        LayoutView(layout.value, papers[layout], label)
        for layout, label in words.items()
        if choose_layout(letter.addressee, "", papers[layout], layout).layout is layout
    ]


def _phone(visit: _Visit, recipient: Recipient) -> str:
    if not recipient.mission:
        return ""
    country = visit.values.mission_country or visit.values.country
    mission = visit.runtime.directory.choose(recipient.mission, country, visit.day).mission
    return mission.phone if mission else ""


def _address_text(letter: Letter | None) -> str:
    if letter is None:
        return ""
    addressee = letter.addressee
    return "\n".join(filter(None, (*addressee.lines, addressee.local_line, addressee.country_line)))
