"""The form a supporter fills in: shape and cleaning here, meaning in the domain."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import BooleanField, EmailField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import Label
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.appeals.definition import Appeal
from campaign.core.text import has_letter
from campaign.letters.letter import (
    MOST_ADDRESS,
    MOST_ADDRESS_LINES,
    MOST_CITY,
    MOST_NAME,
    MOST_WORDS,
    LetterValues,
)
from campaign.recipients.countries import country_from_languages, is_country
from campaign.recipients.directory import MissionsDirectory
from campaign.web.i18n import gettext as _
from campaign.web.i18n import lazy_gettext as _l
from campaign.web.public.form_rules import (
    FormToken,
    TextForm,
    at_most,
    case_for_next,
    line,
    offer_of,
    offered,
    printable,
    text,
    within,
)
from campaign.web.public.signature_rules import SignatureRules


class SignForm(SignatureRules, FlaskForm):  # type: ignore[misc]
    """The letters, and (while ``signing``) the signature under the petition."""

    class Meta(TextForm):
        """How the library builds this form."""

        csrf_class = FormToken

    name = StringField(
        _l("Your name, as it should stand in the letter"),
        description=_l("In any script. First name, family name or initials: you decide."),
        filters=[line],
        render_kw={"autocomplete": "name"},
    )
    without_name = BooleanField(_l("Write without my name"))
    email = EmailField(
        _l("E-mail"),
        description=_l("So that every person is counted once. It is never printed and nobody you write to sees it."),
        filters=[line],
        render_kw={"autocomplete": "email"},
    )
    without_email = BooleanField(
        _l("I cannot safely get mail: sign without an address"),
        description=_l(
            "It is counted apart, as not verified, and nobody can find it again to withdraw it. Your browser "
            "calculates for a few seconds, so that no machine can send thousands; where it runs no scripts, the "
            "organisers look first."
        ),
    )
    country = SelectField(
        _l("The country you live in"),
        description=_l("It decides which embassy gets the copy and which paper the letter is laid out for."),
        validate_choice=False,  # the library's own message repeats whatever was sent; ours says what to do
        render_kw={"autocomplete": "country"},
    )
    embassy_country = SelectField(
        _l("Embassy that gets your letter"),
        description=_l(
            "Choose another one if you belong to two countries, or if yours has none. The country you live in still "
            "stands in the letter and decides the paper; a letter abroad needs the postage for abroad."
        ),
        validate_choice=False,
        validators=[offered(_l("Choose one of the embassies in the list."))],
    )
    city = StringField(
        _l("Town or city"),
        description=_l("Optional. It stands in the letter with your name."),
        filters=[line],
        validators=[within(MOST_CITY)],
        render_kw={"autocomplete": "address-level2"},
    )
    address = TextAreaField(
        _l("Street address"),
        description=_l(
            "Optional, and only printed on the letter. It is not part of your signature: it waits for an hour under a "
            "key that only this browser’s cookie holds, then it is deleted."
        ),
        filters=[text],
        render_kw={"autocomplete": "street-address", "rows": "3"},
    )
    recipients = SelectMultipleField(
        _l("One more letter, if you like"),
        description=_l("Not part of the others: it is only written if you tick it."),
        validate_choice=False,
        validators=[offered(_l("Choose from the letters in the list."))],
    )
    locale = SelectField(
        _l("Language of the letters"),
        validate_choice=False,
        validators=[offered(_l("Choose one of the languages in the list."))],
    )
    translated = BooleanField()
    case = SelectField(
        _l("Whose case you write about"),
        description=_l("Leave the choice to us, and you get the one that fewest people have written about so far."),
        validate_choice=False,
        validators=[offered(_l("Choose one of the cases in the list."))],
    )
    demands = SelectMultipleField(
        _l("What your letters ask for"),
        description=_l(
            "Untick what you do not want to ask. If nothing is ticked and you write nothing, all of it is asked."
        ),
        validate_choice=False,
        validators=[offered(_l("Choose from the demands in the list."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    words = TextAreaField(
        _l("In your own words"),
        description=_l(
            "Optional, up to 1,000 characters. Say who you are and why you care: it makes the letter yours. "
            "Do not name relatives or friends who could be harmed."
        ),
        filters=[text],
        validators=[within(MOST_WORDS)],
        render_kw={"maxlength": str(MOST_WORDS), "rows": "5"},
    )
    consent_count = BooleanField()
    consent_show = BooleanField()
    consent_handover = BooleanField()

    def __init__(
        self, appeal: Appeal, directory: MissionsDirectory, locale: str, accept_language: str, *, signing: bool = True
    ) -> None:
        """Offer the choices of one appeal in the reader's language, and its consents in full sentences."""
        super().__init__()
        self._appeal = appeal
        self.signing = signing
        offer = offer_of(appeal, directory, locale)
        for name, sentence in offer.consents.items():
            self[name].label = Label(name, sentence)
        self.country.choices = offer.countries
        self.locale.choices = offer.languages
        self.demands.choices = offer.demands
        self.recipients.choices = offer.recipients
        self.case.choices = offer.cases
        self.embassy_country.choices = offer.embassies
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
        at_most(field.data, MOST_NAME)
        if not has_letter(field.data) or "://" in field.data:
            raise ValidationError(_("Write a name with at least one letter and no web address."))
        printable(field.data)

    def validate_country(self, field: SelectField) -> None:
        """Require a country: it chooses embassy and paper."""
        if not is_country(field.data or ""):
            raise ValidationError(_("Choose the country you live in."))

    def validate_address(self, field: TextAreaField) -> None:
        """Accept a few printable lines."""
        at_most(field.data, MOST_ADDRESS)
        if field.data.count("\n") >= MOST_ADDRESS_LINES:
            raise ValidationError(_("Please keep the address to %(limit)d lines.", limit=MOST_ADDRESS_LINES))
        printable(field.data)

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
            recipients=tuple(self.recipients.data or ()),
            translated=self.translated.data,
            case=self.case.data or case_for_next(self._appeal),
            mission_country="" if self.embassy_country.data in (None, self.country.data) else self.embassy_country.data,
        )

    def fill(self, values: LetterValues) -> None:
        """Show what the visitor's draft holds, so that a letter can be mended without typing it again."""
        for name, value in vars(values).items():
            self["embassy_country" if name == "mission_country" else name].data = value

    def renew_token(self) -> None:
        """Give the form a token for being shown again."""
        self.csrf_token.current_token = generate_csrf()

    @property
    def status(self) -> int:
        """The status of the page that shows the errors: 400 for a lost form token alone, else 422."""
        return 400 if set(self.errors) == {"csrf_token"} else 422
