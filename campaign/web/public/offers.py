"""What the form offers for one appeal, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from campaign.appeals.definition import Appeal, in_locale
from campaign.recipients.countries import country_names
from campaign.recipients.directory import MissionsDirectory
from campaign.signatures import next_case
from campaign.web.i18n import gettext as _
from campaign.web.public.consents import consent_sentences
from campaign.web.public.visitor import runtime

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Offer:
    """Everything the form of one appeal lets people choose, and its consents, in one language."""

    countries: Choices
    languages: Choices
    demands: Choices
    recipients: Choices
    cases: Choices
    embassies: Choices
    consents: Mapping[str, str]


_MOST_OFFERS = 64
_offers: dict[tuple[int, str], tuple[Appeal, Offer]] = {}


def offer_of(appeal: Appeal, directory: MissionsDirectory, locale: str) -> Offer:
    """Return what the form offers; made once per published appeal and language, since every signature asks."""
    key = (id(appeal), locale)
    if key not in _offers:
        if len(_offers) >= _MOST_OFFERS:
            _offers.clear()
        _offers[key] = (appeal, _made(appeal, directory, locale))  # keeping the appeal keeps its id its own
    return _offers[key][1]


def _made(appeal: Appeal, directory: MissionsDirectory, locale: str) -> Offer:
    return Offer(
        countries=[("", _("Choose a country")), *country_names(locale).items()],
        languages=[(code, language_name(code)) for code in appeal.letter_locales],
        demands=[(demand.id, in_locale(demand.text, locale)) for demand in appeal.demands],
        recipients=_optional_recipients(appeal, locale),
        cases=[("", _("Choose for me")), *((case.id, case.name) for case in appeal.cases)],
        embassies=_embassies(appeal, directory, locale),
        consents=consent_sentences(appeal, locale),
    )


def language_name(code: str) -> str:
    """Return what a language calls itself, the code itself for one that CLDR does not know."""
    try:
        name = Locale.parse(code, sep="-").get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:]


def _optional_recipients(appeal: Appeal, locale: str) -> Choices:
    """Return the recipients a supporter may add, each with the reason for writing to them."""
    return [
        (one.id, ". ".join(filter(None, (in_locale(one.title, locale), in_locale(one.reason, locale)))))
        for one in appeal.recipients
        if one.optional
    ]


def case_for_next(appeal: Appeal) -> str:
    """Return the case with the fewest letters so far; "" for an appeal without any, which asks the database nothing."""
    if not appeal.cases:
        return ""
    return next_case([case.id for case in appeal.cases], runtime().cases_given(appeal.slug))


def _embassies(appeal: Appeal, directory: MissionsDirectory, locale: str) -> Choices:
    """Return the countries with an embassy one can write to; only the default for an appeal that writes to none."""
    hosts = {
        mission.host
        for recipient in appeal.recipients
        if recipient.mission
        for mission in directory.missions(recipient.mission)
        if mission.postable or mission.email
    }
    named = [(code, name) for code, name in country_names(locale).items() if code in hosts]
    return [("", _("The one for the country I live in")), *named]
