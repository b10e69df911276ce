"""A letter as an e-mail draft file (RFC 5322): for text of any length and any script."""

from email.message import EmailMessage
from email.policy import SMTP

from campaign.letters.letter import Letter
from campaign.letters.mailto import is_bare_address
from campaign.letters.plain import as_mail_body


def eml(letter: Letter) -> bytes:
    """Return the draft: ``X-Unsent: 1`` makes classic Outlook and Thunderbird open it for editing.

    No From, Date or Message-ID: the supporter's mail program sets them when it sends. Lines end with CRLF; equal
    letters give equal bytes.
    """
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    if is_bare_address(letter.addressee.email):
        message["To"] = letter.addressee.email
    message["Subject"] = " ".join(letter.subject.split())  # one line, whatever it holds: a header ends at a break
    message.set_content(as_mail_body(letter))
    return message.as_bytes()
