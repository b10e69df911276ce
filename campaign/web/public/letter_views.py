"""The pages after the form: the letters in every shape, and the way to make them go away."""

from collections.abc import Callable, Sequence

from flask import Response, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaign.appeals.definition import Appeal
from campaign.core.clock import today
from campaign.core.errors import CampaignError, NotFoundError, UnavailableError
from campaign.letters import UndrawableError, as_text, compose, eml
from campaign.letters.letter import Letter, LetterValues
from campaign.recipients.countries import paper_for
from campaign.signatures import delete_draft, record_letter
from campaign.web.i18n import gettext as _
from campaign.web.i18n import page_locale
from campaign.web.public.letters_page import letters_page
from campaign.web.public.views import known_appeal, open_appeal, public
from campaign.web.public.visitor import draft_token, forget, needed_draft, runtime

_PAPERS = ("a4", "letter")
_CLICKED = ("mailto", "copy")
_TYPES = {"pdf": "application/pdf", "eml": "message/rfc822", "txt": "text/plain; charset=utf-8"}


def _paper(values: LetterValues) -> str:
    asked = request.args.get("paper", "")
    if asked and asked not in _PAPERS:
        raise CampaignError(_("We print on A4 or US Letter: write ?paper=a4 or ?paper=letter."))
    return asked or paper_for(values.country)


def _count(slug: str, recipient: str, channel: str) -> None:
    """Count a letter by recipient and channel; nothing says whose it was."""
    with runtime().saving() as session:
        record_letter(session, slug, today(runtime().clock), recipient, channel)


@public.get("/<slug>/letters")
def letters(slug: str) -> BaseResponse:
    """Show the letters of this visitor's draft."""
    appeal = open_appeal(slug).appeal
    draft = needed_draft(slug)
    page = letters_page(
        appeal,
        draft.values,
        runtime(),
        page_locale(),
        signed=draft.signed,
        paper=_paper(draft.values),
        minutes=draft.minutes_left(runtime().clock.now()),
    )
    return make_response(render_template("public/letters.html", page=page))


@public.get("/<slug>/letters/<recipient>.<any(pdf,eml,txt):extension>")
def letter_file(slug: str, recipient: str, extension: str) -> Response:
    """Give one letter as a file."""
    appeal = open_appeal(slug).appeal
    values = needed_draft(slug).values
    content = _SHAPES[extension](_letter(appeal, recipient, values), _paper(values))
    _count(slug, recipient, "text" if extension == "txt" else extension)
    return _file(content, f"letter-{_number(appeal, recipient)}.{extension}", _TYPES[extension])


@public.get("/<slug>/letters/all.pdf")
def all_letters(slug: str) -> Response:
    """Give every letter that can be printed in one PDF."""
    appeal = open_appeal(slug).appeal
    values = needed_draft(slug).values
    day = today(runtime().clock, appeal.time_zone)
    found = (compose(appeal, one.id, values, day, runtime().directory) for one in appeal.recipients)
    printable = [letter for letter in found if letter and letter.addressee.postable]
    content = _drawn(printable, _paper(values))
    for letter in printable:
        _count(slug, letter.addressee.recipient, "pdf")
    return _file(content, "letters.pdf", _TYPES["pdf"])


@public.post("/<slug>/letters/<recipient>/made")
def made(slug: str, recipient: str) -> tuple[str, int]:
    """Count a letter that left through a link or a copy button; told by the page's script."""
    channel = request.form.get("channel", "")
    if open_appeal(slug).appeal.recipient(recipient) is None or channel not in _CLICKED:
        raise NotFoundError(_("There is no such letter."))
    needed_draft(slug)
    _count(slug, recipient, channel)
    return "", 204


@public.post("/<slug>/letters/clear")
def clear(slug: str) -> BaseResponse:
    """Delete the draft and its cookie."""
    known_appeal(slug)
    with runtime().saving() as session:
        delete_draft(session, draft_token())
    response = make_response("", 303)
    response.headers["Location"] = url_for("public.appeal", slug=slug)
    return forget(response)


def _letter(appeal: Appeal, recipient: str, values: LetterValues) -> Letter:
    if appeal.recipient(recipient) is None:
        raise NotFoundError(_("There is no such letter."))
    letter = compose(appeal, recipient, values, today(runtime().clock, appeal.time_zone), runtime().directory)
    if letter is None:
        raise NotFoundError(_("There is no embassy for the country you chose, so there is no copy to send."))
    return letter


def _as_pdf(letter: Letter, paper: str) -> bytes:
    if not letter.addressee.postable:
        raise NotFoundError(_("No confirmed postal address is known for this recipient, so there is nothing to print."))
    return _drawn([letter], paper)


def _drawn(letters: Sequence[Letter], paper: str) -> bytes:
    """Have the letters drawn; what goes wrong is said in the reader's language."""
    try:
        return runtime().renderer.pdf(letters, paper)
    except UndrawableError as error:
        shown = " ".join(error.characters[:10])
        raise CampaignError(_("Our letters cannot print these characters: %(characters)s", characters=shown)) from None
    except UnavailableError:
        raise UnavailableError(
            _("The letter could not be drawn just now. Try again in a moment, or shorten your own words.")
        ) from None


_SHAPES: dict[str, Callable[[Letter, str], bytes]] = {
    "pdf": _as_pdf,
    "eml": lambda letter, _paper: eml(letter),
    "txt": lambda letter, _paper: as_text(letter).encode(),
}


def _number(appeal: Appeal, recipient: str) -> int:
    """Return the file's number: a name like "president" would tell whoever looks over a shoulder."""
    return 1 + [one.id for one in appeal.recipients].index(recipient)


def _file(content: bytes, name: str, content_type: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
