"""What a page says about where a letter goes: one whole sentence per note of the domain, no doubt left out."""

from campaign.letters import AddressNote, NoteKind
from campaign.recipients.countries import country_in_text, country_name
from campaign.web.i18n import gettext as _
from campaign.web.i18n import long_date


def address_sentence(note: AddressNote, state: str, locale: str) -> str:
    """Return the sentence for a note about a mission of ``state`` (ISO code), in the reader's language."""
    values = {
        "state": country_name(state, locale),
        "country": country_in_text(note.country, locale),
        "other": country_in_text(note.other, locale),
        "city": note.city,
        "name": note.name,
        "day": long_date(note.day) if note.day else "",
    }
    sentences = (not note.city and _without_city(note.kind)) or _of_the_address(note.kind) or _of_no_letter(note.kind)
    return sentences % values


def _without_city(kind: NoteKind) -> str:
    """Return what is said of a mission whose seat nobody has told the directory; "" where no sentence names it."""
    return {
        NoteKind.SERVES: _("The embassy for %(country)s: it is chosen by the country you live in."),
        NoteKind.OFFICE: _("%(state)s has no embassy in %(country)s, but an office there."),
        NoteKind.SITS_IN: _("The embassy for %(country)s has its seat in another country: %(other)s."),
    }.get(kind, "")


def _of_the_address(kind: NoteKind) -> str:
    return {
        NoteKind.CARE_OF: _("It arrives at this house, which is asked to hand it on: %(name)s."),
        NoteKind.CHOSEN: _("You chose the embassy for %(country)s instead of the one for %(other)s, where you live."),
        NoteKind.SERVES: _("The embassy for %(country)s, in %(city)s: it is chosen by the country you live in."),
        NoteKind.OFFICE: _("%(state)s has no embassy in %(country)s, but an office in %(city)s."),
        NoteKind.COVERED_BY: _(
            "%(state)s has no embassy in %(country)s; its embassy in %(other)s is responsible, so the copy goes there."
        ),
        NoteKind.SITS_IN: _("The embassy for %(country)s has its seat in %(city)s, %(other)s."),
        NoteKind.SINGLE_SOURCE: _(
            "One official list gives this address; no second source has confirmed it yet (confidence: medium)."
        ),
        NoteKind.NO_STREET: _("This address names a district, but no street: more is not known."),
        NoteKind.NO_EMAIL: _("We know no e-mail address for this letter: send it by post."),
        NoteKind.NO_EMBASSY_EMAIL: _("We know no e-mail address of this embassy: send this letter by post."),
        NoteKind.NAMED: _("The letter is addressed to %(name)s, seen in office on %(day)s."),
        NoteKind.UNNAMED: _("No name is recent enough to print, so the letter is addressed to the office."),
        NoteKind.NAMED_IN_SOURCE: _("The urgent action of %(day)s named %(name)s; names like this go out of date."),
    }.get(kind, "")


def _of_no_letter(kind: NoteKind) -> str:
    """Return why there is no copy, or none on paper."""
    return {
        NoteKind.HOME: _("A state has no embassy at home, so there is no copy to send. The other letter stands alone."),
        NoteKind.NO_MISSION: _(
            "%(state)s has no embassy for %(country)s, so there is no copy to send. The other letter stands on its own."
        ),
        NoteKind.NOT_LISTED: _(
            "We do not know which embassy of this state (%(state)s) serves %(country)s, so there is no copy to send."
        ),
        NoteKind.NONE_KNOWN: _(
            "We know no embassy of this state (%(state)s) to write to, so there is no copy to send."
        ),
        NoteKind.UNSURE: _("Its postal address is not confirmed, so we do not print a letter to it."),
        NoteKind.NO_ADDRESS: _("No postal address is known for it, so there is no letter to print."),
    }[kind]
