"""A small appeal with both letters in three languages, a small directory, and letters made from them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from campaign.appeals.definition import (
    Appeal,
    Block,
    Demand,
    LetterText,
    NamedInSource,
    Paragraph,
    Recipient,
    Role,
    Slot,
    Span,
)
from campaign.letters.compose import compose
from campaign.letters.letter import Letter, LetterValues
from campaign.recipients.directory import MissionsDirectory
from campaign.recipients.mission import Confidence, Envoy, Mission
from tests.letters.texts import CLOSINGS, DEMANDS, LETTERS, SALUTATIONS, SUBJECTS

TODAY = date(2026, 11, 21)
LOCALES = ("en", "fr", "zh-Hans")
ALL_DEMANDS = ("release", "disclose", "protect")

PRESIDENT = Recipient(
    id="president",
    role=Role.TARGET,
    title={"en": "President Xi Jinping", "fr": "Le Président Xi Jinping", "zh-Hans": "习近平主席"},
    lines=(
        "President of the People's Republic of China",
        "Xi Jinping",
        "Zhongnanhai",
        "Xichangan'jie Xichengqu, Beijing Shi 100017",
    ),
    local_line="北京市西城区西长安街街道 100017",
    local_locale="zh-Hans",
    country="CN",
    country_line={"en": "PEOPLE'S REPUBLIC OF CHINA", "fr": "RÉPUBLIQUE POPULAIRE DE CHINE"},
    email="english@mail.gov.cn",
    fax="011 86 10 6238 1025",
    fax_e164="+861062381025",
)
EMBASSY = Recipient(
    id="embassy",
    role=Role.COPY,
    title={"en": "The embassy in your country", "fr": "L'ambassade dans votre pays", "zh-Hans": "驻您所在国大使馆"},
    mission="CN",
    named_in_source=(NamedInSource("CA", "Peiwu Cong", date(2022, 7, 29)),),
)


def _blocks(paragraphs: tuple[str, ...]) -> tuple[Block, ...]:
    slots = {"((demands))": Slot("demands"), "((words))": Slot("words")}
    return tuple(slots.get(text) or Paragraph((Span(text),)) for text in paragraphs)


def letter_text(recipient: str, locale: str, paragraphs: tuple[str, ...] | None = None) -> LetterText:
    """The author's text of one letter."""
    return LetterText(
        recipient=recipient,
        locale=locale,
        subject=SUBJECTS[locale],
        salutation=SALUTATIONS[recipient, locale],
        closing=CLOSINGS[locale],
        blocks=_blocks(paragraphs or LETTERS[locale]),
    )


def sample_appeal(letters: Mapping[tuple[str, str], LetterText] | None = None) -> Appeal:
    """The appeal, with other letters if given."""
    texts = {(who, locale): letter_text(who, locale) for who in ("president", "embassy") for locale in LOCALES}
    return Appeal(
        slug="sample",
        reference="UA 61/21",
        country="CN",
        title={"en": "Missing in Xinjiang"},
        summary={"en": "A sample."},
        locales=("en", "fr"),
        letter_locales=LOCALES,
        issued=date(2022, 7, 29),
        demands=tuple(Demand(one, DEMANDS[one]) for one in ALL_DEMANDS),
        recipients=(PRESIDENT, EMBASSY),
        letters={**texts, **(letters or {})},
        pages={},
        keep_days_after_close=30,
    )


def mission(host: str, *lines: str, **changes: object) -> Mission:
    """An embassy of China, of high confidence unless told otherwise."""
    plain = Mission(
        state="CN",
        host=host,
        kind="embassy",
        city="",
        located_in=host,
        lines=lines,
        email="",
        fax="",
        fax_e164="",
        phone="",
        confidence=Confidence.HIGH,
        source="sample",
        source_date=date(2026, 9, 25),
    )
    return replace(plain, **changes)


def envoy(name: str, honorific: str, as_of: date) -> Envoy:
    """The head of a mission."""
    return Envoy(name=name, honorific=honorific, as_of=as_of)


def sample_directory() -> MissionsDirectory:
    """Missions of every kind that matters to an address, with the directory's own lines."""
    missions = (
        mission(
            "CA",
            "515 St. Patrick Street",
            "Ottawa, ON K1N 5H3",
            city="Ottawa",
            email="chineseembassy.ca@gmail.com",
            envoy=envoy("Wang Di", "His Excellency", date(2025, 12, 12)),
        ),
        mission(
            "FR",
            "20, rue Monsieur",
            "75007 Paris",
            city="Paris",
            envoy=envoy("Deng Li", "His Excellency", date(2025, 1, 8)),
        ),
        mission(
            "KZ",
            "44 Tauelsizdik Avenue",
            "Astana",
            city="Astana",
            confidence=Confidence.MEDIUM,
            email="chinaembassy@yandex.kz",
            envoy=envoy("Han Chunlin", "", date(2026, 2, 5)),
        ),
        mission("ES", "Calle Arturo Soria 113", "28043 Madrid", city="Madrid"),
        mission("SM", "Via Bruxelles 56", "00198 Roma", city="Rome", located_in="IT", confidence=Confidence.MEDIUM),
        mission("LT", "A street in doubt 1", "Vilnius", city="Vilnius", kind="office", confidence=Confidence.LOW),
        mission("PS", city="Ramallah", kind="office", confidence=Confidence.LOW),
        mission("IQ", city="Baghdad", confidence=Confidence.LOW, email="chinaemb_iq@mfa.gov.cn"),
    )
    return MissionsDirectory({("CN", one.host): one for one in missions}, {("CN", "AD"): "ES"})


def sample_values(**changes: object) -> LetterValues:
    """What a supporter in Canada chose, with every demand."""
    plain = LetterValues(
        country="CA",
        locale="en",
        name="Élodie Tremblay",
        city="Montréal",
        address="4321, rue Saint-Denis, app. 5\nMontréal (Québec)  H2J 2K9",
        demands=ALL_DEMANDS,
    )
    return replace(plain, **changes)


def sample_letter(recipient: str = "president", *, appeal: Appeal | None = None, **changes: object) -> Letter:
    """One finished letter."""
    made = compose(appeal or sample_appeal(), recipient, sample_values(**changes), TODAY, sample_directory())
    assert made is not None
    return made


def short_letter(*paragraphs: str, subject: str = "A subject", email: str = "office@example.org") -> Letter:
    """A letter with nothing but these paragraphs, for what must come through unchanged."""
    text = replace(letter_text("president", "en", paragraphs or ("Text.",)), subject=subject)
    made = sample_letter(appeal=sample_appeal({("president", "en"): text}), demands=())
    return replace(made, addressee=replace(made.addressee, email=email))
