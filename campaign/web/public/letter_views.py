"""The pages after the form: the letters in every shape, and the way to make them go away."""

from collections.abc import Callable, Sequence

from flask import Response, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaign.core.clock import today
from campaign.core.errors import CampaignError, NotFoundError
from campaign.letters import as_text, eml
from campaign.letters.layouts import Layout
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.similarity import published_texts
from campaign.signatures import Draft, delete_draft, record_letter
from campaign.signatures.drafts import take_letters
from campaign.web.headers import cacheable
from campaign.web.i18n import gettext as _
from campaign.web.i18n import page_locale
from campaign.web.public.letters_page import letters_page
from campaign.web.public.printing import (
    as_file,
    asked_layout,
    asked_paper,
    drawn_letters,
    layout_of,
    layout_sentence,
    need_postable,
    number_of,
    paper_and_layout,
    written_letter,
    written_letters,
)
from campaign.web.public.views import known_appeal, open_appeal, public
from campaign.web.public.visitor import draft_token, forget, needed_draft, runtime

_CLICKED = ("mailto", "copy", "webmail")
_TYPES = {"pdf": "application/pdf", "eml": "message/rfc822", "txt": "text/plain; charset=utf-8"}


def _count(slug: str, draft: Draft, letters: Sequence[tuple[str, str]]) -> None:
    """Count letters by recipient and channel, each once for a draft; nothing says whose it was."""
    if request.method == "HEAD":  # somebody asked about the letter and did not take it
        return
    if not draft.counts or draft.taken.issuperset(letters):
        return
    with runtime().saving(durable=False) as session:
        for recipient, channel in take_letters(session, draft_token(), runtime().clock.now(), letters):
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
        paper=asked_paper(draft.values),
        minutes=draft.minutes_left(runtime().clock.now()),
    )
    return make_response(render_template("public/letters.html", page=page, sends_mail=runtime().settings.sends_mail))


@public.get("/<slug>/letters/<recipient>.<any(pdf,eml,txt):extension>")
def letter_file(slug: str, recipient: str, extension: str) -> Response:
    """Give one letter as a file."""
    appeal = open_appeal(slug).appeal
    draft = needed_draft(slug)
    letter = written_letter(appeal, recipient, draft.values)
    content = _SHAPES[extension](letter, draft.values)
    _count(slug, draft, [(recipient, "text" if extension == "txt" else extension)])
    name = "fax" if extension == "pdf" and asked_layout() is Layout.FAX else "letter"
    return as_file(content, f"{name}-{number_of(appeal, recipient)}.{extension}", _TYPES[extension])


@public.get("/<slug>/letters/all.pdf")
def all_letters(slug: str) -> Response:
    """Give every letter that can be printed in one PDF, each in the layout that shows its address."""
    appeal = open_appeal(slug).appeal
    draft = needed_draft(slug)
    values = draft.values
    paper, wanted = paper_and_layout(values)
    found = [letter for letter in written_letters(appeal, values) if _can_be_printed(letter, wanted)]
    if not found:
        raise NotFoundError(_("No confirmed postal address is known, so there is nothing to print."))
    layouts = [layout_of(letter, values, paper, wanted).layout for letter in found]
    content = drawn_letters(found, paper, layouts)
    _count(slug, draft, [(letter.addressee.recipient, "pdf") for letter in found])
    return as_file(content, "letters.pdf")


@public.post("/<slug>/letters/<recipient>/made")
def made(slug: str, recipient: str) -> tuple[str, int]:
    """Count a letter that left through a link or a copy button; told by the page's script."""
    channel = request.form.get("channel", "")
    if open_appeal(slug).appeal.recipient(recipient) is None or channel not in _CLICKED:
        raise NotFoundError(_("There is no such letter."))
    _count(slug, needed_draft(slug), [(recipient, channel)])
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


@public.get("/<slug>/texts.json")
def texts(slug: str) -> Response:
    """Give what the appeal says itself, so that a browser can compare own words with it and need not send them."""
    appeal = known_appeal(slug).appeal
    return cacheable(jsonify(appeal=slug, texts=list(published_texts(appeal))))


def _can_be_printed(letter: Letter, wanted: Layout | None) -> bool:
    return bool(letter.addressee.fax) if wanted is Layout.FAX else letter.addressee.postable


def _as_pdf(letter: Letter, values: LetterValues) -> bytes:
    paper, wanted = paper_and_layout(values)
    if wanted is Layout.FAX:
        if not letter.addressee.fax:
            raise NotFoundError(_("No fax number is known for this recipient, so there is nothing to fax."))
    else:
        need_postable(letter)
    choice = layout_of(letter, values, paper, wanted)
    if wanted and choice.layout is not wanted:  # Said before somebody folds a letter whose address cannot be seen.
        raise CampaignError(layout_sentence(choice))
    return drawn_letters([letter], paper, [choice.layout])


_SHAPES: dict[str, Callable[[Letter, LetterValues], bytes]] = {
    "pdf": _as_pdf,
    "eml": lambda letter, _values: eml(letter),
    "txt": lambda letter, _values: as_text(letter).encode(),
}
