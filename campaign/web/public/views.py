"""The pages before signing, and the signature itself."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaign.abuse import FREE, CrowdedError, ProofNeededError, Switch
from campaign.appeals.editions import Published
from campaign.appeals.state import State
from campaign.core.clock import today
from campaign.core.errors import GoneError, NotFoundError, NotYetError, UnavailableError
from campaign.signatures import (
    Admission,
    Circumstances,
    Draft,
    SealedDraft,
    SealedSignature,
    seal_draft,
    seal_signature,
)
from campaign.web.headers import cacheable
from campaign.web.i18n import gettext as _
from campaign.web.i18n import mail_locale, page_locale
from campaign.web.public.appeal_page import appeal_card, appeal_page, refusal_sentence, sign_page
from campaign.web.public.arrival import arrival_of
from campaign.web.public.forms import NOTHING_WRONG, SignForm
from campaign.web.public.letter_room import letter_rooms
from campaign.web.public.offers import Offer, offer_of
from campaign.web.public.pauses import only_static, pause_sentence
from campaign.web.public.typed import Typed, complaints, lost_token
from campaign.web.public.visitor import draft_token, own_draft, remember, runtime

public = Blueprint("public", __name__)
public.before_request(only_static)


def known_appeal(slug: str) -> Published:
    """Return the current edition of an appeal, or raise the error whose page says that there is none."""
    found = runtime().shelf.get(slug)
    if found is None:
        raise NotFoundError(_("There is no appeal at this address."))
    return found


def open_appeal(slug: str) -> Published:
    """Return an appeal people may sign now; otherwise raise the error whose page says why not."""
    found = known_appeal(slug)
    where = runtime().standing(found.appeal)
    if not where.is_open:
        error = NotYetError if where.state is State.NOT_YET else GoneError
        raise error(refusal_sentence(found.appeal, where))
    return found


@public.get("/")
def home() -> BaseResponse:
    """Show the appeals, or go straight to the only one."""
    books = runtime().shelf.all()
    if len(books) == 1:
        return redirect(url_for("public.appeal", slug=books[0].appeal.slug), 302)
    cards = [appeal_card(book, runtime(), page_locale()) for book in books]
    return cacheable(make_response(render_template("public/home.html", appeals=cards)))


@public.get("/<slug>")
def appeal(slug: str) -> Response:
    """Show the appeal: the same page for everybody, without a cookie."""
    page = appeal_page(known_appeal(slug), runtime(), page_locale())
    return cacheable(make_response(render_template("public/appeal.html", page=page)))


@public.get("/<slug>/count.json")
def count(slug: str) -> Response:
    """Tell the numbers of the page as JSON, which move in steps; ``null`` stands for too few to say."""
    appeal = known_appeal(slug).appeal
    shown = runtime().shown(appeal)
    numbers = {"confirmed": shown.confirmed, "unverified": shown.unverified, "goal": appeal.goal}
    numbers["signatures"] = shown.confirmed + shown.unverified
    return cacheable(jsonify(appeal=slug, **{name: n or None for name, n in numbers.items()}))


@public.route("/<slug>/sign", methods=["GET", "POST"], endpoint="sign")
def sign_view(slug: str) -> BaseResponse | tuple[str, int]:
    """Show the form; take a signature and the letter values."""
    if request.method == "POST":
        return _taken(known_appeal(slug), signing=True)
    found = open_appeal(slug)
    form = _form(found)
    draft = own_draft(slug)
    if draft:
        form.fill(draft.values)
    return make_response(_form_page(found, form))


@public.post("/<slug>/letters")
def letters_only(slug: str) -> BaseResponse | tuple[str, int]:
    """Take the letter values without a signature."""
    return _taken(known_appeal(slug), signing=False)


def _taken(found: Published, *, signing: bool) -> BaseResponse | tuple[str, int]:
    """Save what was sent in one transaction and lead to the letters, or show the form again with all of it."""
    typed = Typed.read(request.form)
    refused = _refused(found, typed, signing=signing)
    if refused:
        return refused
    try:
        token = _saved(found, typed, signing=signing)
    except ProofNeededError:
        return _again(found, prove=True), 429
    except CrowdedError:
        crowded = _("Too many signatures came from your part of the network. Please try in an hour.")
        return _again(found, obstacle=crowded), 429
    except UnavailableError:
        return _again(found, obstacle=_("We could not save this just now. Please try again in a minute.")), 503
    location = url_for("public.letters", slug=found.appeal.slug)
    return remember(Response(status=303, headers={"Location": location}), token)


def _refused(found: Published, typed: Typed, *, signing: bool) -> tuple[str, int] | None:
    """Return the page that says why a form cannot be taken, with its status; ``None`` when it can."""
    closed = refusal_sentence(found.appeal, runtime().standing(found.appeal))  # perhaps while somebody wrote
    if closed:
        return _form_page(found, _form(found), closed=closed), 410
    wrong = complaints(typed, _offer(found), signing=signing)
    lost = lost_token(request.form)
    if lost:
        wrong["csrf_token"] = lost
    if wrong:
        return _again(found, wrong), 400 if set(wrong) == {"csrf_token"} else 422
    paused = pause_sentence(found.appeal.slug, signing=signing)
    return (_again(found, obstacle=paused), 503) if paused else None


def _saved(found: Published, typed: Typed, *, signing: bool) -> str:
    """Write the signature, if there is one, and the draft; return the only key to the draft."""
    before = own_draft(found.appeal.slug)
    if not signing:
        return _saved_letters(found, typed, before)
    try:
        return _saved_signature(found, typed, before)
    except ProofNeededError:
        if "no_scripts" not in request.form:
            raise
        return _saved_signature(found, typed, before)  # it is known now that this neighbourhood is over its limit


def _saved_letters(found: Published, typed: Typed, before: Draft | None) -> str:
    ticket, counts = (FREE, before.counts) if before else runtime().guard.letters(request.remote_addr or "")
    draft = _draft(found, typed, before, signed=bool(before and before.signed), counts=counts)
    runtime().take_in(draft, None, draft_token(), ticket)
    return draft.token


def _saved_signature(found: Published, typed: Typed, before: Draft | None) -> str:
    signature, entry = _sealed(found, typed)
    draft = _draft(found, typed, before, signed=True, counts=entry.letters_count)
    runtime().take_in(draft, signature, draft_token(), entry.ticket)
    return draft.token


def _draft(found: Published, typed: Typed, before: Draft | None, *, signed: bool, counts: bool) -> SealedDraft:
    values, now = typed.values(found.appeal), runtime().clock.now()
    return seal_draft(found.appeal.slug, values, now, signed=signed, before=before, counts=counts)


def _sealed(found: Published, typed: Typed) -> tuple[SealedSignature, Admission]:
    """Look how the signature came, and seal it to the appeal's key; give what it may come in with too."""
    key = runtime().sealing_key(found.appeal.slug)
    settings, record = runtime().settings, typed.record()
    entry = runtime().guard.look(found.appeal, arrival_of(record), asks=settings.sends_mail)
    locale = mail_locale(record.locale)
    how = Circumstances(entry.flags, settings.sends_mail, settings.shared_addresses, entry.held, locale)
    now = runtime().clock.now()
    sealed = seal_signature(runtime().keys, key, found.appeal, found.edition, now, record, how)
    return sealed, entry


def _offer(found: Published) -> Offer:
    return offer_of(found.appeal, runtime().directory, page_locale())


def _form(found: Published, wrong: Mapping[str, str] = NOTHING_WRONG) -> SignForm:
    languages = request.headers.get("Accept-Language", "")
    return SignForm(found.appeal, _offer(found), page_locale(), languages, wrong)


def _again(
    found: Published, wrong: Mapping[str, str] = NOTHING_WRONG, obstacle: str = "", *, prove: bool = False
) -> str:
    """Return the page with the form as it was sent, and what is wrong with it or stands in its way."""
    form = _form(found, wrong)
    if obstacle:
        form.form_errors.append(obstacle)
    return _form_page(found, form, prove=prove)


def _form_page(found: Published, form: SignForm, *, prove: bool = False, closed: str = "") -> str:
    page = sign_page(found.appeal, runtime(), page_locale())
    rooms = letter_rooms(found.appeal, runtime().directory, today(runtime().clock))
    resume = prove and not request.form.get("proof")  # a proof that was not taken must not be followed by another
    prove = prove or runtime().guard.on(Switch.FORCE_PROOF, found.appeal.slug)
    notice = closed or ("" if form.errors else pause_sentence(found.appeal.slug, signing=True))
    return render_template(
        "public/sign.html", page=page, form=form, rooms=rooms, prove=prove, resume=resume, notice=notice, closed=closed
    )


@public.get("/proof.json")
def proof() -> Response:
    """Give the page's script something to calculate; see :mod:`campaign.abuse.proof`."""
    return jsonify(runtime().guard.challenge())
