"""How the library builds our forms, and the rules that several of them share."""

from flask import request
from flask_wtf import FlaskForm
from wtforms.validators import ValidationError

from campaign.core.text import clean_line, clean_text
from campaign.web.public.typed import too_long


class TextForm(FlaskForm.Meta):  # type: ignore[misc]
    """How the library builds all our forms."""

    def wrap_formdata(self, form: FlaskForm, _formdata: object) -> object:
        """Read typed text alone: the library would take a file or JSON too, and a name could then be anything."""
        return request.form if form.is_submitted() else None


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
