"""What an appeal is once its pack has been read: plain values, no files, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

Texts: TypeAlias = Mapping[str, str]
"""One text per locale, for example ``{"en": "…", "fr": "…"}``."""


class Role(StrEnum):
    """Why a recipient gets a letter."""

    TARGET = "target"
    COPY = "copy"


@dataclass(frozen=True)
class Source:
    """Where a claim comes from: organisation, title, index number, date."""

    id: str
    organisation: str
    title: str
    date: date
    index: str = ""
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """One figure or event with the source that states it."""

    text: Texts
    source: str
    value: Texts = field(default_factory=dict)
    when: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Demand:
    """One thing the letters ask for; supporters may leave it out."""

    id: str
    text: Texts


@dataclass(frozen=True)
class Case:
    """A person whose case a letter may speak of: ``facts`` per letter language, and the id of the source."""

    id: str
    name: str
    facts: Texts
    source: str
    url: str = ""


class Review(StrEnum):
    """Who has held a translation against the original, sentence by sentence."""

    PROJECT = "project"
    READER = "reader"
    TRANSLATOR = "translator"


@dataclass(frozen=True)
class Translation:
    """A letter language that some recipients read, reviewed, so that it may stand beside a letter in another one."""

    locale: str
    recipients: tuple[str, ...]
    reviewed: date
    review: Review


@dataclass(frozen=True)
class NamedInSource:
    """The person the source document named for one country's mission, and when: shown, never printed in a letter."""

    country: str
    name: str
    date: date


@dataclass(frozen=True)
class Recipient:
    """Who gets a letter: a fixed address from the pack, or (``mission``) the embassy in the supporter's country.

    An ``optional`` one gets a letter only from supporters who ask for it. The letter to one that stands ``alone``
    names no other recipient, and no other letter names it.
    """

    id: str
    role: Role
    title: Texts
    optional: bool = False
    alone: bool = False
    reason: Texts = field(default_factory=dict)
    mission: str = ""
    lines: tuple[str, ...] = ()
    local_line: str = ""
    local_locale: str = ""
    country: str = ""
    country_line: Texts = field(default_factory=dict)
    email: str = ""
    fax: str = ""
    fax_e164: str = ""
    named_in_source: tuple[NamedInSource, ...] = ()


@dataclass(frozen=True)
class Span:
    """A run of letter text with one weight; may contain placeholders."""

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True)
class Paragraph:
    r"""A paragraph of a letter; ``Span`` texts hold ``\n`` where the author broke a line."""

    spans: tuple[Span, ...]


@dataclass(frozen=True)
class BulletList:
    """A list in a letter, one tuple of spans per item."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Slot:
    """A place of its own in a letter that the supporter's choices fill: ``demands``, ``words`` or ``case``."""

    name: str


Block: TypeAlias = Paragraph | BulletList | Slot


@dataclass(frozen=True)
class LetterText:
    """The letter to one recipient in one locale, as the pack's author wrote it, before filling."""

    recipient: str
    locale: str
    subject: str
    salutation: str
    closing: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Appeal:
    """A whole appeal as one edition defines it."""

    slug: str
    reference: str
    country: str
    title: Texts
    summary: Texts
    locales: tuple[str, ...]
    letter_locales: tuple[str, ...]
    issued: date
    demands: tuple[Demand, ...]
    recipients: tuple[Recipient, ...]
    letters: Mapping[tuple[str, str], LetterText]
    pages: Mapping[str, str]
    keep_days_after_close: int
    sources: tuple[Source, ...] = ()
    facts: tuple[Fact, ...] = ()
    timeline: tuple[Fact, ...] = ()
    index: str = ""
    update: int = 0
    first_index: str = ""
    first_issued: date | None = None
    opens: date | None = None
    deadline: date | None = None
    time_zone: str = "UTC"
    closed: bool = False
    keep_country: bool = True
    goal: int = 0
    cases: tuple[Case, ...] = ()
    translations: tuple[Translation, ...] = ()

    def recipient(self, recipient_id: str) -> Recipient | None:
        """Return the recipient with that id, or ``None``."""
        return next((one for one in self.recipients if one.id == recipient_id), None)

    def translation_for(self, recipient_id: str) -> Translation | None:
        """Return the reviewed translation that this recipient reads, or ``None``."""
        return next((one for one in self.translations if recipient_id in one.recipients), None)

    def source(self, source_id: str) -> Source | None:
        """Return the source with that id, or ``None``."""
        return next((one for one in self.sources if one.id == source_id), None)


def in_locale(texts: Texts, locale: str) -> str:
    """Return the text for a locale, else the English one, else any; ``""`` when there is none."""
    return texts.get(locale) or texts.get("en") or next(iter(texts.values()), "")
