"""How the library builds our forms, and the rules that several of them share."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import ValidationError

from campaign.core.text import clean_line, clean_text
from campaign.web.public.typed import agrees, is_ticked, too_long


class TextForm(FlaskForm.Meta):  # type: ignore[misc]
    """How the library builds all our forms."""

    def wrap_formdata(self, form: FlaskForm, _formdata: object) -> object:
        """Read typed text alone: the library would take a file or JSON too, and a name could then be anything."""
        return request.form if form.is_submitted() else None


class Tick(BooleanField):  # type: ignore[misc]
    """A box to tick. What is sent for it counts as :attr:`reads` has it, and is never shown again."""

    reads = staticmethod(is_ticked)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent."""
        self.data = bool(valuelist) and self.reads(valuelist[0])

    def _value(self) -> str:
        return "y"


class Consent(Tick):
    """A box that says yes to something."""

    reads = staticmethod(agrees)


def line(raw: str | None) -> str:
    """Clean one line."""
    return clean_line(raw or "")


def text(raw: str | None) -> str:
    """Clean several lines."""
    return clean_text(raw or "")


def at_most(typed: str, limit: int) -> None:
    """Refuse more characters than the limit, and say how many there are."""
    complaint = too_long(typed, limit)
    if complaint:
        raise ValidationError(complaint)
