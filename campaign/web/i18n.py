"""The reader's language: the one file that knows the translation library."""

from datetime import date
from functools import lru_cache

import flask_babel
from flask import Flask, request
from flask_babel import lazy_gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from campaign.letters.phrases import long_date as letter_date
from campaign.mail.message import LOCALES as MAIL_LOCALES

PAGE_LOCALES = {"en": "English", "fr": "Français"}
"""Languages the pages exist in, each in its own name; every catalogue is complete or the lint fails."""

# English dates differ by country, and a page is read in many: day, month, year, as in the documents they cite.
_DATES_AS_IN = "GB"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ug", "ur"})

__all__ = [
    "PAGE_LOCALES",
    "direction",
    "gettext",
    "init_i18n",
    "lazy_gettext",
    "long_date",
    "mail_locale",
    "ngettext",
    "page_locale",
    "wished_locale",
]


def gettext(message: str, **values: object) -> str:
    """Return the message in the reader's language; ``%(name)s`` is filled from ``values``."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """Return the message for a number in the reader's language; ``%(total)s`` is the number as it is written there."""
    return str(flask_babel.ngettext(one, many, number, total=flask_babel.format_decimal(number)))


def long_date(day: date) -> str:
    """Return a date written out in the reader's language: 21 November 2026, 1er mai 2026."""
    return letter_date(day, page_locale(), _DATES_AS_IN)


def page_locale() -> str:
    """Return the locale of this request: ``?lang=``, else the browser's wish, else English."""
    if request.query_string:
        asked = request.args.get("lang", "")
        if asked in PAGE_LOCALES:
            return asked
    return wished_locale(request.headers.get("Accept-Language", "")[:200])


def mail_locale(letters: str) -> str:
    """Return the language of a mail to who writes in ``letters``: the page's, for somebody has just read that.

    Where pages do not exist in the language of the letters but mails do, it is that one if the browser asks for it
    before any other.
    """
    if letters in PAGE_LOCALES or letters not in MAIL_LOCALES:
        return page_locale()
    first = next(iter(request.accept_languages.values()), "")
    return letters if first.partition("-")[0].lower() == letters.partition("-")[0] else page_locale()


@lru_cache(maxsize=512)
def wished_locale(accept_language: str) -> str:
    """Return the locale of a page for a browser's wish, of which the first 200 characters are read."""
    return parse_accept_header(accept_language, LanguageAccept).best_match(PAGE_LOCALES) or "en"


def direction(locale: str) -> str:
    """Return ``"rtl"`` for languages written from right to left, else ``"ltr"``."""
    return "rtl" if locale.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def init_i18n(app: Flask, translations: str) -> None:
    """Switch translations on; ``translations`` is the folder of the gettext catalogues."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = translations
    flask_babel.Babel(app, default_locale="en", locale_selector=page_locale)
    app.add_template_filter(long_date)
