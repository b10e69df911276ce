"""Putting a supporter's values where ``((name))`` stands: one regular expression, one pass, nothing evaluated.

The grammar and its vocabulary belong to the pack (:mod:`campaign.appeals.placeholders`). A value is never looked at
again once it is in, so a name that itself reads ``((city))`` or ``{{7*7}}`` stays exactly that.
"""

import re
from collections.abc import Mapping

from campaign.appeals.placeholders import PLACEHOLDER


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each placeholder replaced by its value; one without a value stays as it is written."""

    def value_of(match: re.Match[str]) -> str:
        return values.get(match.group(1), match.group(0))

    return PLACEHOLDER.sub(value_of, text)
