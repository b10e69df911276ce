"""The form a supporter fills in: shape and cleaning here, meaning in the domain."""

from collections.abc import Mapping, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.appeals.definition import Appeal, in_locale
from campaign.core.text import clean_line, clean_text, has_letter
from campaign.letters.letter import LetterValues
from campaign.letters.typefaces import uncovered
from campaign.recipients.countries import country_from_languages, country_names, is_country
from campaign.signatures import Consents, SignatureRecord
from campaign.web.i18n import gettext as _
from campaign.web.i18n import lazy_gettext as _l
from campaign.web.public.consents import CONSENT_VERSION, consent_sentences

MAX_NAME = 100
MAX_CITY = 100
MAX_ADDRESS = 300
MAX_ADDRESS_LINES = 5
MAX_WORDS = 1000

_LETTER_LANGUAGES = {"en": "English", "fr": "Français", "zh-Hans": "简体中文"}


def _line(raw: str | None) -> str:
    return clean_line(raw or "")


def _text(raw: str | None) -> str:
    return clean_text(raw or "")


def _printable(text: str) -> None:
    """Refuse what no font of the letters can draw, before anything draws a box."""
    missing = uncovered(text)
    if missing:
        shown = " ".join(missing[:10])
        raise ValidationError(
            _("Our letters cannot print these characters: %(characters)s Please leave them out.", characters=shown)
        )


def _at_most(text: str, limit: int) -> None:
    if len(text) > limit:
        raise ValidationError(
            _("This is %(have)d characters long; please keep it to %(limit)d.", have=len(text), limit=limit)
        )


class SignForm(FlaskForm):  # type: ignore[misc]
    """The letters, and (while ``signing``) the signature under the petition."""

    name = StringField(
        _l("Your name, as it should stand in the letter"),
        description=_l("In any script. First name, family name or initials: you decide."),
        filters=[_line],
        render_kw={"autocomplete": "name"},
    )
    without_name = BooleanField(_l("Write without my name"))
    email = EmailField(
        _l("E-mail"),
        description=_l("So that every person is counted once. It is never printed and nobody you write to sees it."),
        filters=[_line],
        render_kw={"autocomplete": "email"},
    )
    country = SelectField(
        _l("The country you live in"),
        description=_l("It decides which embassy gets the copy and which paper the letter is laid out for."),
        validate_choice=False,  # the library's own message repeats whatever was sent; ours says what to do
        render_kw={"autocomplete": "country"},
    )
    city = StringField(
        _l("Town or city"),
        description=_l("Optional. It stands in the letter with your name."),
        filters=[_line],
        render_kw={"autocomplete": "address-level2"},
    )
    address = TextAreaField(
        _l("Street address"),
        description=_l(
            "Optional, and only printed on the letter. It is not part of your signature: it waits for an hour under a "
            "key that only this browser’s cookie holds, then it is deleted."
        ),
        filters=[_text],
        render_kw={"autocomplete": "street-address", "rows": "3"},
    )
    locale = SelectField(_l("Language of the letters"), validate_choice=False)
    demands = SelectMultipleField(
        _l("What your letters ask for"),
        description=_l(
            "Untick what you do not want to ask. If nothing is ticked and you write nothing, all of it is asked."
        ),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    words = TextAreaField(
        _l("In your own words"),
        description=_l(
            "Optional, up to 1,000 characters. Say who you are and why you care: it makes the letter yours. "
            "Do not name relatives or friends who could be harmed."
        ),
        filters=[_text],
        render_kw={"maxlength": str(MAX_WORDS), "rows": "5"},
    )

    consent_count = BooleanField()
    consent_show = BooleanField()
    consent_handover = BooleanField()

    def __init__(self, appeal: Appeal, locale: str, accept_language: str, *, signing: bool = True) -> None:
        """Offer the choices of one appeal in the reader's language, and its consents in full sentences."""
        super().__init__()
        self._appeal = appeal
        self.signing = signing
        for name, sentence in consent_sentences(appeal, locale).items():
            self[name].label.text = sentence
        self.country.choices = [("", _("Choose a country")), *country_names(locale).items()]
        self.locale.choices = [(code, _LETTER_LANGUAGES.get(code, code)) for code in appeal.letter_locales]
        self.demands.choices = [(demand.id, in_locale(demand.text, locale)) for demand in appeal.demands]
        if not self.is_submitted():
            self.country.data = country_from_languages(accept_language)
            self.locale.data = locale if locale in appeal.letter_locales else appeal.letter_locales[0]
            self.demands.data = [demand.id for demand in appeal.demands]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check every field; a lost form token is explained in the reader's language."""
        valid: bool = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.csrf_token.errors = [
                _("The form had been open for long, or your browser blocks cookies. Please send it once more.")
            ]
        return valid

    def validate_name(self, field: StringField) -> None:
        """Require a printable name unless the letter goes without one."""
        if not field.data:
            if not self.without_name.data:
                raise ValidationError(_("Write your name, or tick “Write without my name”."))
            return
        _at_most(field.data, MAX_NAME)
        if not has_letter(field.data) or "://" in field.data:
            raise ValidationError(_("Write a name with at least one letter and no web address."))
        _printable(field.data)

    def validate_country(self, field: SelectField) -> None:
        """Require a country: it chooses embassy and paper."""
        if not is_country(field.data or ""):
            raise ValidationError(_("Choose the country you live in."))

    def validate_locale(self, field: SelectField) -> None:
        """Require a language the appeal has letters in."""
        if field.data not in self._appeal.letter_locales:
            raise ValidationError(_("Choose one of the languages in the list."))

    def validate_demands(self, field: SelectMultipleField) -> None:
        """Accept only demands of this appeal."""
        if set(field.data or ()) - {demand.id for demand in self._appeal.demands}:
            raise ValidationError(_("Choose from the demands in the list."))

    def validate_city(self, field: StringField) -> None:
        """Accept one printable line."""
        _at_most(field.data, MAX_CITY)
        _printable(field.data)

    def validate_address(self, field: TextAreaField) -> None:
        """Accept a few printable lines."""
        _at_most(field.data, MAX_ADDRESS)
        if field.data.count("\n") >= MAX_ADDRESS_LINES:
            raise ValidationError(_("Please keep the address to %(limit)d lines.", limit=MAX_ADDRESS_LINES))
        _printable(field.data)

    def validate_words(self, field: TextAreaField) -> None:
        """Accept up to 1,000 printable characters."""
        _at_most(field.data, MAX_WORDS)
        _printable(field.data)

    def values(self) -> LetterValues:
        """Return the letter values; a letter must ask for something, so nothing chosen means everything."""
        everything = tuple(demand.id for demand in self._appeal.demands)
        chosen = tuple(one for one in everything if one in (self.demands.data or ()))
        return LetterValues(
            country=self.country.data,
            locale=self.locale.data,
            name=self.name.data,
            without_name=self.without_name.data,
            city=self.city.data,
            address=self.address.data,
            demands=chosen or (() if self.words.data else everything),
            words=self.words.data,
        )

    def fill(self, values: LetterValues) -> None:
        """Show what the visitor's draft holds, so that a letter can be mended without typing it again."""
        for name in ("name", "without_name", "country", "city", "address", "locale", "words"):
            self[name].data = getattr(values, name)
        self.demands.data = list(values.demands)

    @property
    def status(self) -> int:
        """The status of the page that shows the errors: 400 for a lost form token alone, else 422."""
        return 400 if set(self.errors) == {"csrf_token"} else 422

    def validate_email(self, field: EmailField) -> None:
        """Check the shape of the address only: a look-up would tell others who signs."""
        if not self.signing:
            return
        if not field.data:
            raise ValidationError(_("Write your e-mail address, or take only the letters with the second button."))
        try:
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_("This is not an e-mail address. Write it like name@example.org.")) from None

    def validate_consent_count(self, field: BooleanField) -> None:
        """Require this consent: without it there is no signature."""
        if self.signing and not field.data:
            raise ValidationError(
                _("Tick this box to sign. Without it you can still get the letters with the second button.")
            )

    def record(self) -> SignatureRecord:
        """Return what the signature keeps, sealed: no street address, no own words."""
        return SignatureRecord(
            name=self.name.data,
            email=self.email.data,
            country=self.country.data,
            city=self.city.data,
            locale=self.locale.data,
            consents=Consents(
                count=self.consent_count.data,
                show=self.consent_show.data,
                handover=self.consent_handover.data,
                version=CONSENT_VERSION,
            ),
        )
