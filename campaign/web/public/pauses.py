"""What the organisers have turned off for a while, said on each page with what to do instead."""

from flask import Response, make_response, render_template, request, url_for

from campaign.abuse import Switch
from campaign.core.errors import UnavailableError
from campaign.web.i18n import gettext as _
from campaign.web.public.visitor import runtime

_STATIC = frozenset(
    f"public.{name}"
    for name in ("home", "appeal", "count", "sent", "sent_json", "names", "safety", "blank_letters", "blank_file")
)
_LINKS = "/c/", "/m/"
"""What a mail leads to: whoever has signed can confirm and withdraw at any time, and each is one row by its key."""

_FORMS = frozenset({"public.sign", "public.letters_only"})
"""These show the form again with everything that was typed."""


def pause_sentence(slug: str, *, signing: bool) -> str:
    """Return why a form cannot be taken just now, or "" while it can; what was typed stays in the form."""
    guard = runtime().guard
    if guard.on(Switch.STATIC_ONLY, slug):
        return _(
            "So many people are here just now that we cannot take anything in. Keep this page open and send it again "
            "later, or print a blank letter."
        )
    if signing and runtime().usable_key(slug) is None:
        return _(
            "Nobody can sign yet: the organisers have not finished trying out the key that will lock your name away. "
            "You can write your letters already."
        )
    if signing and guard.on(Switch.PAUSE_SIGNING, slug):
        return _(
            "Signing is paused for a while. You can take only the letters with the second button, or keep this page "
            "open and sign later."
        )
    return ""


def only_static() -> Response | None:
    """Answer a request that needs more than pages which are the same for everybody, while there is nothing else."""
    if request.endpoint in _STATIC or (request.method == "POST" and request.endpoint in _FORMS):
        return None
    if request.path.startswith(_LINKS):
        return None
    slug = (request.view_args or {}).get("slug", "")
    if not runtime().guard.on(Switch.STATIC_ONLY, slug):
        return None
    page = render_template(
        "errors/error.html",
        code=503,
        heading=_("This page is paused"),
        sentence=_(
            "So many people are here just now that we only show pages. Please come back later; links from our mails "
            "keep working. A letter you can always write is the blank one: print it, sign it, post it."
        ),
        next_url=url_for("public.blank_letters", slug=slug) if slug else url_for("public.home"),
        next_text=_("Print a blank letter") if slug else _("Go to the start page"),
    )
    return make_response(page, 503)


def refuse_paused_pdfs() -> None:
    """Raise :class:`UnavailableError` while no PDFs are drawn."""
    if runtime().guard.on(Switch.PAUSE_PDFS, (request.view_args or {}).get("slug", "")):
        raise UnavailableError(
            _(
                "No PDFs are made for a while, because too many people want one at once. Go back and take your letter "
                "as text or as an e-mail: it stays there for an hour. Or print a blank letter from the page of the "
                "appeal."
            )
        )
