"""What the page of finished letters says about the post: stamps, labels, one's own address, a second page."""

import logging
from datetime import date

from babel.dates import format_skeleton

from campaign.appeals.checks import MAX_WORDS, count_words
from campaign.core.errors import CampaignError
from campaign.letters import as_mail_body
from campaign.letters.envelopes import LABELS, LabelSheet, labels_for
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.plain import untranslated
from campaign.recipients.address import PostalAddress
from campaign.recipients.countries import country_name
from campaign.recipients.postage import POSTAGE_FILE, PostageHint, hint_for
from campaign.runtime import Runtime
from campaign.web.i18n import gettext as _
from campaign.web.i18n import long_date, page_locale
from campaign.web.public.pages import LabelSheetView

_log = logging.getLogger(__name__)


def postage_hint(runtime: Runtime, country: str, locale: str) -> PostageHint | None:
    """Return what is known about stamps in a country, ``None`` where that is nothing."""
    try:
        return hint_for(country, locale, runtime.settings.letters_dir / "directory" / POSTAGE_FILE)
    except CampaignError:  # a slip in a file of hints is the organisers' to mend; the letters are good without them
        _log.warning("the postage hints cannot be read")
        return None


def dated(as_of: str) -> str:
    """Return a year, month or day of ISO 8601 ("2022", "2024-11") as the reader's language writes it."""
    numbers = [int(part) for part in as_of.split("-") if part]
    if len(numbers) < 2:
        return as_of
    if len(numbers) == 2:
        return str(format_skeleton("yMMMM", date(numbers[0], numbers[1], 1), locale=page_locale()))
    return long_date(date(*numbers))


def label_sheets(country: str) -> list[LabelSheetView]:
    """Return the sheets of labels we print, the one that is usual in a country marked."""
    usual = labels_for(country)
    words = {
        LabelSheet.L7160: _("A4 with %(places)d labels (L7160)", places=LABELS[LabelSheet.L7160].places),
        LabelSheet.US5160: _("US Letter with %(places)d labels (5160)", places=LABELS[LabelSheet.US5160].places),
    }
    return [LabelSheetView(sheet.value, label, LABELS[sheet].places, sheet is usual) for sheet, label in words.items()]


def own_address_doubt(values: LetterValues, locale: str) -> str:
    """Say that the supporter's street address ends with another country than they chose, "" where it does not."""
    typed = "" if values.without_name else PostalAddress(values.address).country
    if not typed or typed == values.country:
        return ""
    return _(
        "Your address ends with another country than the one you chose, %(country)s. Both stand in your letters.",
        country=country_name(values.country, locale),
    )


def length_doubt(letter: Letter) -> str:
    """Say that a letter is longer than a page at the usual size ever holds, "" where only drawing it would tell."""
    if count_words(as_mail_body(untranslated(letter))) <= MAX_WORDS:
        return ""
    return _("This letter is long: on paper it is set in smaller type, or takes a second page.")
