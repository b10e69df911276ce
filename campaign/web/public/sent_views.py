"""What became of the letters: people say that they have sent theirs, and everybody may see honest numbers, in steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal
from flask import Response, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaign.appeals.definition import Recipient, in_locale
from campaign.appeals.editions import Published
from campaign.core.clock import today
from campaign.core.errors import NotFoundError
from campaign.letters import compose
from campaign.recipients.countries import country_name
from campaign.signatures import record_letter
from campaign.signatures.drafts import report_sent
from campaign.signatures.showing import FIRST_STEP, Shown
from campaign.web.headers import cacheable
from campaign.web.i18n import gettext as _
from campaign.web.i18n import long_date, page_locale
from campaign.web.public.appeal_page import count_view
from campaign.web.public.letters_page import ways_to_send
from campaign.web.public.views import known_appeal, open_appeal, public
from campaign.web.public.visitor import draft_token, needed_draft, runtime


@dataclass(frozen=True)
class SentNumber:
    """One of the three numbers: its heading, and a sentence that says what it is and what it is not."""

    id: str
    heading: str
    meaning: str


@dataclass(frozen=True)
class SentRow:
    """What is known of the letters to one recipient; ``values`` are finished words, in the order of the numbers."""

    title: str
    values: Sequence[str]


@dataclass(frozen=True)
class SentPage:
    """The totals page of an appeal. ``countries`` are names and numbers, as finished words."""

    slug: str
    reference: str
    title: str
    day: str
    numbers: Sequence[SentNumber]
    rows: Sequence[SentRow]
    signed: str = ""
    countries: Sequence[tuple[str, str]] = ()
    has_names: bool = False


_NUMBERS = ("generated", "opened", "reported")
_SHARED_SECONDS = 60


@public.post("/<slug>/letters/<recipient>/sent")
def reported(slug: str, recipient: str) -> BaseResponse:
    """Count that somebody has sent a letter, once for each recipient and way of their draft; tied to nobody."""
    appeal = open_appeal(slug).appeal
    draft = needed_draft(slug)
    values = draft.values
    known, way = appeal.recipient(recipient), request.form.get("way", "")
    day = today(runtime().clock, appeal.time_zone)
    letter = compose(appeal, recipient, values, day, runtime().directory) if known else None
    if known is None or way not in ways_to_send(known, letter, values):
        raise NotFoundError(_("There is no such letter."))
    with runtime().saving() as session:
        if report_sent(session, draft_token(), runtime().clock.now(), recipient, way) and draft.counts:
            record_letter(session, slug, today(runtime().clock), recipient, f"reported-{way}")
    response = make_response("", 303)
    response.headers["Location"] = url_for("public.letters", slug=slug, _anchor=f"{recipient}-sent")
    return response


@public.get("/<slug>/sent")
def sent(slug: str) -> Response:
    """Show the totals of the letters: the same page for everybody, without a cookie."""
    found = known_appeal(slug)
    page = render_template("public/sent.html", page=_page(found, page_locale()))
    return cacheable(make_response(page), _SHARED_SECONDS)


@public.get("/<slug>/sent.json")
def sent_json(slug: str) -> Response:
    """Tell the same numbers as JSON; ``null`` stands for too few to say, ``first_step`` is the smallest number told."""
    appeal = known_appeal(slug).appeal
    locale = page_locale()
    shown = runtime().shown(appeal)
    answer = jsonify(
        appeal=slug,
        reference=appeal.reference,
        day=today(runtime().clock, appeal.time_zone).isoformat(),
        first_step=FIRST_STEP,
        meanings={number.id: number.meaning for number in _numbers()},
        recipients=[
            {"id": one.id, "title": in_locale(one.title, locale), **_shown(shown, one)} for one in appeal.recipients
        ],
        countries=dict(shown.countries),
    )
    return cacheable(answer, _SHARED_SECONDS)


def _shown(shown: Shown, recipient: Recipient) -> dict[str, int | None]:
    return {name: shown.letters.get((recipient.id, name)) for name in _NUMBERS}


def _page(found: Published, locale: str) -> SentPage:
    appeal = found.appeal
    shown = runtime().shown(appeal)
    countries = sorted(shown.countries.items(), key=lambda one: (-one[1], country_name(one[0], locale)))
    rows = [
        SentRow(in_locale(one.title, locale), [_words(n) for n in _shown(shown, one).values()])
        for one in appeal.recipients
    ]
    return SentPage(
        slug=appeal.slug,
        reference=appeal.reference,
        title=in_locale(appeal.title, locale),
        day=long_date(today(runtime().clock, appeal.time_zone)),
        numbers=_numbers(),
        rows=rows,
        signed=count_view(shown, collecting=runtime().standing(appeal).is_open).sentence,
        countries=[(country_name(code, locale), _words(n)) for code, n in countries],
        has_names=shown.names,
    )


def _words(number: int | None) -> str:
    if number is None:
        return _("too few to say")
    return str(format_decimal(number, locale=page_locale()))


def _numbers() -> list[SentNumber]:
    """Return what each number is and is not, in the order of ``_NUMBERS``."""
    return [
        SentNumber(
            "generated",
            _("Letters generated"),
            _(
                "Files of a letter that somebody downloaded: PDF, e-mail draft or text, each of them once. One person "
                "may have filled in several forms. It does not say that any letter was printed or sent. Blank letters "
                "are not counted."
            ),
        ),
        SentNumber(
            "opened",
            _("Letters opened for sending"),
            _(
                "Letters that somebody opened in a mail program or copied a part of, each way once. Whoever switches "
                "scripts off is missing, and one person may have filled in several forms. It does not say that "
                "anything was sent."
            ),
        ),
        SentNumber(
            "reported",
            _("Letters reported as sent"),
            _(
                "Times that somebody told us they had posted, e-mailed, faxed or delivered their letter. Nobody has "
                "checked it, and many people send a letter and never tell us."
            ),
        ),
    ]
