"""A letter as a mailto link (RFC 6068): opened in the supporter's own mail program, sent from their own address."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from campaign.letters.letter import Letter
from campaign.letters.plain import as_mail_body

# Windows and older mail programs drop a longer link without a word, some from 2,000 characters of the whole URI.
MAX_LENGTH = 1_800

# local@domain and nothing else: a comma, a semicolon or an angle bracket would add recipients (RFC 5321 dot-atoms).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


@dataclass(frozen=True)
class Mailto:
    """The link; ``complete`` is False when the text did not fit and must be pasted into the message."""

    uri: str
    complete: bool


def is_bare_address(address: str) -> bool:
    """Say whether this is one plain ``local@domain``, safe to put into a link or a header."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def mailto(letter: Letter) -> Mailto | None:
    """Return the link for a letter, or ``None`` where the addressee has no usable e-mail address.

    Measured on the whole encoded link: a Chinese character costs nine, an Arabic or Cyrillic one six. A text that
    does not fit is left out whole, never cut.
    """
    address = letter.addressee.email
    if not is_bare_address(address):
        return None
    to = f"mailto:{quote(address, safe='@')}"
    with_subject = f"{to}?subject={_encoded(_one_line(letter.subject))}"
    # RFC 6068 section 5: line breaks in a body must be written %0D%0A.
    complete = f"{with_subject}&body={_encoded(as_mail_body(letter).replace(chr(10), chr(13) + chr(10)))}"
    if len(complete) <= MAX_LENGTH:
        return Mailto(complete, complete=True)
    return Mailto(with_subject if len(with_subject) <= MAX_LENGTH else to, complete=False)


def _encoded(text: str) -> str:
    """Percent-encode everything that is not unreserved; a space is %20, for a plus sign would stay a plus sign."""
    return quote(text, safe="")


def _one_line(text: str) -> str:
    return " ".join(text.split())
