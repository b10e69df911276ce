"""Address lines measured without their font, held against the font."""

import pytest
from fontTools.ttLib import TTFont

from campaign.letters.measure import HANGING_MM, MM_PER_POINT, broken, rows_of, text_width
from campaign.letters.typefaces import FONT_DIR
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import ROOT
from tests.letters.builders import sample_letter


@pytest.fixture(scope="module")
def widths() -> dict[str, int]:
    with TTFont(FONT_DIR / "LetterSerif-Regular.ttf") as font:
        return {chr(point): font["hmtx"][glyph][0] for point, glyph in font.getBestCmap().items()}


def test_the_table_of_widths_is_the_fonts(widths: dict[str, int]) -> None:
    for point in range(32, 127):
        assert text_width(chr(point), 1000) == pytest.approx(widths[chr(point)] * MM_PER_POINT), chr(point)


def test_no_line_of_the_directory_is_wider_than_measured(widths: dict[str, int]) -> None:
    directory = MissionsDirectory.load(ROOT / "letters" / "directory")
    lines = [line for state in directory.states for one in directory.missions(state) for line in one.lines]
    assert len(lines) > 300
    for line in lines:
        real = sum(widths.get(character, 1000) for character in line) * MM_PER_POINT / 100
        assert text_width(line, 10) >= real - 0.01, line


@pytest.mark.parametrize(("text", "squares"), [("서울특별시", 5), ("서울", 2), ("北京市", 3), ("さくら", 3)])
def test_a_syllable_or_character_of_east_asia_counts_as_one_square(text: str, squares: int) -> None:
    assert text_width(text, 1000) == pytest.approx(squares * 1000 * MM_PER_POINT)


@pytest.mark.parametrize(
    ("accented", "plain"), [("Élodie", "Elodie"), ("Nguyễn", "Nguyen"), ("E\u0301lodie", "Elodie")]
)
def test_an_accent_takes_no_room(accented: str, plain: str) -> None:
    assert text_width(accented, 10) == pytest.approx(text_width(plain, 10))


def test_a_line_wider_than_its_column_counts_as_the_rows_it_takes() -> None:
    addressee = sample_letter().addressee
    assert rows_of(addressee, 100, 10) == 6
    assert rows_of(addressee, 72, 10) == 7
    assert rows_of(addressee, 40, 10) > 8


def test_a_broken_line_breaks_after_its_comma_where_that_costs_no_row() -> None:
    line = "Xichangan'jie Xichengqu, Beijing Shi 100017"
    assert broken(line, 100, 10) == [line]
    assert broken(line, 60, 10) == ["Xichangan'jie Xichengqu,", "Beijing Shi 100017"]
    assert broken("A line without one that is far too long for it", 50, 10) == [
        "A line without one that is far too long for it"
    ]
    assert text_width("Beijing Shi 100017", 10) < 60 - HANGING_MM
