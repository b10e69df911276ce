"""What every printed thing shares: which letter, on which paper, in which layout, drawn, and sent as a file."""

from collections.abc import Callable, Sequence

from flask import Response, request

from campaign.appeals.definition import Appeal
from campaign.core.clock import today
from campaign.core.errors import CampaignError, NotFoundError, UnavailableError
from campaign.letters import UndrawableError, compose, recipients_for
from campaign.letters.envelopes import NoRoomError
from campaign.letters.layouts import PAPERS, PAPERS_OF, Layout, LayoutChoice, choose_layout
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.sheet import with_translations
from campaign.recipients.countries import paper_for
from campaign.web.i18n import gettext as _
from campaign.web.public.pauses import refuse_paused_pdfs
from campaign.web.public.visitor import runtime


def written_letter(appeal: Appeal, recipient: str, values: LetterValues) -> Letter:
    """Return the visitor's letter to one recipient, or raise :class:`NotFoundError` with the reason."""
    if appeal.recipient(recipient) is None:
        raise NotFoundError(_("There is no such letter."))
    letter = compose(appeal, recipient, values, today(runtime().clock, appeal.time_zone), runtime().directory)
    if letter is None:
        raise NotFoundError(_("There is no embassy for the country you chose, so there is no copy to send."))
    return letter


def written_letters(appeal: Appeal, values: LetterValues) -> list[Letter]:
    """Return every letter of the visitor that can be written, in the pack's order."""
    day = today(runtime().clock, appeal.time_zone)
    found = (compose(appeal, one.id, values, day, runtime().directory) for one in recipients_for(appeal, values))
    return [letter for letter in found if letter]


def need_postable(letter: Letter) -> None:
    """Raise :class:`NotFoundError` where no confirmed address is known to print."""
    if not letter.addressee.postable:
        raise NotFoundError(_("No confirmed postal address is known for this recipient, so there is nothing to print."))


def asked_paper(values: LetterValues) -> str:
    """Return the paper of ``?paper=``, or the one of the visitor's country."""
    asked = request.args.get("paper", "")
    if asked and asked not in PAPERS:
        raise CampaignError(_("We print on A4 or US Letter: write ?paper=a4 or ?paper=letter."))
    return asked or paper_for(values.country)


def asked_layout() -> Layout | None:
    """Return the layout of ``?layout=``, ``None`` without one."""
    asked = request.args.get("layout", "")
    if not asked:
        return None
    if asked not in list(Layout):
        known = ", ".join(Layout)
        raise CampaignError(_("There is no such layout. Choose one of these: %(known)s.", known=known))
    return Layout(asked)


def paper_and_layout(values: LetterValues) -> tuple[str, Layout | None]:
    """Return what was asked for; without ``?paper=`` a layout brings the paper it is made for."""
    layout, paper = asked_layout(), asked_paper(values)
    if layout is None or paper in PAPERS_OF[layout]:
        return paper, layout
    if request.args.get("paper"):
        raise CampaignError(
            _("The layout “%(layout)s” is not made for this paper. Leave the paper out.", layout=layout.value)
        )
    return PAPERS_OF[layout][0], layout


def layout_of(letter: Letter, values: LetterValues, paper: str, wanted: Layout | None) -> LayoutChoice:
    """Return the layout of one letter: the wanted one, or the usual one of the visitor's country."""
    return choose_layout(letter.addressee, values.country, paper, wanted)


def layout_sentence(choice: LayoutChoice) -> str:
    """Return why a letter is not in the layout that was wanted, in the reader's language; "" where it is."""
    if choice.layout is choice.wanted:
        return ""
    return _(
        "This address takes %(lines)d lines and the window shows %(room)d: "
        "take an envelope without a window, and print the address on it.",
        lines=choice.lines,
        room=choice.room,
    )


def drawn(draw: Callable[[], bytes]) -> bytes:
    """Return what the render workers draw; what goes wrong is said in the reader's language."""
    refuse_paused_pdfs()
    try:
        return draw()
    except UndrawableError as error:
        shown = " ".join(error.characters[:10])
        raise CampaignError(_("Our letters cannot print these characters: %(characters)s", characters=shown)) from None
    except NoRoomError as error:
        raise CampaignError(
            _(
                "The address of %(title)s is too long for this size, even in 8 point type. "
                "Choose a larger one: C5 envelopes and L7160 labels hold the most.",
                title=error.title,
            )
        ) from None
    except UnavailableError:
        raise UnavailableError(
            _("The letter could not be drawn just now. Try again in a moment, or shorten your own words.")
        ) from None


def drawn_letters(letters: Sequence[Letter], paper: str, layouts: Sequence[Layout]) -> bytes:
    """Return the PDF of letters, each in its layout and with its translation; raises as :func:`drawn` does."""
    sheets = with_translations(letters, layouts)
    return drawn(lambda: runtime().renderer.pdf(sheets[0], paper, sheets[1]))


def number_of(appeal: Appeal, recipient: str) -> int:
    """Return the file's number: a name like "president" would tell whoever looks over a shoulder."""
    return 1 + [one.id for one in appeal.recipients].index(recipient)


def as_file(content: bytes, name: str, content_type: str = "application/pdf") -> Response:
    """Return a download."""
    response = Response(content, content_type=content_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
