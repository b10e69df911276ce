"""The form a supporter fills in, as it is shown; :mod:`campaign.web.public.typed` reads what comes back."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import Label
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.appeals.definition import Appeal
from campaign.letters.letter import MOST_WORDS, LetterValues
from campaign.recipients.countries import country_from_languages
from campaign.web.i18n import gettext as _
from campaign.web.i18n import lazy_gettext as _l
from campaign.web.public.form_rules import Consent, TextForm, Tick, line, text
from campaign.web.public.offers import Offer

NOTHING_WRONG: Mapping[str, str] = MappingProxyType({})


class SignForm(FlaskForm):  # type: ignore[misc]
    """The letters, and the signature under the petition."""

    Meta = TextForm

    name = StringField(
        _l("Your name, as it should stand in the letter"),
        description=_l("In any script. First name, family name or initials: you decide."),
        filters=[line],
        render_kw={"autocomplete": "name"},
    )
    without_name = Tick(_l("Write without my name"))
    email = EmailField(
        _l("E-mail"),
        description=_l("So that every person is counted once. It is never printed and nobody you write to sees it."),
        filters=[line],
        render_kw={"autocomplete": "email"},
    )
    without_email = Tick(
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
        render_kw={"autocomplete": "country"},
    )
    embassy_country = SelectField(
        _l("Embassy that gets your letter"),
        description=_l(
            "Choose another one if you belong to two countries, or if yours has none. The country you live in still "
            "stands in the letter and decides the paper; a letter abroad needs the postage for abroad."
        ),
    )
    city = StringField(
        _l("Town or city"),
        description=_l("Optional. It stands in the letter with your name."),
        filters=[line],
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
    )
    locale = SelectField(
        _l("Language of the letters"),
    )
    translated = Tick()
    case = SelectField(
        _l("Whose case you write about"),
        description=_l("Leave the choice to us, and you get the one that fewest people have written about so far."),
    )
    demands = SelectMultipleField(
        _l("What your letters ask for"),
        description=_l(
            "Untick what you do not want to ask. If nothing is ticked and you write nothing, all of it is asked."
        ),
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
        render_kw={"maxlength": str(MOST_WORDS), "rows": "5"},
    )
    consent_count = Consent()
    consent_show = Consent()
    consent_handover = Consent()

    def __init__(
        self,
        appeal: Appeal,
        offer: Offer,
        locale: str,
        accept_language: str,
        complaints: Mapping[str, str] = NOTHING_WRONG,
    ) -> None:
        """Show what the form offers for an appeal, what was typed if it was sent, and what is wrong with that."""
        super().__init__()
        for name, sentence in offer.consents.items():
            self[name].label = Label(name, sentence)
        self.country.choices = offer.countries
        self.locale.choices = offer.languages
        self.demands.choices = offer.demands
        self.recipients.choices = offer.recipients
        self.case.choices = offer.cases
        self.embassy_country.choices = offer.embassies
        if len(offer.embassies) == 1:  # nothing but "the one for the country I live in", and there is none
            self.country.description = _("It decides which paper the letter is laid out for.")
        for name, complaint in complaints.items():
            self[name].errors = [complaint]
        if not self.is_submitted():
            guess = country_from_languages(accept_language)
            # Many who fled from there have a browser that speaks its language; they live elsewhere.
            self.country.data = "" if guess == appeal.country else guess
            self.locale.data = locale if locale in appeal.letter_locales else appeal.letter_locales[0]
            self.demands.data = [demand.id for demand in appeal.demands]

    def fill(self, values: LetterValues) -> None:
        """Show what the visitor's draft holds, so that a letter can be mended without typing it again."""
        for name, value in vars(values).items():
            self["embassy_country" if name == "mission_country" else name].data = value
