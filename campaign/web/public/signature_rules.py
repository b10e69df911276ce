"""What the form asks of a signature, beside the letters: an address or none, and the consent to count it."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField
from wtforms.validators import ValidationError

from campaign.signatures import Consents, SignatureRecord, is_email
from campaign.web.i18n import gettext as _
from campaign.web.public.consents import CONSENT_VERSION


class SignatureRules:
    """The rules of the fields that only a signature needs, for a form that has them."""

    signing: bool

    def validate_email(self: FlaskForm, field: EmailField) -> None:
        """Check the shape of the address only: a look-up would tell others who signs."""
        if not self.signing or self.without_email.data:
            return
        if not field.data:
            raise ValidationError(
                _("Write your e-mail address, sign without one, or take only the letters with the second button.")
            )
        if not is_email(field.data):
            raise ValidationError(_("This is not an e-mail address. Write it like name@example.org."))

    def validate_consent_count(self: FlaskForm, field: BooleanField) -> None:
        """Require this consent: without it there is no signature."""
        if self.signing and not field.data:
            raise ValidationError(
                _("Tick this box to sign. Without it you can still get the letters with the second button.")
            )

    def record(self: FlaskForm) -> SignatureRecord:
        """Return what the signature keeps, sealed: no street address, no own words."""
        return SignatureRecord(
            name=self.name.data,
            email="" if self.without_email.data else self.email.data,
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
