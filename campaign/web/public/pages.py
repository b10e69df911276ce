"""What each public template is given: finished words and values in the reader's language, nothing to look up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from campaign.letters.letter import Letter


@dataclass(frozen=True)
class SourceView:
    """A source line under a claim."""

    id: str
    organisation: str
    title: str
    index: str
    date: date


@dataclass(frozen=True)
class FactView:
    """A figure (``value`` may be empty) or a dated event (``when``), with its source."""

    value: str
    when: str
    text: str
    source: SourceView


@dataclass(frozen=True)
class RecipientView:
    """Who is written to and why. ``named_then``/``addressed_now`` are whole sentences, "" where nothing to say."""

    id: str
    role: str
    title: str
    lines: Sequence[str]
    local_line: str
    local_locale: str
    country_line: str
    reason: str
    named_then: str = ""
    addressed_now: str = ""


@dataclass(frozen=True)
class CountView:
    """The total to show; ``sentence`` says honestly what was counted."""

    total: int
    sentence: str


@dataclass(frozen=True)
class AppealCard:
    """One appeal in the list on the front page."""

    slug: str
    reference: str
    title: str
    summary: str
    open: bool


@dataclass(frozen=True)
class AppealPage:
    """The appeal page. ``refusal`` is "" while the appeal is open, else the sentence why nobody can sign."""

    slug: str
    reference: str
    title: str
    summary: str
    published: str
    closing: str
    refusal: str
    demands: Sequence[str]
    recipients: Sequence[RecipientView]
    facts: Sequence[FactView]
    timeline: Sequence[FactView]
    background: Markup
    sources: Sequence[SourceView]
    count: CountView
    sample: Letter
    kept_until: str
    keeps_country: bool
    share_url: str
    qr: Markup


@dataclass(frozen=True)
class SignPage:
    """What stands around the form."""

    slug: str
    reference: str
    title: str
    demands: Sequence[str]
    sample: Letter
    kept_until: str


@dataclass(frozen=True)
class LetterCard:
    """One recipient on the page after signing.

    ``letter`` is None where no letter can be made (no mission): then ``notes`` says so. ``mailto`` is "" without an
    e-mail address; ``mailto_complete`` is False when the text was too long for the link and must be pasted.
    """

    id: str
    role: str
    title: str
    letter: Letter | None
    address_text: str
    subject: str
    body: str
    mailto: str
    mailto_complete: bool
    can_print: bool
    fax: str
    notes: Sequence[str]


@dataclass(frozen=True)
class LettersPage:
    """The page after signing (or after asking for letters only)."""

    slug: str
    reference: str
    title: str
    signed: bool
    paper: str
    cards: Sequence[LetterCard]
    minutes_left: int
    can_print_all: bool
