"""Mail without a mail server: shown on the terminal, so that somebody who tries the program sees what would be sent."""

from email.message import EmailMessage
from typing import TextIO

from campaign.mail.smtp import Outcome

_RULE = "-" * 72


class ConsoleTransport:
    """Prints every mail on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        """Print on ``stream``, which is a terminal: a service's journal would keep every address."""
        self._stream = stream

    def open(self) -> None:
        """Do nothing: a terminal is always there."""

    def send(self, message: EmailMessage) -> Outcome:
        """Print the text of a mail, and to whom it would go."""
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        head = f"Mail to {message['To']}: {message['Subject']}\n(printed here because there is no SMTP_URL)"
        self._stream.write(f"\n{_RULE}\n{head}\n\n{text}{_RULE}\n\n")
        self._stream.flush()
        return Outcome.TAKEN

    def close(self) -> None:
        """Do nothing."""
