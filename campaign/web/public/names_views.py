"""The public list of names: for everybody to read, and behind the links of a mail for whoever wants to stand in it."""

from collections.abc import Callable
from functools import wraps

from flask import Response, current_app, make_response, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.fields import Label
from wtforms.validators import ValidationError

from campaign.appeals.definition import Appeal, in_locale
from campaign.core.clock import today
from campaign.core.errors import NotFoundError, UnavailableError
from campaign.core.text import has_letter
from campaign.signatures import LinkPurpose, OwnSignature
from campaign.signatures.public_names import (
    MOST_SHOWN,
    ListedName,
    NameState,
    names_of_day,
    own_name,
    put_name,
    take_out,
)
from campaign.signatures.public_tables import LONGEST_NAME
from campaign.web.headers import cacheable
from campaign.web.i18n import gettext as _
from campaign.web.i18n import lazy_gettext as _l
from campaign.web.i18n import page_locale
from campaign.web.public.form_rules import Consent, TextForm, at_most, line
from campaign.web.public.link_views import led_to, opened_link, own_view, shown_page
from campaign.web.public.views import known_appeal, public
from campaign.web.public.visitor import runtime

_SHARED_SECONDS = 60


class NameForm(FlaskForm):  # type: ignore[misc]
    """The name to show, and the consent to show it: nothing is filled in for anybody."""

    class Meta(TextForm):
        """How the library builds this form."""

    shown_name = StringField(
        _l("Name to show"),
        description=_l("It need not be the name you signed with. A first name, initials or a pseudonym will do."),
        filters=[line],
        render_kw={"autocomplete": "off", "maxlength": str(LONGEST_NAME), "spellcheck": "false"},
    )
    agreed = Consent()

    def __init__(self, appeal: Appeal | None = None) -> None:
        """Ask for the list of one appeal; without one, while nobody can say which it is."""
        super().__init__()
        asked = _("Show this name in the public list. Everybody can read it there, also those we write to.")
        if appeal:
            asked = _(
                "Show this name in the public list of %(reference)s. "
                "Everybody can read it there, also those we write to.",
                reference=appeal.reference,
            )
        self.agreed.label = Label("agreed", asked)

    def validate_shown_name(self, field: StringField) -> None:
        """Require something that can be a name, and no address of any kind."""
        at_most(field.data, LONGEST_NAME)
        if not has_letter(field.data) or "@" in field.data or "://" in field.data:
            raise ValidationError(_("Write a name with at least one letter, and no e-mail or web address."))

    def validate_agreed(self, field: Consent) -> None:
        """Require the tick: a name that was typed by mistake goes nowhere."""
        if not field.data:
            raise ValidationError(_("Tick this box if the name may be shown."))


@public.get("/<slug>/names")
def names(slug: str) -> Response:
    """Show the public list: the same page for everybody, without a cookie, and in another order every day."""
    appeal = known_appeal(slug).appeal
    with runtime().reading() as session:
        listed = names_of_day(session, slug, today(runtime().clock))
    if not listed:
        raise NotFoundError(_("There is no list of names for this appeal."))
    title = in_locale(appeal.title, page_locale())
    page = render_template("public/names.html", appeal=appeal, title=title, names=listed, most=MOST_SHOWN)
    response = cacheable(make_response(page), _SHARED_SECONDS)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _keeping_the_name(
    purpose: LinkPurpose,
) -> Callable[[Callable[[str], BaseResponse]], Callable[[str], BaseResponse]]:
    """Give a route that takes a name the page to send it once more, when the form's token or the database is away.

    The page says the same of every link, since none was opened. A button, which holds nothing typed, gets the usual
    page for an error.
    """

    def around(taken: Callable[[str], BaseResponse]) -> Callable[[str], BaseResponse]:
        @wraps(taken)
        def route(token: str) -> BaseResponse:
            try:
                current_app.extensions["csrf"].protect()
                return taken(token)
            except (CSRFError, UnavailableError) as error:
                if "shown_name" not in request.form:
                    raise
                return _once_more(token, purpose, lost_token=isinstance(error, CSRFError))

        return route

    return around


def _once_more(token: str, purpose: LinkPurpose, *, lost_token: bool) -> Response:
    form = NameForm()
    form.validate()
    if lost_token:
        form.csrf_token.errors = [
            _("The form had been open for long, or your browser blocks cookies. Please send it once more.")
        ]
    else:
        form.form_errors.append(_("We could not save this just now. Please try again in a minute."))
    return make_response(_page(token, purpose, form), 400 if lost_token else 503)


@public.get("/c/<token>/name")
@opened_link(LinkPurpose.CONFIRM)
def name_after_confirming(token: str, own: OwnSignature) -> BaseResponse:
    """Ask whoever has just confirmed for a name to show."""
    return _asked(token, own, LinkPurpose.CONFIRM)


@public.post("/c/<token>/name")
@_keeping_the_name(LinkPurpose.CONFIRM)
@opened_link(LinkPurpose.CONFIRM)
def name_given_after_confirming(token: str, own: OwnSignature) -> BaseResponse:
    """Keep the name, or take it out."""
    return _answered(token, own, LinkPurpose.CONFIRM)


@public.get("/m/<token>/name")
@opened_link(LinkPurpose.MANAGE)
def own_public_name(token: str, own: OwnSignature) -> BaseResponse:
    """Show the name that belongs to a signature, and ask for another one."""
    return _asked(token, own, LinkPurpose.MANAGE)


@public.post("/m/<token>/name")
@_keeping_the_name(LinkPurpose.MANAGE)
@opened_link(LinkPurpose.MANAGE)
def own_public_name_given(token: str, own: OwnSignature) -> BaseResponse:
    """Keep the name, or take it out."""
    return _answered(token, own, LinkPurpose.MANAGE)


_PAGES = {LinkPurpose.CONFIRM: "public.name_after_confirming", LinkPurpose.MANAGE: "public.own_public_name"}
_BACK = {LinkPurpose.CONFIRM: "public.confirm_page", LinkPurpose.MANAGE: "public.manage"}


def _asked(token: str, own: OwnSignature, purpose: LinkPurpose, form: NameForm | None = None) -> Response:
    with runtime().reading() as session:
        listed = own_name(session, runtime().keys.row_key, own.slug, own.id)
    form = form or NameForm(known_appeal(own.slug).appeal)
    return _page(token, purpose, form, page=own_view(token, own), listed=listed, became=_became(listed))


def _page(token: str, purpose: LinkPurpose, form: NameForm, **known: object) -> Response:
    """Return the page of the form, with what is ``known`` of the signature if its link was opened."""
    return shown_page("name", token=token, form=form, here=_PAGES[purpose], back=_BACK[purpose], **known)


def _answered(token: str, own: OwnSignature, purpose: LinkPurpose) -> BaseResponse:
    key = runtime().keys.row_key
    if "take_out" in request.form:
        with runtime().saving() as session:
            take_out(session, key, own.slug, own.id)
        runtime().forget()
        return led_to(_PAGES[purpose], token=token)
    form = NameForm(known_appeal(own.slug).appeal)
    if not form.validate():
        return make_response(_asked(token, own, purpose, form), 422)
    with runtime().saving() as session:
        put_name(session, key, own.slug, own.id, form.shown_name.data)
    return led_to(_PAGES[purpose], token=token)


def _became(listed: ListedName | None) -> str:
    """Return what has become of somebody's name, in a sentence."""
    if listed is None:
        return ""
    return {
        NameState.WAITING: _("It waits until the organisers have looked at it."),
        NameState.APPROVED: _("It will appear together with others, so that nobody can tell when you gave it."),
        NameState.SHOWN: _("It stands in the public list."),
        NameState.REFUSED: _("The organisers do not show the name you gave. You can give another one."),
    }[listed.state]
