"""What the form offers for one appeal, and what it accepts as typed."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.csrf.core import CSRFTokenField
from wtforms.validators import ValidationError

from campaign.appeals.definition import Appeal, in_locale
from campaign.core.text import clean_line, clean_text
from campaign.letters.typefaces import uncovered
from campaign.recipients.countries import country_names
from campaign.recipients.directory import MissionsDirectory
from campaign.web.i18n import gettext as _
from campaign.web.public.consents import consent_sentences

Choices = list[tuple[str, str]]

LETTER_LANGUAGES = {"en": "English", "fr": "Français", "zh-Hans": "简体中文"}


class FormToken(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    """The library's form token, without a new one for a form that was just sent: most are not shown again."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return a token for the page to come; "" while a sent form is being read."""
        return "" if request.method == "POST" else str(super().generate_csrf_token(csrf_token_field))


def line(raw: str | None) -> str:
    """Clean one line."""
    return clean_line(raw or "")


def text(raw: str | None) -> str:
    """Clean several lines."""
    return clean_text(raw or "")


def printable(typed: str) -> None:
    """Refuse what no font of the letters can draw, before anything draws a box."""
    missing = uncovered(typed)
    if missing:
        shown = " ".join(missing[:10])
        raise ValidationError(
            _("Our letters cannot print these characters: %(characters)s Please leave them out.", characters=shown)
        )


def at_most(typed: str, limit: int) -> None:
    """Refuse more characters than the limit, and say how many there are."""
    if len(typed) > limit:
        raise ValidationError(
            _("This is %(have)d characters long; please keep it to %(limit)d.", have=len(typed), limit=limit)
        )


def within(limit: int) -> Callable[[FlaskForm, Field], None]:
    """Return a check that accepts printable text of up to ``limit`` characters."""

    def check(_form: FlaskForm, field: Field) -> None:
        at_most(field.data, limit)
        printable(field.data)

    return check


def offered(message: str) -> Callable[[FlaskForm, Field], None]:
    """Return a check that accepts only what the field's list offers; the library's own repeats whatever was sent."""

    def check(_form: FlaskForm, field: Field) -> None:
        chosen = field.data if isinstance(field.data, list) else [field.data or ""]
        if set(chosen) - {value for value, _label in field.choices}:
            raise ValidationError(str(message))

    return check


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
        languages=[(code, LETTER_LANGUAGES.get(code, code)) for code in appeal.letter_locales],
        demands=[(demand.id, in_locale(demand.text, locale)) for demand in appeal.demands],
        recipients=_optional_recipients(appeal, locale),
        cases=[("", _("Choose for me")), *((case.id, case.name) for case in appeal.cases)],
        embassies=_embassies(appeal, directory, locale),
        consents=consent_sentences(appeal, locale),
    )


def _optional_recipients(appeal: Appeal, locale: str) -> Choices:
    """Return the recipients a supporter may add, each with the reason for writing to them."""
    return [
        (one.id, ". ".join(filter(None, (in_locale(one.title, locale), in_locale(one.reason, locale)))))
        for one in appeal.recipients
        if one.optional
    ]


def drawn_case(appeal: Appeal) -> str:
    """Return a case drawn by lot, each as likely as the others; "" for an appeal without any."""
    return secrets.choice(appeal.cases).id if appeal.cases else ""


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
