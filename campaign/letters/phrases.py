"""The few words a letter needs beyond its pack: one entry of ``PHRASES`` per language letters are written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from babel import Locale, UnknownLocaleError
from babel.dates import format_date


class Post(StrEnum):
    """The office a mission's head holds."""

    AMBASSADOR = "ambassador"
    CHARGE = "charge"
    HEAD = "head"


@dataclass(frozen=True)
class Phrases:
    """The fixed words of a letter in one language.

    ``address_locale`` is the language of address lines, always in Latin script because the supporter's own post office
    reads them. ``of_state`` gives a state's long name as it stands after "Embassy …". ``posts`` name a mission's head
    for the cc line, with ``{of_state}``, ``{city}`` and ``{host}`` (the country the mission serves), and
    ``ambassadors_named`` an ambassador whose honorific is known, where the word for the post depends on it.
    ``date_at_end``: Chinese letters put the date below the name. ``translation`` stands above a translation, and
    ``words_before`` and ``words_after`` around the supporter's own words in it, which stay in the original.
    """

    letter: str
    copy_to: str
    original_to: str
    nameless: str
    address_locale: str
    of_state: Mapping[str, str]
    posts: Mapping[Post, str]
    item_end: str
    last_item_end: str
    join: str
    translation: str
    words_before: str
    words_after: str
    ambassadors_named: Mapping[str, str] = field(default_factory=dict)
    first_of_month: str = ""
    date_at_end: bool = False


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        letter="Letter",
        copy_to="cc: ",
        original_to="Original to: ",
        nameless="A concerned person",
        address_locale="en",
        of_state={"CN": "of the People's Republic of China"},
        posts={
            Post.AMBASSADOR: "The Ambassador {of_state}, {city}",
            Post.CHARGE: "The Chargé d'Affaires {of_state}, {city}",
            Post.HEAD: "The Head of the Office {of_state}, {city}",
        },
        item_end=";",
        last_item_end=".",
        join="; ",
        translation="Translation of the preceding letter.",
        words_before="(The writer’s own words, in the original:)",
        words_after="(End of the writer’s own words.)",
    ),
    "fr": Phrases(
        letter="Lettre",
        copy_to="Copie\u00a0: ",
        original_to="Original\u00a0: ",
        nameless="Une personne préoccupée",
        address_locale="fr",
        of_state={"CN": "de la République populaire de Chine"},
        posts={
            Post.AMBASSADOR: "L'Ambassadeur {of_state}, {city}",
            Post.CHARGE: "Le Chargé d'affaires {of_state}, {city}",
            Post.HEAD: "Le Chef du bureau {of_state}, {city}",
        },
        ambassadors_named={"Her Excellency": "L'Ambassadrice {of_state}, {city}"},
        item_end="\u00a0;",
        last_item_end=".",
        join="\u00a0; ",
        translation="Traduction de la lettre qui précède.",
        words_before="(Mots personnels, dans la langue d’origine\u00a0:)",
        words_after="(Fin des mots personnels.)",
        first_of_month="1er",
    ),
    "zh-Hans": Phrases(
        letter="信函",
        copy_to="抄送：",
        original_to="主送：",
        nameless="一位关注此事的人",
        address_locale="en",
        of_state={"CN": "中华人民共和国"},
        posts={
            Post.AMBASSADOR: "{of_state}驻{host}大使",
            Post.CHARGE: "{of_state}驻{host}代办",
            Post.HEAD: "{of_state}驻{host}办事处主任",
        },
        item_end="；",
        last_item_end="。",
        join="；",
        translation="以下为前面这封信的译文。",
        words_before="（以下为写信人本人的话，保留原文：）",
        words_after="（写信人本人的话到此为止。）",
        date_at_end=True,
    ),
}

RIGHT_TO_LEFT = frozenset({"ar", "ug", "fa", "he", "ur"})


def _language(locale: str) -> str:
    return locale.partition("-")[0]


def phrases_for(locale: str) -> Phrases:
    """Return the words for a letter in ``locale``; English ones where nobody has written an entry yet."""
    return PHRASES.get(locale) or PHRASES.get(_language(locale)) or PHRASES["en"]


def phrases_locale(locale: str) -> str:
    """Return the language in which :func:`phrases_for` answers."""
    return locale if phrases_for(locale) is not PHRASES["en"] else "en"


def direction_of(locale: str) -> str:
    """Return ``"rtl"`` for languages written from right to left, else ``"ltr"``."""
    return "rtl" if _language(locale) in RIGHT_TO_LEFT else "ltr"


def long_date(day: date, locale: str, country: str) -> str:
    """Return the date written out in the letter's language (CLDR, long form).

    English differs by country ("November 21, 2026" in Canada, "21 November 2026" in Kenya), so the supporter's decides.
    """
    text = format_date(day, format="long", locale=_date_locale(locale, country))
    first = phrases_for(locale).first_of_month
    # CLDR writes "1 janvier"; French counts the first day of a month, and only that one.
    return f"{first} {text[2:]}" if first and text.startswith("1 ") else text


def _date_locale(locale: str, country: str) -> Locale:
    parts = locale.split("-")
    wanted = [f"en_{country}", "en_001"] if parts[0] == "en" else ["_".join(parts), parts[0]]
    for identifier in wanted:
        try:
            return Locale.parse(identifier)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_001")
