"""What a letter abroad needs on its envelope, by the country it is posted in: dated text that people maintain."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.core.errors import CampaignError
from campaign.recipients.countries import is_country

POSTAGE_FILE = "postage.toml"
_DATED = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True)
class PostageHint:
    """One text for people who post a letter in ``country``.

    ``locale`` is the language of the text, English where the asked one is missing. ``as_of`` is the year, month or day
    of the source, as in ISO 8601 (``2022``, ``2024-11``), or ``""`` when it has no date. ``general`` texts hold
    anywhere and are shown where a country has none of its own.
    """

    country: str
    locale: str
    text: str
    source: str
    as_of: str
    general: bool


def hint_for(country: str, locale: str, path: Path) -> PostageHint | None:
    """Return the hint for letters posted in ``country``, from the TOML file at ``path``.

    ``None`` for what is no country, and when the file is missing or has no general text. A file that is wrong is a
    :class:`CampaignError` that says where.
    """
    if not is_country(country):
        return None
    table = _table(path)
    own = table.get("countries", {}).get(country)
    entry = own or table.get("other")
    if entry is None:
        return None
    texts = entry["text"]
    chosen = next((one for one in (locale, locale.partition("-")[0]) if one in texts), "en")
    return PostageHint(country, chosen, texts[chosen], entry["source"], entry.get("as_of", ""), general=own is None)


def _table(path: Path) -> Mapping[str, Any]:
    """Read and check the file; it is small, and read anew so that a correction shows at once."""
    if not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CampaignError(f"{path} cannot be read: {error}.") from None
    entries = {f"countries.{code}": entry for code, entry in table.get("countries", {}).items()}
    unknown = next((name for name in entries if not is_country(name.removeprefix("countries."))), "")
    if unknown:
        raise CampaignError(f"{path}: [{unknown}] is not a country code of two capital letters.")
    if "other" in table:
        entries["other"] = table["other"]
    for name, entry in entries.items():
        _check(path, name, entry)
    return table


def _check(path: Path, name: str, entry: Any) -> None:
    texts = entry.get("text") if isinstance(entry, dict) else None
    if not isinstance(texts, dict) or not texts.get("en") or not all(isinstance(text, str) for text in texts.values()):
        raise CampaignError(f"{path}: [{name}] needs a text in English: text.en.")
    if not entry.get("source"):
        raise CampaignError(f"{path}: [{name}] needs its source.")
    as_of = entry.get("as_of", "")
    if as_of and not (isinstance(as_of, str) and _DATED.fullmatch(as_of)):
        raise CampaignError(f"{path}: [{name}] as_of must be a year, month or day in quotes, such as “2024-11”.")
