"""What the form offers for one appeal, and what it accepts as typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from campaign.appeals.definition import Appeal, in_locale
from campaign.core.text import clean_line, clean_text
from campaign.letters.typefaces import uncovered
from campaign.recipients.countries import country_names
from campaign.recipients.directory import MissionsDirectory
from campaign.signatures import next_case
from campaign.web.i18n import gettext as _
from campaign.web.public.consents import consent_sentences
from campaign.web.public.visitor import runtime

Choices = list[tuple[str, str]]

LETTER_LANGUAGES = {"en": "English", "fr": "Français", "zh-Hans": "简体中文"}


class FormToken(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    """The library's form token, without a new one for a form that was just sent: most are not shown again."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return a token for the page to come; "" while a sent form is being read."""
        return "" if request.method == "POST" else str(super().generate_csrf_token(csrf_token_field))


class TextForm(FlaskForm.Meta):  # type: ignore[misc]
    """How the library builds all our forms."""

    def wrap_formdata(self, form: FlaskForm, _formdata: object) -> object:
        """Read typed text alone: the library would take a file or JSON too, and a name could then be anything."""
        return request.form if form.is_submitted() else None

    def bind_field(self, form: FlaskForm, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
        """Give the form its field: a copy of one that was built once, since every signature asks for all of them."""
        known = _built.get(unbound_field)
        if known is None:
            field = super().bind_field(form, unbound_field, options)
            if unbound_field.field_class is CSRFTokenField:  # belongs to this form alone
                return field
            known = _built[unbound_field] = _copied(field, _form=None, meta=None)
        return _copied(known, _form=form, meta=self)


_built: dict[UnboundField, Field] = {}


def _copied(field: Field, **own: object) -> Field:
    """Return a field of its own; label, flags and validators are shared: a form replaces a label, never changes it."""
    other = object.__new__(type(field))
    vars(other).update(vars(field), **own)
    return other


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
        if not all(any(one == value for value, _label in field.choices) for one in chosen):
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
