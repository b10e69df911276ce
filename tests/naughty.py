"""Strings that have broken programs before: the published list, and what breaks programs of our kind."""

import json
from pathlib import Path
from urllib.parse import quote_plus

LISTED: tuple[str, ...] = tuple(
    json.loads((Path(__file__).parent / "data" / "naughty-strings.json").read_text(encoding="utf-8"))
)
"""The Big List of Naughty Strings, 461 of them, MIT; data/naughty-strings.LICENSE.txt has its licence."""

OWN: tuple[str, ...] = (
    "\x00", "Ay\x00gül", "\x1b[31mred\x1b[0m", "\x7f\x80\x9f", "\r\n\r\n", "a\rb\u2028c\u2029d\x85e",
    "\t \u00a0\u3000",
    "\ud800", "Ay\udcffgül", "\udbff\udfff\udc00", "\ufffe\uffff\U0010ffff", "\ue000\U000f0000",
    "Ay\u202egül\u2066\u2069", "\u200e\u200f\u061c\u202a\u202b\u202c", "\u2068محمد\u2069", "\u200b\ufeff\u00ad\u2060",
    "\u115f\u1160\u3164\uffa0\u2800", "Aygül\U000e0041\U000e0042\U000e007f",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "Z" + "\u0300" * 5_000 + "algo", "བ" + "\u0f71" * 500, "ก" + "\u0e34" * 500, "e\u0301" * 400,
    "\u0344\u0fb3" * 300,
    "=cmd()|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "＝1＋1", '=HYPERLINK("http://127.0.0.1","x")', '";=1;"',
    "((name)) ((city))", "(((name)))", "((", "))((", "{{7*7}}", "{% raw %}{{", "${7*7}", "#{7*7}", "%(name)s",
    "{0.__class__}",
    "a@example.org\r\nBcc: other@example.org", "a@example.org%0d%0aBcc:other@example.org", "&bcc=other@example.org",
    "?subject=x&to=other@example.org", "#fragment", "%", "%%%00%ff%C0%80", 'a;b,c<d>e"f', '"@example.org',
    "x@[127.0.0.1]",
    "<script>alert(1)</script>", "]]>--><!--&amp;&#0;&#xD800;\"'", "<svg/onload=alert(1)>",
    "</textarea><input name=consent_show value=y>",
    "javascript:alert(1)", "file:///etc/passwd", "//evil.example/", "https://evil.example/",
    "../../../../etc/passwd", "..\\..\\x",
    "true", "on", "y", "None", "[]", "{}", "[object Object]", "-0", "9" * 400, "1e999", "NaN", "٣", "Ⅷ", "²",
    "ß" * 100, "İ" * 100, "ﬃ" * 100, "ﷺ" * 100, "\u1e9e", "x" * 101, "x" * 1_001, "x" * 60_000, "\n" * 30_000,
    "A B " * 10_000, "a\n" * 10_000,
)  # fmt: skip
"""Our own: controls, halves of characters, direction, towers of marks, formulas, templates, mail headers, sizes."""

NAUGHTY = LISTED + OWN


def encoded(fields: dict[str, str | list[str]]) -> bytes:
    """Return the body of a form as a rude client would send it: halves of characters are bytes like all others."""
    pairs = [(name, one) for name, value in fields.items() for one in ([value] if isinstance(value, str) else value)]
    return "&".join(f"{name}={quote_plus(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs).encode()
