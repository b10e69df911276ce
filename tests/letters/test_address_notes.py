"""What is said about where a letter goes: true, complete, and nothing beside the point."""

from dataclasses import replace
from datetime import date

from campaign.letters.address_notes import AddressNote, NoteKind, address_notes
from campaign.recipients.directory import MissionsDirectory
from campaign.recipients.mission import Confidence
from tests.letters.builders import EMBASSY, PRESIDENT, TODAY, mission, sample_directory

DIRECTORY = sample_directory()


def kinds(country: str, directory: MissionsDirectory = DIRECTORY) -> list[NoteKind]:
    return [note.kind for note in address_notes(EMBASSY, country, directory, TODAY)]


def test_the_notes_say_which_mission_and_how_sure_it_is() -> None:
    assert kinds("CA") == [NoteKind.SERVES, NoteKind.NAMED, NoteKind.NAMED_IN_SOURCE]
    assert kinds("KZ") == [NoteKind.SERVES, NoteKind.SINGLE_SOURCE, NoteKind.NAMED]
    assert kinds("AD") == [NoteKind.COVERED_BY, NoteKind.NO_EMBASSY_EMAIL, NoteKind.UNNAMED]
    assert kinds("SM") == [NoteKind.SITS_IN, NoteKind.SINGLE_SOURCE, NoteKind.NO_EMBASSY_EMAIL, NoteKind.UNNAMED]
    assert kinds("IQ") == [NoteKind.SERVES, NoteKind.NO_ADDRESS, NoteKind.UNNAMED]


def test_the_notes_carry_what_their_sentences_need() -> None:
    notes = {note.kind: note for note in address_notes(EMBASSY, "CA", DIRECTORY, TODAY)}
    assert notes[NoteKind.NAMED] == AddressNote(NoteKind.NAMED, "CA", name="Wang Di", day=date(2025, 12, 12))
    assert notes[NoteKind.NAMED_IN_SOURCE].name == "Peiwu Cong"
    assert address_notes(EMBASSY, "AD", DIRECTORY, TODAY)[0].other == "ES"


def test_a_fixed_recipient_needs_no_notes() -> None:
    assert address_notes(PRESIDENT, "CA", DIRECTORY, TODAY) == ()


def test_the_choice_is_said_before_everything_else_about_the_address() -> None:
    def chosen(country: str) -> list[AddressNote]:
        return list(address_notes(EMBASSY, "TW", DIRECTORY, TODAY, mission_country=country))

    assert chosen("CA")[0] == AddressNote(NoteKind.CHOSEN, country="CA", other="TW")
    assert [note.kind for note in chosen("CA")] == [NoteKind.CHOSEN, NoteKind.NAMED, NoteKind.NAMED_IN_SOURCE]
    assert [note.kind for note in chosen("AD")] == [
        NoteKind.CHOSEN,
        NoteKind.COVERED_BY,
        NoteKind.NO_EMBASSY_EMAIL,
        NoteKind.UNNAMED,
    ]
    assert [note.kind for note in chosen("BT")] == [NoteKind.CHOSEN, NoteKind.NOT_LISTED]


def test_an_office_is_not_called_an_embassy() -> None:
    assert kinds("LT")[0] is NoteKind.OFFICE
    assert kinds("PS")[0] is NoteKind.OFFICE
    assert NoteKind.SERVES not in kinds("LT")


def test_whom_a_letter_addresses_is_not_said_where_there_is_none_to_send() -> None:
    assert kinds("LT") == [NoteKind.OFFICE, NoteKind.UNSURE]
    assert kinds("PS") == [NoteKind.OFFICE, NoteKind.NO_ADDRESS]
    assert NoteKind.UNNAMED in kinds("IQ")  # it gets e-mail


def test_three_reasons_for_no_letter_are_told_apart() -> None:
    directory = MissionsDirectory({("CN", "CA"): mission("CA", "A street", "Ottawa")}, {}, {("CN", "TW")})
    assert kinds("TW", directory) == [NoteKind.NO_MISSION]
    assert kinds("CN", directory) == [NoteKind.HOME]
    assert kinds("NZ", directory) == [NoteKind.NOT_LISTED]


def test_a_letter_in_care_of_somebody_says_in_whose_house_it_arrives() -> None:
    minister = replace(PRESIDENT, lines=("A Minister", "c/o Embassy of Honduras", "Berlin"))
    assert address_notes(minister, "DE", DIRECTORY, TODAY) == (
        AddressNote(NoteKind.CARE_OF, name="Embassy of Honduras"),
    )


def test_an_address_without_a_street_says_so_unless_nothing_is_printed_at_all() -> None:
    here = mission("OM", "Shati Al Qurum", "Muscat", confidence=Confidence.MEDIUM, street_known=False)
    doubtful = replace(here, confidence=Confidence.LOW)
    for one, said in ((here, True), (doubtful, False), (replace(here, street_known=True), False)):
        directory = MissionsDirectory({("CN", "OM"): one}, {})
        assert (NoteKind.NO_STREET in kinds("OM", directory)) is said


def test_a_letter_to_an_unknown_mail_address_says_that_it_goes_by_post() -> None:
    office = mission("LV", "A street", "Riga", kind="office")
    directory = MissionsDirectory({("CN", "LV"): office}, {})
    assert NoteKind.NO_EMBASSY_EMAIL in kinds("FR")
    assert NoteKind.NO_EMAIL in kinds("LV", directory)  # an office is not called an embassy
    assert address_notes(replace(PRESIDENT, email=""), "CA", DIRECTORY, TODAY) == (AddressNote(NoteKind.NO_EMAIL),)


def test_nobody_is_told_to_post_a_letter_that_is_not_printed_or_can_be_mailed() -> None:
    for country in ("CA", "LT", "PS", "IQ"):
        assert not {NoteKind.NO_EMAIL, NoteKind.NO_EMBASSY_EMAIL} & set(kinds(country))
