"""What somebody typed into the form, cleaned, and what is wrong with it.

A front-page day sends this form by the thousand, and building a form of the library only to read it takes longer than
sealing a signature. So it is read here, by plain rules; :class:`~campaign.web.public.forms.SignForm` shows it.
"""

from dataclasses import dataclass, field

from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from campaign.appeals.definition import Appeal
from campaign.core.text import clean_line, clean_text, has_letter
from campaign.letters.letter import (
    MOST_ADDRESS,
    MOST_ADDRESS_LINES,
    MOST_CITY,
    MOST_NAME,
    MOST_WORDS,
    MOST_WORDS_LINES,
    LetterValues,
)
from campaign.letters.typefaces import uncovered
from campaign.recipients.countries import is_country
from campaign.signatures import Consents, SignatureRecord, is_email
from campaign.web.i18n import gettext as _
from campaign.web.public.consents import CONSENT_VERSION
from campaign.web.public.offers import Choices, Offer, case_for_next

_YES = frozenset({"y", "yes", "on", "true", "1"})
_NO = frozenset({"", "n", "no", "off", "false", "0"})


@dataclass(frozen=True)
class Typed:
    """The fields of the form by their names; ``repr`` shows nothing of them. Strings are clean, and "" when missing."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    city: str = field(repr=False)
    address: str = field(repr=False)
    words: str = field(repr=False)
    country: str = field(repr=False)
    embassy_country: str = field(repr=False)
    locale: str = field(repr=False)
    case: str = field(repr=False)
    demands: tuple[str, ...] = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)
    without_name: bool = field(repr=False)
    without_email: bool = field(repr=False)
    translated: bool = field(repr=False)
    consent_count: bool = field(repr=False)
    consent_show: bool = field(repr=False)
    consent_handover: bool = field(repr=False)

    @classmethod
    def read(cls, sent: "MultiDict[str, str]") -> "Typed":
        """Read a form as it was sent. Only text counts: a file, or JSON, is nothing typed."""
        get = sent.to_dict().get  # asked for what is missing, theirs makes an error each time
        return cls(
            name=clean_line(get("name", "")),
            email=clean_line(get("email", "")),
            city=clean_line(get("city", "")),
            address=clean_text(get("address", "")),
            words=clean_text(get("words", "")),
            country=get("country", ""),
            embassy_country=get("embassy_country", ""),
            locale=get("locale", ""),
            case=get("case", ""),
            demands=tuple(sent.getlist("demands")),
            recipients=tuple(sent.getlist("recipients")),
            without_name=is_ticked(get("without_name", "")),
            without_email=is_ticked(get("without_email", "")),
            translated=is_ticked(get("translated", "")),
            consent_count=agrees(get("consent_count", "")),
            consent_show=agrees(get("consent_show", "")),
            consent_handover=agrees(get("consent_handover", "")),
        )

    def values(self, appeal: Appeal) -> LetterValues:
        """Return the letter values; a letter must ask for something, so nothing chosen means everything."""
        everything = tuple(demand.id for demand in appeal.demands)
        chosen = tuple(one for one in everything if one in self.demands)
        return LetterValues(
            country=self.country,
            locale=self.locale,
            name=self.name,
            without_name=self.without_name,
            city=self.city,
            address=self.address,
            demands=chosen or (() if self.words else everything),
            words=self.words,
            recipients=self.recipients,
            translated=self.translated,
            case=self.case or case_for_next(appeal),
            mission_country="" if self.embassy_country == self.country else self.embassy_country,
        )

    def record(self) -> SignatureRecord:
        """Return what the signature keeps, sealed: no street address, no own words."""
        return SignatureRecord(
            name=self.name,
            email="" if self.without_email else self.email,
            country=self.country,
            city=self.city,
            locale=self.locale,
            consents=Consents(
                count=self.consent_count,
                show=self.consent_show,
                handover=self.consent_handover,
                version=CONSENT_VERSION,
            ),
        )


def is_ticked(sent: str) -> bool:
    """Say whether a box was ticked, by what was sent for it: anything but a no, for such a box may protect somebody."""
    return sent.lower() not in _NO


def agrees(sent: str) -> bool:
    """Say whether the box of a consent was ticked: a clear yes alone, whoever wrote the script that sends it."""
    return sent.lower() in _YES


def too_long(typed: str, limit: int) -> str:
    """Return the complaint about more characters than the limit, "" when there are not."""
    if len(typed) <= limit:
        return ""
    return _("This is %(have)d characters long; please keep it to %(limit)d.", have=len(typed), limit=limit)


def unprintable(typed: str) -> str:
    """Return the complaint about what no font of the letters can draw, before anything draws a box."""
    missing = uncovered(typed)
    if not missing:
        return ""
    shown = " ".join(missing[:10])
    return _("Our letters cannot print these characters: %(characters)s Please leave them out.", characters=shown)


def complaints(typed: Typed, offer: Offer, *, signing: bool) -> dict[str, str]:
    """Return what is wrong, by field: a sentence each, in the reader's language, that says what to do.

    ``signing``: the form is also to sign the petition, which asks for more.
    """
    found = {
        "name": _name(typed),
        "email": _email(typed) if signing else "",
        "country": "" if is_country(typed.country) else _("Choose the country you live in."),
        "embassy_country": ""
        if _offers(offer.embassies, typed.embassy_country)
        else _("Choose one of the embassies in the list."),
        "city": _printed(typed.city, MOST_CITY),
        "address": _address(typed.address),
        "locale": "" if _offers(offer.languages, typed.locale) else _("Choose one of the languages in the list."),
        "case": "" if _offers(offer.cases, typed.case) else _("Choose one of the cases in the list."),
        "demands": "" if _offers(offer.demands, *typed.demands) else _("Choose from the demands in the list."),
        "words": _words(typed.words),
        "recipients": "" if _offers(offer.recipients, *typed.recipients) else _("Choose from the letters in the list."),
        "consent_count": ""
        if typed.consent_count or not signing
        else _("Tick this box to sign. Without it you can still get the letters with the second button."),
    }
    return {name: complaint for name, complaint in found.items() if complaint}


def lost_token(sent: MultiDict[str, str]) -> str:
    """Return the complaint about a form whose token is not one of this browser's session, "" when it is."""
    try:
        validate_csrf(sent.get("csrf_token"))
    except ValidationError:
        return _(
            "The form had been open for long, or your browser blocks cookies. Please send it once more. If this comes "
            "again, allow cookies for this site."
        )
    return ""


def _name(typed: Typed) -> str:
    if not typed.name:
        return "" if typed.without_name else _("Write your name, or tick “Write without my name”.")
    if too := too_long(typed.name, MOST_NAME):
        return too
    if not has_letter(typed.name) or "://" in typed.name:
        return _("Write a name with at least one letter and no web address.")
    return unprintable(typed.name)


def _email(typed: Typed) -> str:
    """Check the shape of the address only: a look-up would tell others who signs."""
    if typed.without_email:
        return ""
    if not typed.email:
        return _("Write your e-mail address, sign without one, or take only the letters with the second button.")
    return "" if is_email(typed.email) else _("This is not an e-mail address. Write it like name@example.org.")


def _address(typed: str) -> str:
    if too := too_long(typed, MOST_ADDRESS):
        return too
    if typed.count("\n") >= MOST_ADDRESS_LINES:
        return _("Please keep the address to %(limit)d lines.", limit=MOST_ADDRESS_LINES)
    return unprintable(typed)


def _words(typed: str) -> str:
    if typed.count("\n") >= MOST_WORDS_LINES:
        return _("Please keep your own words to %(limit)d lines.", limit=MOST_WORDS_LINES)
    return _printed(typed, MOST_WORDS)


def _printed(typed: str, limit: int) -> str:
    return too_long(typed, limit) or unprintable(typed)


def _offers(choices: Choices, *chosen: str) -> bool:
    return all(any(one == value for value, _label in choices) for one in chosen)
