"""A letter as a mailto link (RFC 6068): opened in the supporter's own mail program, sent from their own address."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from campaign.letters.letter import Letter
from campaign.letters.plain import as_mail_body, untranslated

# Windows and older mail programs drop a longer link without a word, some from 2,000 characters of the whole URI.
MAX_LENGTH = 1_800

# local@domain and nothing else: a comma, a semicolon or an angle bracket would add recipients (RFC 5321 dot-atoms).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


@dataclass(frozen=True)
class Mailto:
    """The link; ``complete`` is False when the text did not fit and must be pasted into the message.

    ``translated`` is False when the letter has a translation that is not in the link.
    """

    uri: str
    complete: bool
    translated: bool = True


def is_bare_address(address: str) -> bool:
    """Say whether this is one plain ``local@domain``, safe to put into a link or a header."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def mailto(letter: Letter) -> Mailto | None:
    """Return the link for a letter, or ``None`` where the addressee has no usable e-mail address.

    Measured on the whole encoded link: a Chinese character costs nine, an Arabic or Cyrillic one six. A text that
    does not fit is left out whole, never cut; a translation goes first.
    """
    address = letter.addressee.email
    if not is_bare_address(address):
        return None
    to = f"mailto:{quote(address, safe='@')}"
    with_subject = f"{to}?subject={_encoded(_one_line(letter.subject))}"
    text = linked_text(letter)
    complete = with_subject + _body(text)
    translated = letter.translation is None or text == as_mail_body(letter)
    if len(complete) <= MAX_LENGTH:
        return Mailto(complete, complete=True, translated=translated)
    short = with_subject if len(with_subject) <= MAX_LENGTH else to
    return Mailto(short, complete=False, translated=translated)


def linked_text(letter: Letter) -> str:
    """Return the text that links to a mail program carry: with the translation where both fit, else without it."""
    text = as_mail_body(letter)
    to = letter.addressee.email
    if letter.translation is None or not is_bare_address(to):
        return text
    start = f"mailto:{quote(to, safe='@')}?subject={_encoded(_one_line(letter.subject))}"
    return text if len(start + _body(text)) <= MAX_LENGTH else as_mail_body(untranslated(letter))


def _body(text: str) -> str:
    # RFC 6068 section 5: line breaks in a body must be written %0D%0A.
    return f"&body={_encoded(text.replace(chr(10), chr(13) + chr(10)))}"


def _encoded(text: str) -> str:
    """Percent-encode everything that is not unreserved; a space is %20, for a plus sign would stay a plus sign."""
    return quote(text, safe="")


def _one_line(text: str) -> str:
    return " ".join(text.split())
