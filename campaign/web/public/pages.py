"""What each public template is given: finished words and values in the reader's language, nothing to look up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from campaign.letters.letter import Letter
from campaign.letters.webmail import MailLink
from campaign.recipients.postage import PostageHint
from campaign.web.public.second_language import SecondLanguage


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
    """What is said of the signatures, in whole sentences; ``confirmed`` and ``goal`` (0: none) are for a bar."""

    confirmed: int
    sentence: str
    goal: int = 0
    goal_sentence: str = ""


@dataclass(frozen=True)
class AppealCard:
    """One appeal in the list on the front page; ``opens`` is the day of one that is not open yet, else ""."""

    slug: str
    reference: str
    title: str
    summary: str
    open: bool
    opens: str = ""


@dataclass(frozen=True)
class AppealPage:
    """The appeal page. ``refusal`` is "" while the appeal is open, else the sentence why nobody can sign.

    ``closing``, until when it is open, is "" once it is over; then it has no goal left either.
    ``fingerprint`` is that of the key signatures are locked to, "" while there is none that was tried out.
    """

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
    has_names: bool
    sample: Letter
    kept_until: str
    keeps_country: bool
    fingerprint: str
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
    second_language: SecondLanguage | None = None


@dataclass(frozen=True)
class ReportView:
    """One way to say "I have sent it": ``label`` is the button, ``thanks`` what stands there once it was ``done``."""

    way: str
    label: str
    thanks: str
    done: bool


@dataclass(frozen=True)
class LayoutView:
    """One kind of envelope the letter can be laid out for, on the paper that goes with it."""

    layout: str
    paper: str
    label: str


@dataclass(frozen=True)
class LetterCard:
    """One recipient on the page after signing.

    ``letter`` is None where none can be made (no mission) or sent: then ``notes`` says so, ``other_embassy`` whether
    the form offers one that a letter can go to. ``mailto`` is "" without an e-mail address; ``mailto_complete`` is
    False when the text was too long for the link and must be pasted. ``mail`` holds the parts of the same link.
    ``script`` is what to say at the door or on the telephone, where there is one in the supporter's country, and
    takes ``script_seconds`` to read aloud. ``translation`` is the text of the letter's translation where ``body``
    does not hold it: both together do not fit into a mail link.
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
    fax_e164: str = ""
    phone: str = ""
    mail: MailLink | None = None
    webmail: Sequence[MailLink] = ()
    script: str = ""
    script_seconds: int = 0
    layouts: Sequence[LayoutView] = ()
    reports: Sequence[ReportView] = ()
    translation: str = ""
    other_embassy: bool = False


@dataclass(frozen=True)
class LabelSheetView:
    """One sheet of labels to choose: how many ``places`` it has, and whether it is the usual one."""

    value: str
    label: str
    places: int
    usual: bool


@dataclass(frozen=True)
class LettersPage:
    """The page after signing (or after asking for letters only).

    ``mostly_copied``: most of what the supporter wrote in their own words stands in the appeal already.
    ``postage_date`` says how old the hint is, "" where nobody knows; ``own_address`` doubts the supporter's address.
    """

    slug: str
    reference: str
    title: str
    signed: bool
    paper: str
    cards: Sequence[LetterCard]
    minutes_left: int
    can_print_all: bool
    postage: PostageHint | None = None
    mostly_copied: bool = False
    postage_date: str = ""
    label_sheets: Sequence[LabelSheetView] = ()
    own_address: str = ""


@dataclass(frozen=True)
class BlankFile:
    """One blank letter to download."""

    language: str
    locale: str
    paper: str
    url: str


@dataclass(frozen=True)
class BlankRecipient:
    """The blank letters to one recipient; without any, ``notes`` say why. ``reason`` is for an optional one.

    ``other_embassy``: there are none, and the form offers an embassy that a letter can go to.
    """

    title: str
    files: Sequence[BlankFile]
    notes: Sequence[str]
    reason: str = ""
    other_embassy: bool = False


@dataclass(frozen=True)
class BlankPage:
    """The page of blank letters; the ``optional`` ones stand apart. ``country`` is "" until one was chosen.

    ``embassies``: one of the letters depends on the country.
    """

    slug: str
    reference: str
    title: str
    country: str
    countries: Sequence[tuple[str, str]]
    recipients: Sequence[BlankRecipient]
    optional: Sequence[BlankRecipient] = ()
    embassies: bool = True
