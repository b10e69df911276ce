"""What became of the messages of one round of the post, and what of it stands in the log."""

import logging
from dataclasses import dataclass

from campaign.mail.outbox import GAVE_UP

_log = logging.getLogger(__name__)


@dataclass
class Round:
    """What became of the messages of one round, as numbers."""

    taken: int = 0
    refused: int = 0
    later: int = 0
    dropped: int = 0
    unreadable: int = 0
    given_up: int = 0
    stranded: int = 0
    """Those that wait for a mail server where this process knows of none."""

    def tell(self) -> None:
        """Log what somebody should look at; what went well leaves no trace of when it did."""
        if self.given_up:
            _log.error(GAVE_UP, self.given_up)
        if self.stranded:
            _log.error("mail: %d messages wait for a mail server, and there is no SMTP_URL here", self.stranded)
        if self.refused:
            _log.warning("mail: %d messages were refused for good, as mailboxes that do not exist are", self.refused)
        if self.unreadable:
            _log.error("mail: %d messages do not open; is OUTBOX_KEY the one they were written with?", self.unreadable)
