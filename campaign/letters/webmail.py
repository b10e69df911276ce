"""A letter as a link that opens somebody else's webmail, and the parts from which a browser builds such a link again.

The compose addresses of Gmail, Outlook and Yahoo are not documented and may change. All three carry the text in the
address, so that it reaches the company's servers before anybody presses “send”: pages say so beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from campaign.letters.letter import Letter
from campaign.letters.mailto import MAX_LENGTH, is_bare_address, linked_text


@dataclass(frozen=True)
class MailLink:
    """A link that opens a message: everything up to the text, how the text is written into it, and how much fits.

    ``before`` ends where the encoded text begins, and the text is percent-encoded ``rounds`` times (a link inside a
    link needs two). ``short`` fills in the address and the subject only. ``limit`` is the longest link that is safe,
    in characters of the whole encoded link.
    """

    service: str
    before: str
    short: str
    limit: int
    rounds: int
    body: str

    @property
    def complete(self) -> bool:
        """Whether the whole text fits; otherwise it has to be pasted."""
        return len(self._whole()) <= self.limit

    @property
    def url(self) -> str:
        """The link: with the whole text or with none of it, never with a part."""
        return self._whole() if self.complete else self.short

    def _whole(self) -> str:
        encoded = self.body.replace("\n", "\r\n")
        for _ in range(self.rounds):
            encoded = _encoded(encoded)
        return self.before + encoded


# Measured or reported limits: Gmail answers 400 from about 8,000 characters and some routes stop at 4,096; Outlook
# took 8,000 and refused 31,145; of Yahoo nobody has published one, so it gets what every mail program takes.
_LIMITS: Mapping[str, int] = {"Gmail": 4_000, "Outlook": 8_000, "Yahoo": MAX_LENGTH}


def mail_link(letter: Letter) -> MailLink | None:
    """Return the parts of the letter's mailto link (RFC 6068), or ``None`` without a usable address.

    The finished link is the one of :func:`campaign.letters.mailto.mailto`; a page needs the parts to build it again
    when the text was edited.
    """
    to = letter.addressee.email
    if not is_bare_address(to):
        return None
    short = f"mailto:{quote(to, safe='@')}?subject={_subject(letter)}"
    if len(short) > MAX_LENGTH:
        short = short.partition("?")[0]
    before = f"mailto:{quote(to, safe='@')}?subject={_subject(letter)}&body="
    return MailLink("mailto", before, short, MAX_LENGTH, 1, linked_text(letter))


def webmail_links(letter: Letter) -> tuple[MailLink, ...]:
    """Return the links for Gmail, Outlook and Yahoo; none without a usable address."""
    mail = mail_link(letter)
    if mail is None:
        return ()
    to, subject = _encoded(letter.addressee.email), _subject(letter)
    gmail = f"https://mail.google.com/mail/?view=cm&to={to}&su={subject}"
    yahoo = f"https://compose.mail.yahoo.com/?to={to}&subject={subject}"
    # Outlook reads a plus sign in its own fields as a space; a whole mailto link it takes as it is.
    outlook = "https://outlook.live.com/mail/0/deeplink/compose?mailtouri="
    return (
        MailLink("Gmail", f"{gmail}&body=", gmail, _LIMITS["Gmail"], 1, mail.body),
        MailLink(
            "Outlook", outlook + _encoded(mail.before), outlook + _encoded(mail.short), _LIMITS["Outlook"], 2, mail.body
        ),
        MailLink("Yahoo", f"{yahoo}&body=", yahoo, _LIMITS["Yahoo"], 1, mail.body),
    )


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _subject(letter: Letter) -> str:
    return _encoded(" ".join(letter.subject.split()))
