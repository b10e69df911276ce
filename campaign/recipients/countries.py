"""Countries as supporters, post offices and printers know them: names, address lines, paper."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# Two-letter keys of CLDR that are not countries: regions, unions, test codes, islands without an ISO 3166-1 code.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})

# CLDR 47, supplemental measurement data, paperSize "US-Letter"; everywhere else uses A4.
_LETTER_PAPER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})

_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})

# Names people use where CLDR's wording is a political label.
_OVERRIDES: Mapping[str, Mapping[str, str]] = {
    "en": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
    "fr": {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine"},
}


@lru_cache
def _locale(identifier: str) -> Locale:
    try:
        return Locale.parse(identifier.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


@lru_cache
def country_names(locale: str) -> Mapping[str, str]:
    """Return every country as ``{ISO alpha-2 code: name in the locale}``, sorted by name.

    Names come from CLDR through Babel; the codes are ISO 3166-1 and ``XK`` (Kosovo).
    """
    own = _OVERRIDES.get(locale, {})
    territories = _locale(locale).territories
    english = _locale("en").territories
    names = {
        code: own.get(code) or territories.get(code) or name
        for code, name in english.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: _sort_key(item[1])))


def _sort_key(name: str) -> str:
    """Sort É with E: plain code points would put Égypte and Émirats after Zimbabwe."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def is_country(code: str) -> bool:
    """Say whether ``code`` is a country this tool knows (two capital letters)."""
    return code in country_names("en")


def country_name(code: str, locale: str) -> str:
    """Return the country's name in the locale, or the code itself when it is unknown."""
    return country_names(locale).get(code, code)


# English puts an article before these; names that begin with "United" or end in "Islands" are found by that.
_WITH_ARTICLE = frozenset({"BQ", "BS", "CF", "DO", "GM", "IM", "KM", "MV", "NL", "PH"})
_WITHOUT_ARTICLE = frozenset({"GS"})


def country_in_text(code: str, locale: str) -> str:
    """Return the country's name as it stands inside an English sentence (“the Bahamas”); elsewhere the bare name."""
    name = country_name(code, locale)
    if locale.partition("-")[0] != "en" or code in _WITHOUT_ARTICLE:
        return name
    wants = (
        code in _WITH_ARTICLE or name.startswith("United ") or name.endswith(("Islands", "Territories", "Territory"))
    )
    return f"the {name}" if wants else name


def country_line(code: str, locale: str) -> str:
    """Return the last line of an address abroad: the country alone, in full, in capitals.

    The post office that must read it is the sender's, so a locale in another script than Latin gets English
    (USPS Publication 28, A31; UPU practice accepts English and French everywhere).
    """
    name = country_name(code, locale)
    return (name if in_latin_script(name) else country_name(code, "en")).upper()


def in_latin_script(text: str) -> bool:
    """Say whether every letter is a Latin one; raised ones (1ª) and the commas of Uzbek and Hawaiian count too."""
    letters = (one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) in _LETTERS)
    return all("LATIN" in unicodedata.name(letter, "") for letter in letters)


def paper_for(country: str) -> str:
    """Return the paper people have at home there: ``"a4"`` or ``"letter"``."""
    return "letter" if country in _LETTER_PAPER else "a4"


def country_from_languages(accept_language: str) -> str:
    """Return the country of the first regional language tag in an Accept-Language header, or ``""``.

    ``fr-CA,fr;q=0.9`` says Canada. A bare ``fr`` says nothing about a country, and a wrong guess here means the
    wrong embassy, so nothing is guessed from it.
    """
    for item in accept_language[:200].split(","):
        subtags = item.split(";")[0].strip().split("-")
        for subtag in subtags[1:]:
            if len(subtag) == 2 and is_country(subtag.upper()):
                return subtag.upper()
    return ""
