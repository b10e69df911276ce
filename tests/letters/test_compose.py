"""From an appeal and a supporter's values to one letter."""

from dataclasses import replace

import pytest

from campaign.appeals.definition import Appeal, BulletList, Case, Demand, Paragraph, Role, Slot, Span
from campaign.core.errors import NotFoundError
from campaign.letters.compose import compose, recipients_for
from campaign.letters.letter import FilledList, FilledParagraph, Letter
from tests.letters.builders import (
    EMBASSY,
    LOCALES,
    PRESIDENT,
    TODAY,
    letter_text,
    sample_appeal,
    sample_directory,
    sample_letter,
    sample_values,
)


def paragraphs(letter: Letter) -> list[str]:
    return ["".join(span.text for span in one.spans) for one in letter.blocks if isinstance(one, FilledParagraph)]


def items(letter: Letter) -> list[str]:
    lists = [block for block in letter.blocks if isinstance(block, FilledList)]
    return ["".join(span.text for span in item) for one in lists for item in one.items]


def own_words(letter: Letter) -> list[str]:
    return [one.spans[0].text for one in letter.blocks if isinstance(one, FilledParagraph) and one.own_words]


def with_demands(*texts: str) -> Letter:
    appeal = replace(sample_appeal(), demands=tuple(Demand(str(n), {"en": text}) for n, text in enumerate(texts)))
    return sample_letter(appeal=appeal, demands=tuple(str(n) for n in range(len(texts))))


def test_a_letter_has_every_part_in_the_supporters_words() -> None:
    letter = sample_letter()
    assert letter.sender == ("Élodie Tremblay", "4321, rue Saint-Denis, app. 5", "Montréal (Québec)  H2J 2K9", "Canada")
    assert (letter.place, letter.date) == ("Montréal, Canada", "November 21, 2026")
    assert letter.subject == "People missing and arbitrarily detained in Xinjiang (UA 61/21)"
    assert letter.salutation == "Dear President Xi Jinping:"
    assert "From Montréal I will follow" in paragraphs(letter)[-1]
    assert (letter.closing, letter.signed_name) == ("Yours sincerely,", "Élodie Tremblay")


def test_a_letter_without_a_name_has_no_sender_and_says_who_nevertheless() -> None:
    letter = sample_letter(without_name=True)
    assert letter.sender == ()
    assert letter.signed_name == "A concerned person"
    assert "Tremblay" not in repr(letter)
    assert "Saint-Denis" not in repr(letter)


@pytest.mark.parametrize(("locale", "name"), [("fr", "Une personne préoccupée"), ("zh-Hans", "一位关注此事的人")])
def test_the_words_in_place_of_a_name_are_in_the_letters_language(locale: str, name: str) -> None:
    assert sample_letter(locale=locale, name="").signed_name == name


def test_a_chinese_letter_names_the_country_before_the_town() -> None:
    letter = sample_letter(locale="zh-Hans")
    assert letter.place == "加拿大，Montréal"
    assert letter.sender[-1] == "Canada"


def test_without_a_town_a_sentence_names_the_country_instead_of_nothing() -> None:
    assert "From Canada I will follow" in paragraphs(sample_letter(city=""))[-1]


def test_the_chosen_demands_are_a_list_in_the_appeals_order() -> None:
    letter = sample_letter(demands=("protect", "release"))
    assert [item.split()[0] for item in items(letter)] == ["release", "make"]
    assert items(letter)[0].endswith(";")
    assert items(letter)[1].endswith("ill-treated.")


@pytest.mark.parametrize(("locale", "ends"), [("fr", ("\u00a0;", ".")), ("zh-Hans", ("；", "。"))])
def test_demands_are_punctuated_as_the_language_does(locale: str, ends: tuple[str, str]) -> None:
    first, *_, last = items(sample_letter(locale=locale))
    assert first.endswith(ends[0])
    assert last.endswith(ends[1])


def test_an_authors_own_punctuation_is_not_doubled() -> None:
    assert items(with_demands("free them;", "tell us where they are")) == ["free them;", "tell us where they are."]
    assert items(with_demands("Free them.", "Tell us!")) == ["Free them.", "Tell us!"]


def test_a_demand_is_never_searched_for_placeholders() -> None:
    assert items(with_demands("free ((name))")) == ["free ((name))."]


@pytest.mark.parametrize("locale", LOCALES)
def test_without_demands_their_lead_in_vanishes_too(locale: str) -> None:
    letter = sample_letter(locale=locale, demands=())
    assert items(letter) == []
    assert not any(one.rstrip().endswith((":", "：")) for one in paragraphs(letter))
    assert len(letter.blocks) == 3


def test_only_a_lead_in_right_before_the_demands_vanishes() -> None:
    text = letter_text("president", "en", ("One thing:", "another.", "((demands))", "((words))"))
    letter = sample_letter(appeal=sample_appeal({("president", "en"): text}), demands=())
    assert paragraphs(letter) == ["One thing:", "another."]


def test_own_words_become_paragraphs_of_their_own_where_the_author_left_room() -> None:
    letter = sample_letter(words="First line\nsecond line.\n\n \nAnother paragraph.")
    assert own_words(letter) == ["First line\nsecond line.", "Another paragraph."]
    assert [getattr(block, "own_words", False) for block in letter.blocks][-3:] == [True, True, False]


def test_no_words_leave_no_empty_paragraph() -> None:
    assert own_words(sample_letter(words=" \n\n ")) == []


def test_own_words_are_not_lost_when_the_author_forgot_their_place() -> None:
    text = letter_text("president", "en", ("Only this.",))
    letter = sample_letter(appeal=sample_appeal({("president", "en"): text}), words="Please.")
    assert paragraphs(letter) == ["Only this.", "Please."]


@pytest.mark.parametrize("value", ["((city))", "{{7*7}}", "((words))", "<b>x</b>", "=cmd()"])
def test_what_a_supporter_types_stays_literal_everywhere(value: str) -> None:
    text = letter_text("president", "en", ("I am ((name)) of ((city)).", "((words))"))
    letter = sample_letter(appeal=sample_appeal({("president", "en"): text}), name=value, city="Bonn", words=value)
    assert paragraphs(letter) == [f"I am {value} of Bonn.", value]
    assert letter.signed_name == value


def test_weights_and_lists_of_the_author_are_kept() -> None:
    blocks = (
        Paragraph((Span("I am "), Span("((name))", strong=True))),
        BulletList(((Span("((reference))", emphasis=True),),)),
        Slot("words"),
    )
    text = replace(letter_text("president", "en"), blocks=blocks)
    letter = sample_letter(appeal=sample_appeal({("president", "en"): text}))
    assert letter.blocks == (
        FilledParagraph((Span("I am "), Span("Élodie Tremblay", strong=True))),
        FilledList(((Span("UA 61/21", emphasis=True),),)),
    )


def test_the_letter_says_who_gets_the_copy_and_the_copy_who_got_the_letter() -> None:
    assert sample_letter().copy_line == "cc: The Ambassador of the People's Republic of China, Ottawa"
    assert sample_letter("embassy").copy_line == "Original to: President Xi Jinping"
    assert sample_letter(locale="zh-Hans").copy_line == "抄送：中华人民共和国驻加拿大大使"


@pytest.mark.parametrize("country", ["TW", "PS"])
def test_where_no_copy_can_go_out_none_is_mentioned(country: str) -> None:
    assert sample_letter(country=country).copy_line == ""


def test_where_no_mission_serves_there_is_no_letter_to_one() -> None:
    assert compose(sample_appeal(), "embassy", sample_values(country="TW"), TODAY, sample_directory()) is None


@pytest.mark.parametrize(("recipient", "locale"), [("nobody", "en"), ("president", "de")])
def test_an_unknown_recipient_or_language_is_not_found(recipient: str, locale: str) -> None:
    with pytest.raises(NotFoundError):
        compose(sample_appeal(), recipient, sample_values(locale=locale), TODAY, sample_directory())


def test_a_letter_knows_its_direction() -> None:
    text = replace(letter_text("president", "en"), locale="ug")
    appeal = sample_appeal({("president", "ug"): text})
    assert sample_letter(appeal=appeal, locale="ug").direction == "rtl"
    assert sample_letter().direction == "ltr"


MINISTER = replace(PRESIDENT, id="minister", title={"en": "The Minister", "fr": "La Ministre"}, optional=True)
OFFICE = replace(MINISTER, id="office", title={"en": "The Office"}, alone=True)
FRIEND = replace(MINISTER, id="friend", role=Role.COPY, title={"en": "A friend of the people detained"})


def with_more() -> Appeal:
    more = (MINISTER, OFFICE, FRIEND)
    texts = {(one.id, "en"): letter_text("president", "en") for one in more}
    return replace(sample_appeal(texts), recipients=(PRESIDENT, EMBASSY, *more))


def written_to(*chosen: str) -> list[str]:
    return [one.id for one in recipients_for(with_more(), sample_values(recipients=chosen))]


def test_optional_recipients_get_a_letter_only_from_those_who_ask_for_it() -> None:
    assert written_to() == ["president", "embassy"]
    assert written_to("friend", "minister") == ["president", "embassy", "minister", "friend"]
    assert written_to("nobody") == ["president", "embassy"]


def test_the_copy_line_names_only_those_who_really_get_a_letter() -> None:
    appeal = with_more()
    assert "friend" not in sample_letter(appeal=appeal).copy_line
    assert sample_letter(appeal=appeal, recipients=("friend",)).copy_line.endswith("A friend of the people detained")
    assert sample_letter("embassy", appeal=appeal).copy_line == "Original to: President Xi Jinping"
    both = sample_letter("embassy", appeal=appeal, recipients=("minister",))
    assert both.copy_line == "Original to: President Xi Jinping; The Minister"


def test_a_letter_that_stands_alone_names_nobody_and_is_named_nowhere() -> None:
    appeal = with_more()
    assert sample_letter("office", appeal=appeal, recipients=("office",)).copy_line == ""
    for other in ("president", "embassy"):
        assert "Office" not in sample_letter(other, appeal=appeal, recipients=("office",)).copy_line


def test_another_embassy_changes_where_the_letter_goes_and_nothing_about_the_supporter() -> None:
    letter = sample_letter("embassy", mission_country="FR")
    assert letter.addressee.lines[-1] == "75007 Paris"
    assert letter.addressee.country_line == "FRANCE"
    assert (letter.place, letter.sender[-1], letter.date) == ("Montréal, Canada", "Canada", "November 21, 2026")
    assert (
        sample_letter(mission_country="FR").copy_line == "cc: The Ambassador of the People's Republic of China, Paris"
    )


def with_cases(*names: str) -> Appeal:
    cases = tuple(Case(str(n), name, {"en": f"Facts about ((name)) {n}."}, "update") for n, name in enumerate(names))
    text = letter_text("president", "en", ("Before.",))
    text = replace(text, blocks=(*text.blocks, Slot("case"), Slot("words")))
    return replace(sample_appeal({("president", "en"): text}), cases=cases)


def test_a_letter_speaks_of_the_chosen_case_exactly_as_the_pack_has_it() -> None:
    letter = sample_letter(appeal=with_cases("First Person", "Second Person"), case="1")
    assert paragraphs(letter) == ["Before.", "Second Person\nFacts about ((name)) 1."]
    assert letter.blocks[1] == FilledParagraph((Span("Second Person", strong=True), Span("\nFacts about ((name)) 1.")))


@pytest.mark.parametrize("case", ["", "gone"])
def test_without_a_known_choice_a_letter_speaks_of_the_first_case(case: str) -> None:
    assert "First Person" in paragraphs(sample_letter(appeal=with_cases("First Person"), case=case))[1]
