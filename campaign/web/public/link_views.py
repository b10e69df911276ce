"""The pages behind the links of a mail: opening one changes nothing, only the button on it does.

Mail scanners and browsers open links in advance. A token stands in the path of pages that lead nowhere else, is in no
log, and whatever it does not open gets the same answer.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaign.appeals.closing import deletion_days, takes_confirmations
from campaign.core.errors import GoneError, UnavailableError
from campaign.signatures import (
    Answer,
    LinkPurpose,
    OwnSignature,
    change_consents,
    confirm,
    lost_link_order,
    open_link,
    order_link,
    waits_for_a_look,
    withdraw,
    withdraw_person,
)
from campaign.signatures.public_names import own_name, take_out
from campaign.web.i18n import PAGE_LOCALES, page_locale
from campaign.web.i18n import gettext as _
from campaign.web.public.own_signature import ConsentsForm, LostLinkForm, OwnPage, own_page
from campaign.web.public.views import known_appeal, public
from campaign.web.public.visitor import runtime

_Page = Callable[[str, OwnSignature], BaseResponse]


def opened_link(purpose: LinkPurpose) -> Callable[[_Page], Callable[[str], BaseResponse]]:
    """Give a route the signature that its token opens; without one it is the same page, whatever the reason."""

    def around(page: _Page) -> Callable[[str], BaseResponse]:
        @wraps(page)
        def route(token: str) -> BaseResponse:
            with runtime().reading() as session:
                own = open_link(session, token, purpose, runtime().clock.now())
            return opens_nothing() if own is None else page(token, own)

        return route

    return around


def opens_nothing() -> Response:
    """Return the page of a link without a signature."""
    sentence = _(
        "Perhaps a part of it is missing: copy the whole link from the mail. Perhaps it is too old, or the signature "
        "was withdrawn. Or you have confirmed with another of our mails: then this one is used up, and that signature "
        "counts. If you have signed, we can send you a new link."
    )
    page = render_template(
        "errors/error.html",
        code=404,
        heading=_("This link opens nothing"),
        sentence=sentence,
        next_url=url_for("public.lost_link"),
        next_text=_("Get a new link"),
    )
    return make_response(page, 404)


def own_view(token: str, own: OwnSignature) -> OwnPage:
    """Return what the pages of a link show of a signature."""
    appeal = known_appeal(own.slug).appeal
    with runtime().reading() as session:
        in_time = takes_confirmations(session, appeal, runtime().clock.now())
        held = waits_for_a_look(session, own.slug, own.id)
        last = deletion_days(session, appeal, own.edition).get(own.edition)
    is_open = runtime().standing(appeal).is_open
    return own_page(own, appeal, token, open_now=is_open, in_time=in_time, held=held, last=last)


def shown_page(template: str, **values: object) -> Response:
    """Return a page, whose other languages are the same page."""
    here, locale = request.path, page_locale()
    locales = [(code, name, f"{here}?lang={code}", code == locale) for code, name in PAGE_LOCALES.items()]
    return make_response(render_template(f"public/{template}.html", locales=locales, **values))


def led_to(endpoint: str, **values: Any) -> Response:
    """Return the way to the page after a button was pressed."""
    return Response(status=303, headers={"Location": url_for(endpoint, **values)})


@public.get("/c/<token>")
@opened_link(LinkPurpose.CONFIRM)
def confirm_page(token: str, own: OwnSignature) -> BaseResponse:
    """Show the one button, or that it has been pressed."""
    return shown_page("confirm", page=own_view(token, own))


@public.post("/c/<token>")
@opened_link(LinkPurpose.CONFIRM)
def confirmed(token: str, own: OwnSignature) -> BaseResponse:
    """Confirm the signature."""
    with runtime().saving() as session:
        answer = confirm(session, runtime().keys, runtime().shelf.get, token, runtime().clock.now())
    if answer is Answer.TOO_LATE:
        raise GoneError(
            _("%(reference)s has closed, and signatures could be confirmed for 24 hours after that. This one was not.",
              reference=known_appeal(own.slug).appeal.reference)
        )  # fmt: skip
    if answer is Answer.BEFORE:  # this link went with the signature that it belonged to
        return led_to("public.confirmed_before")
    return opens_nothing() if answer is Answer.UNKNOWN else led_to("public.confirm_page", token=token)


@public.get("/c/confirmed")
def confirmed_before() -> BaseResponse:
    """Say that somebody counts, by another signature; the address says nothing of whose."""
    return shown_page("confirmed")


@public.get("/c/<token>/not-me")
@opened_link(LinkPurpose.CONFIRM)
def not_me_page(token: str, own: OwnSignature) -> BaseResponse:
    """Show the button for somebody who has not signed."""
    return shown_page("withdraw", page=own_view(token, own), mine=False)


@public.post("/c/<token>/not-me")
@opened_link(LinkPurpose.CONFIRM)
def not_me(_token: str, own: OwnSignature) -> BaseResponse:
    """Delete a signature that somebody else made with this address, and nothing else: the owner's own may wait too."""
    return _withdrawn(own)


@public.get("/m/<token>")
@opened_link(LinkPurpose.MANAGE)
def manage(token: str, own: OwnSignature) -> BaseResponse:
    """Show the state of a signature and what can be done with it."""
    own = _as_it_stands(own)
    form = ConsentsForm(known_appeal(own.slug).appeal, own.consents)
    return shown_page("manage", page=own_view(token, own), form=form, saved=bool(request.args.get("saved")))


def _as_it_stands(own: OwnSignature) -> OwnSignature:
    """Return a signature whose consents say what a name given for the public list has agreed to since."""
    if own.consents is None or own.consents.show:
        return own
    with runtime().reading() as session:
        listed = own_name(session, runtime().keys.row_key, own.slug, own.id)
    return own if listed is None else replace(own, consents=replace(own.consents, show=True))


@public.post("/m/<token>")
@opened_link(LinkPurpose.MANAGE)
def change(token: str, own: OwnSignature) -> BaseResponse:
    """Seal the choices anew."""
    consents = ConsentsForm(known_appeal(own.slug).appeal).consents()
    key = runtime().sealing_key(own.slug)
    with runtime().saving() as session:
        there = change_consents(session, runtime().keys.row_key, key, own.slug, own.id, consents, own.own_key)
        if not consents.show:
            take_out(session, runtime().keys.row_key, own.slug, own.id)
    return led_to("public.manage", token=token, saved="1") if there else opens_nothing()


@public.get("/m/<token>/withdraw")
@opened_link(LinkPurpose.MANAGE)
def withdraw_page(token: str, own: OwnSignature) -> BaseResponse:
    """Say what goes, and show the button."""
    return shown_page("withdraw", page=own_view(token, own), mine=True)


@public.post("/m/<token>/withdraw")
@opened_link(LinkPurpose.MANAGE)
def withdrawn(_token: str, own: OwnSignature) -> BaseResponse:
    """Withdraw the signature, and whatever waits beside it."""
    return _withdrawn(own, mine=True)


def _withdrawn(own: OwnSignature, *, mine: bool = False) -> BaseResponse:
    with runtime().saving() as session:
        (withdraw_person if mine else withdraw)(session, runtime().keys.outbox_key, own.slug, own.id)
    runtime().forget()
    return led_to("public.gone")


@public.get("/m/withdrawn")
def gone() -> BaseResponse:
    """Say that a signature is gone; the address says nothing of whose."""
    return shown_page("lost_link", step="gone")


@public.get("/m")
def lost_link() -> BaseResponse:
    """Ask for the address somebody signed with."""
    return shown_page("lost_link", step="ask" if runtime().settings.sends_mail else "no-mail", form=_lost_link_form())


@public.post("/m")
def link_wanted() -> BaseResponse:
    """Put an order to send the link into the outbox: the same for an address that has signed and one that has not."""
    form = _lost_link_form()
    if not form.validate():
        return make_response(shown_page("lost_link", step="ask", form=form), form.status)
    if not runtime().settings.sends_mail:
        return led_to("public.lost_link")
    if runtime().index_keys.is_destroyed(form.appeal.data):  # it is over: there is no signature left to send a link to
        return led_to("public.link_sent")
    now = runtime().clock.now()
    order = lost_link_order(runtime().keys, form.appeal.data, form.email.data, page_locale(), now)
    try:
        with runtime().saving() as session:
            order_link(session, order, runtime().guard.salts, request.remote_addr or "", now)
    except UnavailableError:
        form.form_errors.append(_("We could not save this just now. Please try again in a minute."))
        return make_response(shown_page("lost_link", step="ask", form=form), 503)
    runtime().bell.ring()
    return led_to("public.link_sent")


@public.get("/m/sent")
def link_sent() -> BaseResponse:
    """Say that a mail is on its way, if there is anything to send."""
    return shown_page("lost_link", step="sent")


def _lost_link_form() -> LostLinkForm:
    return LostLinkForm(runtime().shelf.all())
