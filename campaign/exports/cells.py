"""A cell that stays text, whatever someone typed as their name.

Spreadsheet programs run a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, also in their full-width
forms and behind spaces. An apostrophe in front makes it text again (OWASP ASVS 5.0, 1.2.10). Where the list separator
is the semicolon, the programs also cut cells at one inside our comma-separated ones, so what follows it is treated the
same.
"""

import re

# \s has every space of Unicode; the others are as good as invisible at the start of a cell.
_INVISIBLE = r"[\s\x00\u200b-\u200f\u2060\ufeff]*"
_FORMULA = re.compile(rf"(?:^|(?<=;))(?={_INVISIBLE}[=+\-@＝＋－＠])")
_ODD_START = ("\t", "\r", "\n", "\x00")


def text_cell(value: str) -> str:
    """Return the value so that no spreadsheet program takes it, or a part of it, for a formula."""
    safe = _FORMULA.sub("'", value)
    return "'" + safe if safe.startswith(_ODD_START) else safe
