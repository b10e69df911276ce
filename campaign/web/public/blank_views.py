"""Letters to fill in by pen: no form, no cookie, no draft, so that nobody has to give this site anything."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from flask import Response, make_response, render_template, request, url_for

from campaign.appeals.definition import Appeal, Recipient, in_locale
from campaign.core.clock import today
from campaign.core.errors import CampaignError, NotFoundError, UnavailableError
from campaign.letters import address_notes
from campaign.letters.address_notes import has_missions
from campaign.letters.blank import BlankCache, BlankKey, blank_letter, digest_of, keep_blank, kept_blank
from campaign.letters.layouts import PAPERS
from campaign.letters.letter import Letter
from campaign.recipients.countries import country_names, is_country, paper_for
from campaign.web.headers import cacheable
from campaign.web.i18n import gettext as _
from campaign.web.i18n import page_locale
from campaign.web.public.address_sentences import address_sentence
from campaign.web.public.offers import language_name
from campaign.web.public.pages import BlankFile, BlankPage, BlankRecipient
from campaign.web.public.printing import as_file, drawn, need_postable, number_of
from campaign.web.public.views import open_appeal, public
from campaign.web.public.visitor import runtime

_PAGE_SECONDS = 60
_FILE_SECONDS = 3600
_cache = BlankCache()


@public.get("/<slug>/letters/blank")
def blank_letters(slug: str) -> Response:
    """Show every blank letter there is, the optional ones apart; those to an embassy once a country is chosen."""
    appeal = open_appeal(slug).appeal
    locale = page_locale()
    country = _country()
    page = BlankPage(
        slug=slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        country=country,
        countries=list(country_names(locale).items()),
        recipients=[_recipient(appeal, one, country, locale) for one in appeal.recipients if not one.optional],
        optional=[_recipient(appeal, one, country, locale) for one in appeal.recipients if one.optional],
        embassies=any(has_missions(one, runtime().directory) for one in appeal.recipients),
    )
    return cacheable(make_response(render_template("public/blank.html", page=page)), _PAGE_SECONDS)


@public.get("/<slug>/letters/blank/<recipient>.pdf")
def blank_file(slug: str, recipient: str) -> Response:
    """Give one blank letter: ``?lang=``, ``?paper=`` and, for an embassy, ``?country=`` of the supporter."""
    found = open_appeal(slug)
    known = found.appeal.recipient(recipient)
    if known is None:
        raise NotFoundError(_("There is no such letter."))
    country = _country() if known.mission else ""
    if known.mission and not country:
        raise CampaignError(_("An embassy gets this letter: choose the country you live in first."))
    locale = _letter_locale(found.appeal)
    letter = _printable(found.appeal, recipient, locale, country)
    key = BlankKey(slug, found.edition, recipient, locale, _paper(country), country)
    name = f"blank-letter-{number_of(found.appeal, recipient)}.pdf"
    return cacheable(as_file(_pdf(key, letter), name), _FILE_SECONDS)


def _pdf(key: BlankKey, letter: Letter) -> bytes:
    """Return the PDF from memory, from the database, or drawn now and kept for every node."""
    name = digest_of(letter), key.paper
    pdf = _cache.get(name)
    if pdf is None:
        with runtime().reading() as session:
            pdf = kept_blank(session, key, letter)
        if pdf is None:
            pdf = drawn(lambda: runtime().renderer.pdf([letter], key.paper))
            with suppress(UnavailableError), runtime().saving() as session:  # not kept, it is drawn again next time
                keep_blank(session, key, letter, pdf)
        _cache.put(name, pdf)
    return pdf


def _printable(appeal: Appeal, recipient: str, locale: str, country: str) -> Letter:
    letter = blank_letter(appeal, recipient, locale, country, _day(appeal), runtime().directory)
    if letter is None:
        raise NotFoundError(_("There is no embassy for the country you chose, so there is no copy to send."))
    need_postable(letter)
    return letter


def _day(appeal: Appeal) -> date:
    return today(runtime().clock, appeal.time_zone)


def _country() -> str:
    """Return the country asked for, or "" for none and for what is no country."""
    asked = request.args.get("country", "")
    return asked if is_country(asked) else ""


def _letter_locale(appeal: Appeal) -> str:
    wished = (request.args.get("lang", ""), page_locale())
    return next((one for one in wished if one in appeal.letter_locales), appeal.letter_locales[0])


def _paper(country: str) -> str:
    asked = request.args.get("paper", "")
    if asked and asked not in PAPERS:
        raise CampaignError(_("We print on A4 or US Letter: write ?paper=a4 or ?paper=letter."))
    return asked or paper_for(country)


def _recipient(appeal: Appeal, recipient: Recipient, country: str, locale: str) -> BlankRecipient:
    title = in_locale(recipient.title, locale)
    reason = in_locale(recipient.reason, locale) if recipient.optional else ""
    offered = has_missions(recipient, runtime().directory)
    if offered and not country:
        choose = _("Choose your country above to get the letter to the embassy there.")
        return BlankRecipient(title, [], [choose], reason)
    notes = address_notes(recipient, country, runtime().directory, _day(appeal))
    sentences = [address_sentence(note, recipient.mission, locale) for note in notes]
    files = list(_files(appeal, recipient, country))
    return BlankRecipient(title, files, sentences, reason, other_embassy=offered and not files)


def _files(appeal: Appeal, recipient: Recipient, country: str) -> Iterator[BlankFile]:
    usual = paper_for(country)
    for locale in appeal.letter_locales:
        letter = blank_letter(
            appeal, recipient.id, locale, country if recipient.mission else "", _day(appeal), runtime().directory
        )
        if letter is None or not letter.addressee.postable:
            continue
        for paper in sorted(PAPERS, key=lambda one: one != usual):
            url = url_for(
                "public.blank_file",
                slug=appeal.slug,
                recipient=recipient.id,
                lang=locale,
                paper=paper,
                country=country if recipient.mission else None,
            )
            yield BlankFile(language_name(locale), locale, paper, url)
