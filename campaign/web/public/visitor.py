"""What one visitor's cookie opens: their draft, for an hour, and nothing else."""

from flask import Response, current_app, request

from campaign.core.errors import GoneError
from campaign.runtime import Runtime
from campaign.signatures import DRAFT_LIFETIME, Draft, open_draft
from campaign.web.i18n import gettext as _


def runtime() -> Runtime:
    """Return the object graph of the running app."""
    found: Runtime = current_app.extensions["campaign"]
    return found


def _cookie_name() -> str:
    # __Host- makes browsers insist on Secure and on this very host, so it exists only over https.
    return "__Host-letter" if runtime().settings.is_https else "letter"


def draft_token() -> str:
    """Return the key this visitor's cookie holds, or "" without one."""
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
    """Return the visitor's draft, or raise :class:`GoneError` with the way back."""
    draft = own_draft(slug)
    if draft is None:
        raise GoneError(
            _(
                "There is no letter of yours here (any more): we keep what you typed for one hour only. "
                "Fill in the form again."
            )
        )
    return draft


def remember(response: Response, token: str) -> Response:
    """Give the visitor the only key to their draft."""
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
    """Take the key back."""
    response.delete_cookie(_cookie_name(), path="/", secure=runtime().settings.is_https, httponly=True, samesite="Lax")
    return response
