"""Every failure is a page that says what to do next, with the right status."""

import logging
import traceback
from types import TracebackType

from flask import Flask, current_app, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from campaign.core.errors import (
    DATABASE_AWAY,
    CampaignError,
    DraftGoneError,
    GoneError,
    NotFoundError,
    NotYetError,
    RefusedError,
    UnavailableError,
)
from campaign.signatures.amending import TOO_MANY_CHANGES
from campaign.signatures.journal import CANNOT_CHANGE, CANNOT_ERASE
from campaign.web.i18n import gettext as _

_ExcInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]
_log = logging.getLogger(__name__)
_STATUS: tuple[tuple[type[CampaignError], int], ...] = (
    (NotFoundError, 404),
    (GoneError, 410),
    (RefusedError, 403),
    (UnavailableError, 503),
)


def _words(code: int) -> tuple[str, str]:
    """Return heading and sentence for a status."""
    return {
        400: (_("We could not read that"), _("Go back, reload the page and send the form again.")),
        403: (_("That is not allowed"), _("Go back to the start page and try from there.")),
        404: (_("There is no such page"), _("Check the address, or start from the front page.")),
        405: (_("That is not how this page works"), _("Go back and use the buttons on the page.")),
        410: (_("This is no longer here"), _("Start again from the front page.")),
        413: (_("That was too much at once"), _("Go back, shorten your text to 1,000 characters and send it again.")),
        422: (_("Something is missing or not right"), _("Go back and look at the fields again.")),
        429: (
            _("Too many requests at once"),
            _("Wait a minute, then try again. What you typed is still in your browser."),
        ),
        503: (_("We cannot do this just now"), _("Please try again in a minute.")),
    }.get(code, (_("Something went wrong here"), _("It is our fault, not yours. Please try again in a minute.")))


def in_readers_words(sentence: str) -> str:
    """Return what a room without languages has said in the reader's; pages have translated what they say themselves."""
    return {
        DATABASE_AWAY: _("The database does not answer just now. Please try again in a minute."),
        CANNOT_ERASE: _(
            "Nothing can be erased just now: the list of what was erased cannot be written. Please try again later."
        ),
        CANNOT_CHANGE: _(
            "Nothing can be changed just now: the list that keeps it when a backup comes back cannot be written. "
            "Please try again later."
        ),
        TOO_MANY_CHANGES: _("These choices have been changed too often. Write to the organisers."),
    }.get(sentence, sentence)


def error_page(
    code: int, sentence: str = "", heading: str = "", *, same_page: bool = False, to_form: bool = False
) -> tuple[str, int]:
    """Return the page and the status; ``sentence`` replaces the general advice.

    With ``same_page`` the way on leads to the page itself, where it can be opened: to another one with a good form.
    With ``to_form`` it leads to the form of the appeal whose address was asked for.
    """
    usual_heading, advice = _words(code)
    adapter = current_app.create_url_adapter(request) if same_page else None
    again = adapter is not None and adapter.test(request.path, "GET")
    if again:
        next_url, next_text = request.path, _("Open the page again")
    elif to_form:
        next_url, next_text = url_for("public.sign", slug=(request.view_args or {})["slug"]), _("Write your letters")
    else:
        next_url, next_text = _next_url(), _("Go to the start page")
    page = render_template(
        "errors/error.html",
        code=code,
        heading=heading or usual_heading,
        sentence=sentence or advice,
        next_url=next_url,
        next_text=next_text,
    )
    return page, code


def _next_url() -> str:
    """Return the appeal's page when the address names one, else the front page."""
    slug = (request.view_args or {}).get("slug")
    if slug and _is_here(slug):
        return url_for("public.appeal", slug=slug)
    return url_for("public.home")


def _is_here(slug: str) -> bool:
    """Return whether an appeal has a page to go on to, as far as that can be told just now."""
    try:
        return current_app.extensions["campaign"].shelf.get(slug) is not None
    except Exception:  # noqa: BLE001 - often this very question failed before: asked again, nobody would see any page
        return False


class DiscreetFlask(Flask):
    """Flask that logs a failure by its type and places only: the message could carry what somebody typed."""

    def log_exception(self, exc_info: _ExcInfo) -> None:
        """Log what broke and where, and neither the address nor the message."""
        kind, _error, places = exc_info
        name = kind.__name__ if kind else "failure"
        _log.error("unhandled %s in %s\n%s", name, request.endpoint, "".join(traceback.format_tb(places)))


def init_errors(app: Flask) -> None:
    """Register one handler per kind of failure."""

    @app.errorhandler(CampaignError)
    def campaign_error(error: CampaignError) -> tuple[str, int]:
        code = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
        heading = _("This is not open yet") if isinstance(error, NotYetError) else ""
        return error_page(code, in_readers_words(str(error)), heading, to_form=isinstance(error, DraftGoneError))

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> tuple[str, int]:
        sentence = _("The page had lost its protection against forged forms. Reload it and send it again.")
        return error_page(400, sentence, same_page=True)

    @app.errorhandler(SecurityError)
    def untrusted_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
        # A page needs addresses, and there are none for a host that is not ours.
        return "This is not the address of this site.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int, list[tuple[str, str]]]:
        # What the page cannot say to a program: the methods allowed (RFC 9110, 15.5.6), and when to try again.
        known = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
        return *error_page(error.code or 500), known

    @app.errorhandler(InternalServerError)
    def internal_error(_error: InternalServerError) -> tuple[str, int]:
        return error_page(500)
