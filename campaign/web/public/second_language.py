"""What the form says of the same letter in the addressee's language: why it helps, and how far it was checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from campaign.appeals.definition import Appeal, Review, Translation
from campaign.web.i18n import gettext as _
from campaign.web.i18n import long_date


@dataclass(frozen=True)
class SecondLanguage:
    """The tick on the form; it is of no use to somebody who writes in the only one of ``locales``."""

    label: str
    help: str
    locales: Sequence[str]


def second_language(appeal: Appeal, locale: str) -> SecondLanguage | None:
    """Return what the form offers in the reader's language; ``None`` without a reviewed translation to offer."""
    found = [one for one in appeal.translations if set(appeal.letter_locales) - {one.locale}]
    if not found:
        return None
    names = ", ".join(dict.fromkeys(_name(one, locale) for one in found))
    why = _(
        "An office reads its own language first, so this helps. Your letter stays the one you sign; the translation "
        "follows it and says that it is one. Your own words stay as you write them."
    )
    return SecondLanguage(
        label=_("Add the same letter in %(language)s on a second page", language=names),
        help=" ".join([why, *(_review(one, locale) for one in found)]),
        locales=[one.locale for one in found],
    )


def _name(translation: Translation, locale: str) -> str:
    language = translation.locale.partition("-")[0]
    return str(Locale.parse(locale).languages.get(language, translation.locale))


def _review(translation: Translation, locale: str) -> str:
    values = {"language": _name(translation, locale), "day": long_date(translation.reviewed)}
    return {
        Review.PROJECT: _(
            "The makers of this appeal compared the text in %(language)s with the original on %(day)s; nobody whose "
            "language it is has confirmed it yet.",
            **values,
        ),
        Review.READER: _(
            "Somebody whose language it is compared the text in %(language)s with the original on %(day)s.", **values
        ),
        Review.TRANSLATOR: _(
            "A professional translator compared the text in %(language)s with the original on %(day)s.", **values
        ),
    }[translation.review]
