"""What a visitor's cookie opens: their draft for one appeal, for an hour, and nothing else."""

from urllib.parse import quote

from flask import Response, current_app, request

from campaign.core.errors import DraftGoneError
from campaign.runtime import Runtime
from campaign.signatures import DRAFT_LIFETIME, Draft, open_draft
from campaign.web.i18n import gettext as _


def runtime() -> Runtime:
    """Return the object graph of the running app."""
    found: Runtime = current_app.extensions["campaign"]
    return found


def _cookie_name() -> str:
    """Return the name of the cookie for the appeal whose address is asked for; every page with a draft lies below one.

    Each appeal has its own, so that a form filled in for one leaves the letters to another alone. It is the name that
    tells them apart and not the path: ``__Host-`` makes browsers insist on Secure, on this very host and on the path
    ``/`` (RFC 6265bis, 4.1.3.2), so it exists only over https. A folder, and so an appeal, may be called anything, but
    a cookie only what RFC 6265 calls a token; hence the percent signs.
    """
    slug: str = (request.view_args or {})["slug"]
    name = "letter-" + quote(slug, safe="")
    return f"__Host-{name}" if runtime().settings.is_https else name


def draft_token() -> str:
    """Return the key this visitor's cookie holds to their letters for the appeal of this address, or "" without one."""
    return request.cookies.get(_cookie_name(), "")


def own_draft(slug: str) -> Draft | None:
    """Return the draft of this visitor for this appeal, or None when there is none (any more)."""
    token = draft_token()
    if not token:
        return None
    with runtime().reading() as session:
        draft = open_draft(session, token, runtime().clock.now())
    return draft if draft and draft.slug == slug else None


def needed_draft(slug: str) -> Draft:
    """Return the visitor's draft, or raise :class:`DraftGoneError` with the way back."""
    draft = own_draft(slug)
    if draft is None:
        raise DraftGoneError(
            _(
                "There is no letter of yours here (any more): we keep what you typed for one hour only. "
                "Fill in the form again."
            )
        )
    return draft


def remember(response: Response, token: str) -> Response:
    """Give the visitor the only key to their draft for the appeal of this address."""
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=int(DRAFT_LIFETIME.total_seconds()),
        path="/",
        secure=runtime().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: Response) -> Response:
    """Take back the key to the draft for the appeal of this address, and no other."""
    response.delete_cookie(_cookie_name(), path="/", secure=runtime().settings.is_https, httponly=True, samesite="Lax")
    return response
