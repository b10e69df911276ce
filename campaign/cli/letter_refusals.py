"""What the commands that write letters refuse, each with a sentence that says what can be done instead."""

from campaign.core.errors import CampaignError
from campaign.core.text import clean_line, clean_text
from campaign.letters.letter import MOST_ADDRESS, MOST_ADDRESS_LINES, MOST_CITY, MOST_NAME, Addressee
from campaign.letters.mailto import is_bare_address


def name_of(typed: str) -> str:
    """Return the name in one clean line, or refuse one that a letter has no room for."""
    return _held_to(MOST_NAME, "name", clean_line(typed))


def city_of(typed: str) -> str:
    """Return the town in one clean line, or refuse one that a letter has no room for."""
    return _held_to(MOST_CITY, "town", clean_line(typed))


def address_of(typed: str) -> str:
    r"""Return the street address with ``\n`` as line breaks, or refuse one that a letter has no room for."""
    address = _held_to(MOST_ADDRESS, "address", clean_text(typed.replace("\\n", "\n")))
    if address.count("\n") >= MOST_ADDRESS_LINES:
        raise CampaignError(f"Please keep the address to {MOST_ADDRESS_LINES} lines.")
    return address


def no_way(missing: str, addressee: Addressee) -> CampaignError:
    """Return the refusal of a way for which ``missing`` is not known, naming one by which the letter can leave."""
    if addressee.postable:
        instead = "; write a PDF and post it."
    elif is_bare_address(addressee.email):
        instead = "; write an .eml or .txt instead."
    elif addressee.fax:
        instead = "; fax it with --layout fax."
    else:
        instead = ", nor any other way to send it; choose another embassy with --embassy."
    return CampaignError(f"No {missing} is known for this recipient{instead}")


def _held_to(most: int, what: str, text: str) -> str:
    if len(text) > most:
        raise CampaignError(f"The {what} is {len(text):,} characters long; please keep it to {most:,}.")
    return text
