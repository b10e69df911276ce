"""A letter as plain text."""

from campaign.letters.plain import as_mail_body, as_text
from tests.letters.builders import sample_letter


def test_the_text_has_the_whole_letter_in_order() -> None:
    text = as_text(sample_letter(words="A word of my own."))
    order = [
        "President of the People's Republic of China",
        "Xi Jinping",
        "北京市西城区西长安街街道 100017",
        "PEOPLE'S REPUBLIC OF CHINA",
        "November 21, 2026",
        "People missing",
        "Dear President",
        "- release at once",
        "- make sure",
        "A word of my own.",
        "Thank you",
        "Yours sincerely,",
        "Élodie Tremblay",
        "Montréal, Canada",
        "cc: The Ambassador",
    ]
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)


def test_a_chinese_letter_has_its_date_below_the_name() -> None:
    assert as_text(sample_letter(locale="zh-Hans")).count("2026年11月21日") == 1
    assert "加拿大，Montréal\n2026年11月21日\n" in as_text(sample_letter(locale="zh-Hans"))


def test_no_text_ever_has_the_street_address() -> None:
    letter = sample_letter(address="4321, rue Saint-Denis")
    assert "Saint-Denis" not in as_text(letter) + as_mail_body(letter)


def test_a_mail_has_neither_address_nor_date_nor_subject() -> None:
    letter = sample_letter()
    body = as_mail_body(letter)
    assert body.startswith("Dear President Xi Jinping:\n\nI am writing")
    assert letter.subject not in body
    assert letter.date not in body
    assert "Zhongnanhai" not in body
    assert "北京" not in body


def test_the_text_of_a_letter_without_a_name_has_none() -> None:
    text = as_text(sample_letter(without_name=True))
    assert "Tremblay" not in text
    assert "Yours sincerely,\n\nA concerned person\nMontréal, Canada\n" in text


def test_paragraphs_are_not_wrapped_and_empty_parts_leave_no_gap() -> None:
    text = as_text(sample_letter("embassy", country="AD", city=""))
    assert "\n\n\n" not in text
    assert max(map(len, text.split("\n"))) > 200
    assert text.endswith("\n")


def test_line_breaks_of_own_words_are_kept() -> None:
    assert "\n\none\ntwo\n\nthree\n\n" in as_mail_body(sample_letter(words="one\ntwo\n\nthree"))
