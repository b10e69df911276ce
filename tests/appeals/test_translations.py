"""Translations of a pack: only those it names, with day and kind of their review; every error has its line."""

from datetime import date

import pytest

from campaign.appeals.definition import Review, Translation
from campaign.appeals.pack import files_in_folder, load_pack, read_pack
from campaign.settings import ROOT

FILES = dict(files_in_folder(ROOT / "letters" / "ua-61-21"))
TEXT = FILES["appeal.toml"].decode()
TABLE = TEXT[TEXT.index("[[translation]]") :]


def with_table(table: str) -> dict[str, bytes]:
    return {**FILES, "appeal.toml": TEXT.replace(TABLE, table).encode()}


def test_ua_61_21_names_the_chinese_letters_as_reviewed_by_the_project_and_by_nobody_else():
    [translation] = load_pack("x", FILES).translations
    assert translation == Translation("zh-Hans", ("president", "embassy"), date(2026, 11, 22), Review.PROJECT)


def test_a_translation_belongs_to_the_recipients_it_names():
    appeal = load_pack("x", FILES)
    assert appeal.translation_for("embassy") == appeal.translations[0]
    assert appeal.translation_for("high-commissioner") is None


def test_a_pack_without_a_reviewed_translation_has_none():
    appeal = load_pack("x", with_table(""))
    assert appeal.translations == ()
    assert "zh-Hans" in appeal.letter_locales


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"zh-Hans"', '"de"', "locale =", "There are no letters in “de”: add it to “letter_locales”."),
        ('"embassy"', '"nobody"', "recipients =", "No [[recipient]] has the id “nobody”."),
        ('"embassy"', '"president"', "recipients =", "The recipient “president” is named twice"),
        ('"president", "embassy"', "", "recipients =", "at least 1 item"),
        ("2026-11-22", '"lately"', "reviewed =", "valid date"),
        ('"project"', '"a native reader"', "review =", "'project', 'reader' or 'translator'"),
        ("reviewed = 2026-11-22\n", "", "[[translation]]", "The key “translation.0.reviewed” is missing."),
        ('review = "project"', 'review = "project"\nby = "Somebody"', "by =", "There is no key “translation.0.by”"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said_at_its_line(old, new, line, said):
    assert old in TABLE
    files = with_table(TABLE.replace(old, new))
    lines = files["appeal.toml"].decode().splitlines()
    [problem] = read_pack("x", files).errors
    assert said in problem.message
    assert problem.file == "appeal.toml"
    assert lines[problem.line - 1].startswith(line)


def test_a_recipient_in_two_translations_is_an_error_at_the_second():
    second = '\n[[translation]]\nlocale = "fr"\nrecipients = ["embassy"]\nreviewed = 2026-11-22\nreview = "reader"\n'
    files = with_table(TABLE + second)
    [problem] = read_pack("x", files).errors
    assert files["appeal.toml"].decode().splitlines()[problem.line - 1] == 'recipients = ["embassy"]'
    assert "“embassy” is named twice" in problem.message
