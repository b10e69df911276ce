"""The same letter in the addressee's language: it follows the letter, says what it is, and leaves own words alone."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest

from campaign.appeals.definition import Appeal, Review, Span, Translation
from campaign.letters import as_mail_body, as_text, eml, mailto
from campaign.letters.layouts import Layout
from campaign.letters.letter import FilledList, FilledParagraph, Letter, LetterValues, Note
from campaign.letters.mailto import MAX_LENGTH, linked_text
from campaign.letters.phrases import PHRASES
from campaign.letters.plain import RULE, translation_text
from campaign.letters.sheet import sheet_html, title_of, with_translations
from campaign.letters.webmail import mail_link
from campaign.letters.workers import Renderer
from tests.letters.builders import ALL_DEMANDS, letter_text, sample_appeal, sample_letter
from tests.letters.reading import page_sizes_mm, pages_by_pdfium, tags

WORDS = "I am a nurse.\n\nI think of the families."


def appeal_with(locale: str = "zh-Hans", *recipients: str, **letters: object) -> Appeal:
    """The sample appeal with one reviewed translation."""
    reviewed = Translation(locale, recipients or ("president", "embassy"), date(2026, 11, 21), Review.PROJECT)
    return replace(sample_appeal(**letters), translations=(reviewed,))


def written(recipient: str = "president", appeal: Appeal | None = None, **changes: object) -> Letter:
    return sample_letter(recipient, appeal=appeal or appeal_with(), **{"translated": True, "words": WORDS, **changes})


def second(letter: Letter) -> Letter:
    assert letter.translation is not None
    return letter.translation


def test_a_supporter_who_asks_gets_the_letter_of_that_language_behind_their_own() -> None:
    letter = written("embassy")
    plain = sample_letter("embassy", words=WORDS, appeal=appeal_with())
    assert replace(letter, translation=None) == plain
    chinese = sample_letter("embassy", locale="zh-Hans", words=WORDS)
    assert second(letter).salutation == chinese.salutation
    assert second(letter).subject == chinese.subject
    assert second(letter).addressee == chinese.addressee


@pytest.mark.parametrize(
    "changes", [{"translated": False}, {"locale": "zh-Hans"}, {"appeal": sample_appeal()}], ids=str
)
def test_nobody_else_gets_one(changes: dict[str, object]) -> None:
    assert written(**changes).translation is None


def test_a_recipient_who_reads_another_language_gets_none() -> None:
    appeal = appeal_with("zh-Hans", "embassy")
    assert written("president", appeal).translation is None
    assert written("embassy", appeal).translation is not None


def test_supporters_ask_for_it_themselves() -> None:
    assert LetterValues(country="CA", locale="en").translated is False


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_it_says_in_both_languages_that_it_is_a_translation(locale: str) -> None:
    assert second(written(locale=locale)).note == (
        Note("zh-Hans", PHRASES["zh-Hans"].translation),
        Note(locale, PHRASES[locale].translation),
    )


def test_it_asks_for_exactly_the_same() -> None:
    for demands in (ALL_DEMANDS, ALL_DEMANDS[1:2]):
        letter = written(demands=demands)
        mine, theirs = ([len(b.items) for b in x.blocks if isinstance(b, FilledList)] for x in (letter, second(letter)))
        assert mine == theirs == [len(demands)]


def test_own_words_stay_in_the_original_between_two_lines_that_say_so() -> None:
    blocks = second(written(locale="fr")).blocks
    texts = [block.spans[0].text if isinstance(block, FilledParagraph) else "" for block in blocks]
    start = texts.index("（以下为写信人本人的话，保留原文：）")
    assert texts[start + 1 : start + 4] == [*WORDS.split("\n\n"), "（写信人本人的话到此为止。）"]
    assert [getattr(block, "locale", "") for block in blocks[start : start + 4]] == ["", "fr", "fr", ""]


def test_without_own_words_there_is_nothing_around_them() -> None:
    text = str(second(written(words="")).blocks)
    assert PHRASES["zh-Hans"].words_before not in text
    assert PHRASES["zh-Hans"].words_after not in text


def test_own_words_at_the_end_of_a_letter_are_framed_too() -> None:
    last = letter_text("president", "zh-Hans", ("正文。", "((words))"))
    letter = written(appeal=appeal_with(letters={("president", "zh-Hans"): last}))
    assert second(letter).blocks[-1] == FilledParagraph((Span(PHRASES["zh-Hans"].words_after),))


def test_the_street_stands_on_the_letter_alone() -> None:
    assert second(written()).sender == ()
    assert "Saint-Denis" not in sheet_html(second(written()), "a4", "size-11")


def test_a_nameless_letter_has_a_nameless_translation() -> None:
    letter = written(without_name=True)
    assert "Tremblay" not in str(letter)


def test_text_mail_and_draft_hold_both_with_a_rule_between_them() -> None:
    letter = written()
    content = message_from_bytes(eml(letter), policy=default).get_content().replace("\r\n", "\n")
    assert content == as_mail_body(letter)
    for text in (as_text(letter), as_mail_body(letter)):
        mine, theirs = text.split(f"\n\n{RULE}\n\n")
        assert "Dear President Xi Jinping:" in mine
        assert theirs.startswith(f"{PHRASES['zh-Hans'].translation}\n{PHRASES['en'].translation}\n\n")
        assert "尊敬的习近平主席：" in theirs
        assert theirs == translation_text(letter)
    assert RULE not in as_mail_body(written(translated=False))


def test_a_mail_link_without_room_for_both_leaves_the_translation_out_whole_and_says_so() -> None:
    letter = written(demands=("disclose",))
    link = mailto(letter)
    assert link == replace(mailto(written(demands=("disclose",), translated=False)), translated=False)
    assert linked_text(letter) == as_mail_body(replace(letter, translation=None)) == mail_link(letter).body


def test_a_mail_link_with_room_for_both_holds_both() -> None:
    short = {("president", one): letter_text("president", one, ("Text.",)) for one in ("en", "fr")}
    letter = written(appeal=appeal_with("fr", "president", letters=short), demands=(), words="")
    link = mailto(letter)
    assert (link.complete, link.translated) == (True, True)
    assert "Traduction%20de%20la%20lettre" in link.uri
    assert len(link.uri) <= MAX_LENGTH
    assert mail_link(letter).body == linked_text(letter) == as_mail_body(letter)


def test_where_there_is_no_address_to_mail_to_the_text_holds_both() -> None:
    letter = written()
    letter = replace(letter, addressee=replace(letter.addressee, email=""))
    assert linked_text(letter) == as_mail_body(letter)


def test_every_letter_is_drawn_before_its_translation_which_needs_no_window() -> None:
    letters = [written(), sample_letter("embassy")]
    drawn, layouts = with_translations(letters, [Layout.DIN, Layout.RIGHT])
    assert drawn == [replace(letters[0], translation=None), letters[0].translation, letters[1]]
    assert layouts == [Layout.DIN, Layout.NONE, Layout.RIGHT]
    assert title_of(drawn) == title_of(letters)
    assert with_translations(letters[:1], [Layout.FAX])[0][0].translation is not None


def test_on_paper_each_has_its_own_page_and_its_own_language(renderer: Renderer) -> None:
    letters, layouts = with_translations([written(locale="fr")], [Layout.NONE])
    pdf = renderer.pdf(letters, "a4", layouts)
    assert len(page_sizes_mm(pdf)) == 2
    first, other = pages_by_pdfium(pdf)
    assert "Monsieur le Président," in first
    assert "尊敬的习近平主席：" in other
    assert WORDS.split("\n\n", maxsplit=1)[0] in other
    named = [(kind, language) for kind, language in tags(pdf) if language]
    assert named[:3] == [("Art", "fr"), ("Sect", "fr"), ("Sect", "zh-Hans")]
    assert named[3:] == [
        ("Art", "zh-Hans"),
        ("Sect", "en"),  # address
        ("Sect", "zh-Hans"),  # the address in Chinese
        ("Sect", "zh-Hans"),  # the note
        ("Sect", "fr"),  # the note
        ("Sect", "fr"),  # own words
        ("Sect", "fr"),
    ]


def test_nobody_signs_twice(renderer: Renderer) -> None:
    assert 'class="a4 none translation size-11"' in sheet_html(second(written()), "a4", "size-11")
    assert "translation" not in sheet_html(written(), "a4", "size-11")


def test_a_fax_counts_the_page_of_the_translation() -> None:
    assert '<span class="label">Pages</span> 2</p>' in sheet_html(written(), "a4", "size-11", Layout.FAX)
    assert '<span class="label">Pages</span> 1</p>' in sheet_html(sample_letter(), "a4", "size-11", Layout.FAX)
