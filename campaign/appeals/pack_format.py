"""Every key of ``appeal.toml``, its type and whether it must be there; ``letters/README.md`` explains them.

The models refuse unknown keys, so a misspelt key is an error when the pack is loaded and not a silent default.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from campaign.appeals.definition import Review, Role
from campaign.appeals.keeping import KeptDays

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\r\n]+$")]
_LocaleTexts = dict[_Locale, Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]]
_Email = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$")]
_E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceTable(_Table):
    """``[[source]]``."""

    id: _Id
    organisation: _Line
    title: _Line
    date: date
    index: str = ""
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = ""


class FactTable(_Table):
    """``[[fact]]``."""

    value: _LocaleTexts = Field(default_factory=dict)
    text: _LocaleTexts
    source: _Id


class TimelineTable(_Table):
    """``[[timeline]]``."""

    when: _LocaleTexts
    text: _LocaleTexts
    source: _Id


class DemandTable(_Table):
    """``[[demand]]``."""

    id: _Id
    text: _LocaleTexts


class NamedInSourceTable(_Table):
    """``[[recipient.named_in_source]]``."""

    country: _Country
    name: _Line
    date: date


class RecipientTable(_Table):
    """``[[recipient]]``: either ``mission`` or a fixed address with ``lines`` and ``country``."""

    id: _Id
    role: Role
    optional: bool = False
    alone: bool = False
    title: _LocaleTexts
    reason: _LocaleTexts = Field(default_factory=dict)
    mission: _Country | Literal[""] = ""
    lines: tuple[_Line, ...] = Field(default=(), max_length=8)
    local_line: str = ""
    local_locale: _Locale | Literal[""] = ""
    country: _Country | Literal[""] = ""
    country_line: _LocaleTexts = Field(default_factory=dict)
    email: _Email | Literal[""] = ""
    fax: str = ""
    fax_e164: _E164 | Literal[""] = ""
    named_in_source: tuple[NamedInSourceTable, ...] = ()


class TranslationTable(_Table):
    """``[[translation]]``: the language some recipients read, and who has reviewed the letters in it."""

    locale: _Locale
    recipients: tuple[_Id, ...] = Field(min_length=1)
    reviewed: date
    review: Review


class AppealTable(_Table):
    """The whole file."""

    format: Literal[1]
    reference: _Line
    update: int = Field(default=0, ge=0)
    index: str = ""
    issued: date
    first_index: str = ""
    first_issued: date | None = None
    country: _Country
    locales: tuple[_Locale, ...] = Field(min_length=1)
    letter_locales: tuple[_Locale, ...] = Field(min_length=1)
    time_zone: str = "UTC"
    opens: date | None = None
    deadline: date | None = None
    closed: bool = False
    keep_country: bool = True
    goal: int = Field(default=0, ge=0, le=1_000_000_000)
    keep_days_after_close: KeptDays
    title: _LocaleTexts
    summary: _LocaleTexts
    source: tuple[SourceTable, ...] = Field(min_length=1)
    fact: tuple[FactTable, ...] = ()
    timeline: tuple[TimelineTable, ...] = ()
    demand: tuple[DemandTable, ...] = Field(min_length=1)
    recipient: tuple[RecipientTable, ...] = Field(min_length=1)
    translation: tuple[TranslationTable, ...] = ()
