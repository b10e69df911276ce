"""How many people live in the smallest countries: of some, more signatures come than there can be.

In 2016 a petition in Britain had 39,411 signatures from the Vatican, where some 800 people live; tens of thousands were
removed, and the press wrote of nothing else. So a country with few inhabitants is looked at twice.
"""

# In thousands, rounded, after the United Nations' World Population Prospects 2024 and, for what that leaves out, the
# statistics of the territories themselves. Only the order of magnitude matters. 0: nobody lives there for good.
_THOUSANDS = {
    "AQ": 0, "BV": 0, "GS": 0, "HM": 0, "IO": 0, "TF": 0, "UM": 0, "PN": 0.05, "VA": 0.5, "CC": 0.6, "CX": 1.7,
    "NU": 1.8, "NF": 2.2, "TK": 2.5, "SJ": 2.5, "FK": 3.5, "MS": 4.4, "SH": 5.2, "PM": 5.6, "TV": 9.6, "BL": 11,
    "WF": 11, "NR": 12, "CK": 14, "AI": 15, "PW": 18, "MF": 26, "AX": 30, "SM": 34, "MH": 38, "GI": 39, "MC": 39,
    "VG": 39, "LI": 40, "SX": 43, "MP": 44, "AS": 47, "KN": 47, "TC": 47, "FO": 55, "GL": 56, "GG": 64, "BM": 65,
    "DM": 66, "KY": 75, "AD": 82, "IM": 84, "VI": 85, "AG": 94, "VC": 101, "JE": 104, "TO": 104, "AW": 108,
    "FM": 113, "GD": 117, "SC": 130, "KI": 135, "GU": 168, "LC": 180, "CW": 185, "WS": 218, "ST": 236,
}  # fmt: skip

_SHARE = 0.01
_ALWAYS_LIKELY = 5


def most_likely(country: str) -> int | None:
    """Return how many signatures from a country nobody wonders about: one in a hundred inhabitants, and at least five.

    ``None`` for the larger countries, where the number says nothing.
    """
    thousands = _THOUSANDS.get(country)
    return None if thousands is None else max(_ALWAYS_LIKELY, int(thousands * 1000 * _SHARE))


def small_countries() -> frozenset[str]:
    """Return the ISO 3166-1 codes of the countries for which :func:`most_likely` has an answer."""
    return frozenset(_THOUSANDS)
