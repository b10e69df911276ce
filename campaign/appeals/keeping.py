"""How long signatures are kept at least: nothing is deleted while the last of them can still be confirmed."""

import tomllib
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from campaign.appeals.problems import Problem
from campaign.appeals.toml_lines import line_of

KEY = "keep_days_after_close"
FEWEST_DAYS = 2
"""The last day ends at its midnight, and for the 24 hours after it people still confirm what they signed then."""


def _lengthened(days: int) -> int:
    return max(days, FEWEST_DAYS)


KeptDays = Annotated[int, Field(le=730), AfterValidator(_lengthened)]
"""The days after closing; what an edition from before this rule names is read as :data:`FEWEST_DAYS`."""


def check_kept_days(file: str, text: str) -> Iterator[Problem]:
    """Yield what is wrong with the days that a new edition would name; ``text`` is valid TOML."""
    days = tomllib.loads(text).get(KEY)
    if isinstance(days, int) and days < FEWEST_DAYS:
        yield Problem(
            file,
            line_of(text, (KEY,)),
            f"“{KEY}” must be at least {FEWEST_DAYS}: the closing day counts to its end, and whoever signed on it has "
            "another 24 hours to confirm.",
        )
