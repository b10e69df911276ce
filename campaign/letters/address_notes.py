"""What should be said about where a letter goes: which mission and why, and every doubt about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.appeals.definition import Recipient
from campaign.recipients.address import PostalAddress
from campaign.recipients.directory import MissionsDirectory
from campaign.recipients.mission import Confidence, Mission, MissionChoice, Why


class NoteKind(StrEnum):
    """What a page should tell the supporter about where a letter goes."""

    CARE_OF = "care_of"  # the letter goes to the house of ``name``, for somebody else
    CHOSEN = "chosen"  # the supporter, who lives in ``other``, chose the mission for ``country``
    SERVES = "serves"  # the embassy in ``country`` serves people there
    OFFICE = "office"  # no embassy in ``country``, but an office in ``city``
    COVERED_BY = "covered_by"  # none in ``country``: the one in ``other`` serves it
    SITS_IN = "sits_in"  # the mission for ``country`` has its seat in ``other``
    HOME = "home"  # the supporter lives in the state itself, which has no embassy at home
    NO_MISSION = "no_mission"  # nobody in ``country`` to send the copy to
    NOT_LISTED = "not_listed"  # nobody knows whom to send the copy to
    NONE_KNOWN = "none_known"  # nor, in any country, of a mission of this state to write to
    UNSURE = "unsure"  # the directory doubts this address: not for printing
    SINGLE_SOURCE = "single_source"  # one source only (medium confidence)
    NO_STREET = "no_street"  # the address names a district only
    NO_ADDRESS = "no_address"  # no postal address is known
    NO_EMAIL = "no_email"  # no e-mail address is known for this letter: it can only go on paper
    NO_EMBASSY_EMAIL = "no_embassy_email"  # the same, and the letter goes to an embassy
    NAMED = "named"  # ``name`` leads the mission, seen on ``day``
    UNNAMED = "unnamed"  # no fresh name: the letter goes to the office
    NAMED_IN_SOURCE = "named_in_source"  # the document named ``name`` on ``day``


@dataclass(frozen=True)
class AddressNote:
    """One thing to say about an address; the web layer has the sentences."""

    kind: NoteKind
    country: str = ""
    other: str = ""
    city: str = ""
    name: str = ""
    day: date | None = None


_WITHOUT = {Why.HOME: NoteKind.HOME, Why.NONE: NoteKind.NO_MISSION, Why.NOT_LISTED: NoteKind.NOT_LISTED}


def has_missions(recipient: Recipient, directory: MissionsDirectory) -> bool:
    """Say whether the directory knows a mission, in whatever country, that can get the letter to this recipient."""
    return any(mission.postable or mission.email for mission in directory.missions(recipient.mission))


def address_notes(
    recipient: Recipient, country: str, directory: MissionsDirectory, today: date, *, mission_country: str = ""
) -> tuple[AddressNote, ...]:
    """Return what to tell a supporter in ``country`` about this recipient's address; mostly nothing for a fixed one."""
    if not recipient.mission:
        return tuple(_of_a_fixed_address(recipient))
    choice = directory.choose(recipient.mission, mission_country or country, today)
    chosen = choice.asked != country
    notes = [AddressNote(NoteKind.CHOSEN, country=choice.asked, other=country)] if chosen else []
    if choice.mission is None:
        unlisted = choice.why is not Why.HOME and not has_missions(recipient, directory)
        notes.append(AddressNote(NoteKind.NONE_KNOWN if unlisted else _WITHOUT[choice.why], country=choice.asked))
    else:
        notes += _place(choice, choice.mission, chosen=chosen)
        notes += _doubts(choice.mission)
        notes += _head(choice, choice.mission)
    notes += (
        AddressNote(NoteKind.NAMED_IN_SOURCE, country=choice.asked, name=one.name, day=one.date)
        for one in recipient.named_in_source
        if one.country == choice.asked
    )
    return tuple(notes)


def _of_a_fixed_address(recipient: Recipient) -> Iterator[AddressNote]:
    house = PostalAddress(recipient.lines).care_of
    if house:
        yield AddressNote(NoteKind.CARE_OF, name=house)
    if not recipient.email:
        yield AddressNote(NoteKind.NO_EMAIL)


def _place(choice: MissionChoice, mission: Mission, *, chosen: bool) -> Iterator[AddressNote]:
    """Say which mission it is; nothing more of one that the supporter chose and that sits where they think it does."""
    if choice.covered_by:
        yield AddressNote(NoteKind.COVERED_BY, country=choice.asked, other=choice.covered_by, city=mission.city)
    if mission.located_in != mission.host:
        yield AddressNote(NoteKind.SITS_IN, country=mission.host, other=mission.located_in, city=mission.city)
    elif mission.kind == "office":
        yield AddressNote(NoteKind.OFFICE, country=mission.host, city=mission.city)
    elif not chosen and not choice.covered_by:
        yield AddressNote(NoteKind.SERVES, country=choice.asked, city=mission.city)


def _doubts(mission: Mission) -> Iterator[AddressNote]:
    if not mission.lines:
        yield AddressNote(NoteKind.NO_ADDRESS, country=mission.host)
    elif mission.confidence is Confidence.LOW:
        yield AddressNote(NoteKind.UNSURE, country=mission.host)
    elif mission.confidence is Confidence.MEDIUM:
        yield AddressNote(NoteKind.SINGLE_SOURCE, country=mission.host)
    if mission.postable and not mission.street_known:
        yield AddressNote(NoteKind.NO_STREET, country=mission.host)
    if mission.postable and not mission.email:
        kind = NoteKind.NO_EMAIL if mission.kind == "office" else NoteKind.NO_EMBASSY_EMAIL
        yield AddressNote(kind, country=mission.host)


def _head(choice: MissionChoice, mission: Mission) -> Iterator[AddressNote]:
    """Say whom the letter addresses, where there is a letter to send."""
    if choice.envoy:
        yield AddressNote(NoteKind.NAMED, country=mission.host, name=choice.envoy.name, day=choice.envoy.as_of)
    elif mission.postable or mission.email:
        yield AddressNote(NoteKind.UNNAMED, country=mission.host)
