"""Envelopes and labels, measured in the finished PDF against the sizes their makers give."""

from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdf
import pytest

from campaign.letters.envelopes import ENVELOPES, LABELS, EnvelopeSize, LabelSheet, NoRoomError, envelope_for
from campaign.letters.letter import Letter
from campaign.letters.measure import address_lines
from campaign.letters.workers import Renderer
from tests.letters.builders import sample_letter
from tests.letters.reading import box_of_lines_mm, lines_by_pdfium, opened, page_sizes_mm, tags

SIZES = {"dl": (220, 110), "c5": (229, 162), "c6": (162, 114), "10": (241.3, 104.8)}
# Columns, rows, left, top, width, height, step to the right, step down, paper: in mm, as the makers print them.
SHEETS = {
    "l7160": (3, 7, 7.2, 15.15, 63.5, 38.1, 66.0, 38.1, (210.0, 297.0)),
    "5160": (3, 10, 4.76, 12.7, 66.68, 25.4, 69.85, 25.4, (215.9, 279.4)),
}


def box_of(pdf: bytes, letter: Letter) -> tuple[float, float, float, float]:
    lines = list(address_lines(letter.addressee))
    return box_of_lines_mm(pdf, " ".join(lines[0].split()[:3]), lines[-1])  # A narrow label breaks longer ones.


def long_letter(lines: int, text: str = "Office of the one who answers") -> Letter:
    letter = sample_letter()
    addressee = replace(letter.addressee, lines=tuple(f"{number} {text}" for number in range(lines)))
    return replace(letter, addressee=addressee)


def numbered(count: int) -> list[Letter]:
    letter = sample_letter("embassy")
    return [
        replace(letter, addressee=replace(letter.addressee, lines=(f"Office {number:02}", f"Street {number:02}")))
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ["president", "embassy"])
def test_the_address_stands_near_the_middle_clear_of_stamp_and_edges(renderer: Renderer, size: str, who: str) -> None:
    letter, (width, height) = sample_letter(who), SIZES[size]
    pdf = renderer.envelopes([letter], EnvelopeSize(size))
    assert page_sizes_mm(pdf) == [(width, height)]
    left, top, right, bottom = box_of(pdf, letter)
    assert 0.4 * width < left < 0.5 * width
    assert left == pytest.approx(ENVELOPES[EnvelopeSize(size)].left, abs=1)
    assert top == pytest.approx(ENVELOPES[EnvelopeSize(size)].top, abs=1.5)
    assert top > 40, "the corner for the stamp"
    assert right <= width - 15
    assert bottom <= height - 15


@pytest.mark.parametrize("size", SIZES)
def test_the_sender_stands_top_left_beside_the_address_and_only_with_a_name(renderer: Renderer, size: str) -> None:
    letter = sample_letter(address="\n".join(["4321, rue Saint-Denis, appartement 5, deuxième étage"] * 4))
    pdf = renderer.envelopes([letter], EnvelopeSize(size))
    left, top, right, _ = box_of_lines_mm(pdf, letter.sender[0], letter.sender[-1])
    assert (left, top) == (pytest.approx(12, abs=1), pytest.approx(10, abs=1))
    assert right < box_of(pdf, letter)[0]
    assert right < SIZES[size][0] - 90
    nameless = lines_by_pdfium(renderer.envelopes([sample_letter(without_name=True)], EnvelopeSize(size)))
    assert nameless == list(address_lines(letter.addressee))


def test_the_usual_envelope_is_the_one_letter_paper_folds_into() -> None:
    assert [envelope_for(country) for country in ("US", "CA", "DE", "KZ")] == ["10", "10", "dl", "dl"]


@pytest.mark.parametrize(("sheet", "start"), [("l7160", 1), ("l7160", 5), ("l7160", 21), ("5160", 1), ("5160", 30)])
def test_every_address_stands_on_its_label(renderer: Renderer, sheet: str, start: int) -> None:
    columns, rows, left, top, width, height, right_by, down_by, paper = SHEETS[sheet]
    letter = sample_letter()
    pdf = renderer.labels([letter], LabelSheet(sheet), start)
    assert page_sizes_mm(pdf) == [paper]
    row, column = divmod(start - 1, columns)
    assert row < rows
    edge, upper = left + column * right_by, top + row * down_by
    found = box_of(pdf, letter)
    assert found[0] == pytest.approx(edge + 2, abs=1)
    assert found[1] >= upper + 1.5
    assert found[2] <= edge + width - 1.5
    assert found[3] <= upper + height - 1.5


@pytest.mark.parametrize("sheet", LabelSheet)
def test_labels_run_along_the_rows_and_on_to_the_next_sheet(renderer: Renderer, sheet: LabelSheet) -> None:
    letters = numbered(LABELS[sheet].places + 2)
    pdf = renderer.labels(letters, sheet, 2)
    assert len(page_sizes_mm(pdf)) == 2
    first, second, fourth = (box_of(pdf, letters[index]) for index in (0, 1, 3))
    assert second[0] - first[0] == pytest.approx(LABELS[sheet].width + LABELS[sheet].gap, abs=0.2)
    assert fourth[1] - first[1] == pytest.approx(LABELS[sheet].height, abs=0.2)
    assert [line for line in lines_by_pdfium(pdf) if line.startswith("Office")] == [
        letter.addressee.lines[0] for letter in letters
    ]


def test_a_place_that_a_sheet_does_not_have_is_a_mistake(renderer: Renderer) -> None:
    for start in (0, 22):
        with pytest.raises(ValueError, match="place"):
            renderer.labels([sample_letter()], LabelSheet.L7160, start)


def test_a_long_address_is_set_smaller_and_one_too_long_is_refused_with_what_to_use(renderer: Renderer) -> None:
    for lines in (1, 4):
        letter = long_letter(lines)
        assert box_of(renderer.labels([letter], LabelSheet.US5160), letter)[3] <= 12.7 + 25.4 - 1.5
    with pytest.raises(NoRoomError, match=r"does not fit on a 5160 label, even in 8 point type. Use the larger labels"):
        renderer.labels([long_letter(6)], LabelSheet.US5160)
    with pytest.raises(NoRoomError, match="Use an envelope instead"):
        renderer.labels([long_letter(9)], LabelSheet.L7160)
    with pytest.raises(NoRoomError, match="Use a C5 envelope instead"):
        renderer.envelopes([long_letter(14)], EnvelopeSize.DL)


@pytest.mark.parametrize("size", EnvelopeSize)
def test_seven_lines_and_a_country_fit_every_envelope(renderer: Renderer, size: EnvelopeSize) -> None:
    letter = long_letter(6)
    longest = "The Office of the Supreme Leader, Islamic Republic Street – End of Shahid Keshvar Doust Street"
    letter = replace(letter, addressee=replace(letter.addressee, lines=(*letter.addressee.lines, longest)))
    _, _, right, bottom = box_of(renderer.envelopes([letter], size), letter)
    assert right <= ENVELOPES[size].width - 15
    assert bottom <= ENVELOPES[size].height - 15


@pytest.mark.parametrize("what", ["envelopes", "labels"])
def test_they_are_tagged_name_their_languages_and_come_out_equal(renderer: Renderer, what: str) -> None:
    letters = [sample_letter(locale="fr"), sample_letter("embassy", locale="fr")]

    def draw() -> bytes:
        if what == "envelopes":
            return renderer.envelopes(letters, EnvelopeSize.DL)
        return renderer.labels(letters, LabelSheet.L7160, 3)

    pdf = draw()
    assert draw() == pdf
    languages = [lang for kind, lang in tags(pdf) if kind == "Sect"]
    assert languages == ["fr", "zh-Hans", "fr"]
    with pikepdf.open(BytesIO(pdf)) as file:
        assert b'pdfuaid:part="1"' in file.Root.Metadata.read_bytes()
        assert str(file.Root.Lang) == "fr"
    reader = pypdf.PdfReader(BytesIO(pdf))
    assert set(reader.metadata) == {"/Producer", "/Title"}
    assert "Tremblay" not in reader.metadata.title
    assert reader.metadata.title.startswith(("Enveloppe – Le Président", "Étiquettes – Le Président"))


def test_every_letter_gets_an_envelope_of_its_own(renderer: Renderer) -> None:
    pdf = renderer.envelopes(numbered(3), EnvelopeSize.C6)
    with opened(pdf) as document:
        assert len(document) == 3
