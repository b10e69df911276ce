"""From a country's name, in whatever language and spelling an address has it, to its ISO code; never a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from campaign.recipients.countries import country_names

# Languages whose CLDR names are recognised: the ones addresses in urgent actions and on their envelopes are written in.
_LOCALES = (
    "en", "fr", "es", "de", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "tr", "ru", "uk", "ar", "fa",
    "id", "zh-Hans", "zh-Hant", "ja", "ko",
)  # fmt: skip

# What CLDR's everyday names leave out: official names, older names, word orders of lists, abbreviations.
_WRITTEN_BY_HAND: Mapping[str, str] = {
    "AE": "UAE; Emirates; United Arab Emirates, UAE; VAE; EAU",
    "AT": "Republik Österreich; Republic of Austria",
    "BA": "Bosnia; Bosnia and Herzegovina; Bosnie; Bosnien",
    "BN": "Brunei Darussalam; Negara Brunei Darussalam",
    "BO": "Plurinational State of Bolivia; Estado Plurinacional de Bolivia; Bolivia, Plurinational State of",
    "BY": "Republic of Belarus; Byelorussia; Weißrussland",
    "CD": (
        "DRC; DR Congo; D.R. Congo; RD Congo; RDC; Democratic Republic of Congo; Democratic Republic of the Congo; "
        "Congo, Democratic Republic of the; Congo, The Democratic Republic of the; République démocratique du "
        "Congo; República Democrática del Congo; Demokratische Republik Kongo; DR Kongo; Congo (DRC)"
    ),
    "CG": (
        "Republic of the Congo; Republic of Congo; République du Congo; República del Congo; Republik Kongo; Congo "
        "(Republic)"
    ),
    "CI": "Ivory Coast; Republic of Côte d'Ivoire; République de Côte d'Ivoire",
    "CN": (
        "People's Republic of China; Peoples Republic of China; PR China; P.R. China; P. R. China; PRC; P.R.C.; "
        "China PR; China, People's Republic of; République populaire de Chine; RP Chine; Volksrepublik China; VR "
        "China; República Popular China; República Popular de China; RP China; Repubblica Popolare Cinese; "
        "Volksrepubliek China; Çin Halk Cumhuriyeti; Китайская Народная Республика; КНР; "
        "中华人民共和国; 中華人民共和國; 中国大陆"
    ),
    "CU": "Republic of Cuba; República de Cuba",
    "CV": "Cabo Verde; Republic of Cabo Verde",
    "CZ": "Czech Republic; Česká republika; République tchèque; República Checa; Tschechische Republik",
    "DE": "Federal Republic of Germany; Bundesrepublik Deutschland; République fédérale d'Allemagne",
    "DO": "República Dominicana; Dominican Rep.",
    "EG": "Arab Republic of Egypt; République arabe d'Égypte",
    "ER": "State of Eritrea",
    "ES": "Kingdom of Spain; Reino de España",
    "ET": "Federal Democratic Republic of Ethiopia",
    "FM": "Federated States of Micronesia; Micronesia, Federated States of; FSM",
    "FR": "French Republic; République française",
    "GB": (
        "UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; Grande-Bretagne; "
        "Angleterre; Großbritannien; Gran Bretaña; Inglaterra; United Kingdom of Great Britain and Northern "
        "Ireland"
    ),
    "GR": "Hellenic Republic; Hellas",
    "GW": "Guinea Bissau; Guinée Bissau",
    "HK": "Hong Kong SAR; Hong Kong S.A.R.; Hongkong",
    "HN": "República de Honduras; Republic of Honduras; Honduras C.A.; Honduras, Central America",
    "IE": "Republic of Ireland; Éire",
    "IL": "State of Israel",
    "IN": "Republic of India; Bharat",
    "IQ": "Republic of Iraq",
    "IR": (
        "Islamic Republic of Iran; Iran, Islamic Republic of; I.R. Iran; IR Iran; République islamique d'Iran; "
        "Islamische Republik Iran; República Islámica de Irán"
    ),
    "JO": "Hashemite Kingdom of Jordan",
    "KE": "Republic of Kenya",
    "KG": "Kyrgyz Republic; Kirghizistan; Kirghizstan; Kirgisistan",
    "KH": "Kingdom of Cambodia",
    "KP": (
        "DPRK; Democratic People's Republic of Korea; Korea, Democratic People's Republic of; DPR Korea; RPDC; "
        "République populaire démocratique de Corée; Demokratische Volksrepublik Korea"
    ),
    "KR": (
        "ROK; Republic of Korea; Korea, Republic of; République de Corée; Republik Korea; República de Corea; Rep. "
        "of Korea"
    ),
    "KZ": "Republic of Kazakhstan",
    "LA": "Lao PDR; Lao People's Democratic Republic; Laos PDR",
    "LK": "Democratic Socialist Republic of Sri Lanka; Ceylon",
    "LY": "State of Libya; Libyan Arab Jamahiriya",
    "MD": "Republic of Moldova; Moldova, Republic of; République de Moldova; Republik Moldau",
    "MK": "FYROM; Republic of North Macedonia",
    "MM": "Myanmar; Burma; Birmanie; Birma; Birmania; Union of Myanmar; Republic of the Union of Myanmar",
    "MO": "Macao SAR; Macau; Macau SAR",
    "MX": "United Mexican States; Estados Unidos Mexicanos; Méjico",
    "NG": "Federal Republic of Nigeria",
    "NI": "República de Nicaragua",
    "NL": "Holland; Kingdom of the Netherlands; Hollande",
    "PE": "República del Perú",
    "PH": "Republic of the Philippines",
    "PK": "Islamic Republic of Pakistan",
    "PS": (
        "Palestine; State of Palestine; Occupied Palestinian Territory; Palestinian Authority; Palästina; Palestina"
    ),
    "RU": (
        "Russian Federation; Fédération de Russie; Russische Föderation; Federación de Rusia; Российская Федерация; РФ"
    ),
    "RW": "Republic of Rwanda",
    "SA": (
        "Kingdom of Saudi Arabia; KSA; K.S.A.; Royaume d'Arabie saoudite; Königreich Saudi-Arabien; Reino de "
        "Arabia Saudita"
    ),
    "SD": "Republic of Sudan; Republic of the Sudan",
    "SG": "Republic of Singapore",
    "SV": "República de El Salvador; El Salvador C.A.; El Salvador, Central America",
    "SY": "Syrian Arab Republic; République arabe syrienne; Arabische Republik Syrien",
    "SZ": "Swaziland; Kingdom of Eswatini; Swasiland",
    "TH": "Kingdom of Thailand",
    "TJ": "Republic of Tajikistan",
    "TL": "East Timor; Timor Leste; Timor oriental; Osttimor",
    "TR": (
        "Turkey; Republic of Turkey; Republic of Türkiye; Türkiye Cumhuriyeti; République de Turquie; Republik Türkei"
    ),
    "TW": "Taiwan ROC; Taiwan (ROC); Taiwan R.O.C.; Republic of China (Taiwan)",
    "TZ": "United Republic of Tanzania; Tanzania, United Republic of",
    "UG": "Republic of Uganda",
    "US": (
        "USA; U.S.A.; US; U.S.; United States of America; the States; EE.UU.; EE. UU.; EEUU; EUA; E.U.A.; États- "
        "Unis d'Amérique; Estados Unidos de América; Vereinigte Staaten von Amerika; Stati Uniti d'America; "
        "Verenigde Staten van Amerika; ABD; США"
    ),
    "UZ": "Republic of Uzbekistan",
    "VA": "Holy See; Vatican; Saint-Siège; Santa Sede; Heiliger Stuhl; Città del Vaticano",
    "VE": "Bolivarian Republic of Venezuela; República Bolivariana de Venezuela; Venezuela, Bolivarian Republic of",
    "VN": "Viet Nam; Socialist Republic of Vietnam; Socialist Republic of Viet Nam; S.R. Vietnam; Việt Nam",
    "ZA": "RSA; Republic of South Africa; Südafrikanische Republik",
    "ZW": "Republic of Zimbabwe",
}

# A list of names is also a list of traps: each of these means two countries, or more often a town than a country.
_AMBIGUOUS = (
    "America", "Congo", "Corea", "Corée", "Granada", "Guadalupe", "Korea", "Macedonia", "Man",
    "Republic of China", "Saint Martin", "San Bartolomé", "San Martín", "Santa Elena", "Santa Lucía",
)  # fmt: skip

_DROPPED = re.compile(r"[.'’‘ʼ`´]")
_SEPARATORS = re.compile(r"[\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def folded(name: str) -> str:
    """Return a name as it is compared: without case, accents, punctuation and a leading English article.

    Only the accents of the Latin, Greek and Cyrillic letters go (U+0300 to U+036F); in other scripts such marks tell
    two words apart.
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in decomposed if not "\u0300" <= character <= "\u036f")
    plain = unicodedata.normalize("NFC", plain).replace("ı", "i").replace("&", " and ")
    return _SEPARATORS.sub(" ", _DROPPED.sub("", plain)).strip().removeprefix("the ")


def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code (or ``XK``) of a country's name, or ``None``.

    ``None`` stands for an unknown name and for one that may mean two places (“Congo”, “Korea”). Two-letter codes are
    no names: “CA” is California on more envelopes than Canada.
    """
    return _codes_by_name().get(folded(name))


@lru_cache
def _codes_by_name() -> Mapping[str, str]:
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for code, name in _names():
        meanings[folded(name)].add(code)
    for name in _AMBIGUOUS:
        meanings.pop(folded(name), None)
    return {name: next(iter(codes)) for name, codes in meanings.items() if name and len(codes) == 1}


def _names() -> Iterator[tuple[str, str]]:
    for locale in _LOCALES:
        for code, name in country_names(locale).items():
            yield code, name
            if locale == "de":
                yield code, name.translate(_UMLAUTS)
            if "St." in name:
                yield code, name.replace("St.", "Saint")
    for code, names in _WRITTEN_BY_HAND.items():
        for name in names.split("; "):
            yield code, name
