"""The three consents, each a whole sentence of its own; the version says which wording was agreed to."""

from campaign.appeals.definition import Appeal, in_locale
from campaign.web.i18n import gettext as _

CONSENT_VERSION = "2"
"""Raise it whenever a sentence below changes its meaning: it is sealed into every signature."""


def consent_sentences(appeal: Appeal, locale: str) -> dict[str, str]:
    """Return the sentence for each consent field, in the reader's language."""
    # Nothing is handed to an optional recipient: the sentence warns of those whom everybody writes to.
    addressees = _list([in_locale(one.title, locale) for one in appeal.recipients if not one.optional])
    return {
        "consent_count": _(
            "Count my signature under %(reference)s. The organisers keep my name, e-mail address, country, town and "
            "language locked until the appeal is over, to count each person once and to answer questions about it.",
            reference=appeal.reference,
        ),
        "consent_show": _(
            "A name that I choose may stand in the public list of people who signed. I am asked for it once I have "
            "confirmed by e-mail, the organisers look at it first, and I can take it out at any time."
        ),
        "consent_handover": _(
            "Hand my name and country to those we write to: %(addressees)s. They are authorities of the state this "
            "appeal is about; I know that they may keep my name and use it against me or people close to me.",
            addressees=addressees,
        ),
    }


def _list(items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s", first=", ".join(items[:-1]), last=items[-1])
