"""Failures the people who use the tool may meet, each with a sentence that says what to do."""


class CampaignError(Exception):
    """Something the caller can be told about; ``str(error)`` is a whole sentence for a person."""


class NotFoundError(CampaignError):
    """There is nothing under that name."""


class GoneError(CampaignError):
    """It was here and is not any more: an expired draft, a closed appeal."""


class DraftGoneError(GoneError):
    """What this visitor typed is not here any more; the form it was typed in may be filled in again."""


class NotYetError(GoneError):
    """It is not here yet: an appeal that opens on a later day. Nobody can sign it, as little as one that is over."""


class RefusedError(CampaignError):
    """The request was understood and will not be done; the sentence says why."""


class UnavailableError(CampaignError):
    """It cannot be done just now; trying again later may help."""


DATABASE_AWAY = "The database does not answer just now. Please try again in a minute."
"""What people are told while the database is away; pages say it in the reader's language."""
