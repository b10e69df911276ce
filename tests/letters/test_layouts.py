"""Where address, sender and fold marks really land, measured in the finished PDF against the envelopes themselves."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2.raw as pdfium
import pytest

from campaign.appeals.definition import Appeal
from campaign.appeals.pack import files_in_folder, load_pack
from campaign.letters.compose import compose
from campaign.letters.layouts import PAPERS_OF, WINDOWS, Layout, choose_layout, layout_for
from campaign.letters.letter import Letter, LetterValues
from campaign.letters.measure import address_lines
from campaign.letters.workers import Renderer
from campaign.recipients.directory import MissionsDirectory
from campaign.settings import ROOT
from tests.letters.reading import box_of_lines_mm, lines_by_pdfium, opened, page_sizes_mm, tags

SLUG = "ua-61-21"
COUNTRIES = ("CA", "FR", "KZ", "US", "GB", "DE", "CH")
MM = 25.4 / 72


@dataclass(frozen=True)
class Sheet:
    """A folded sheet in a window envelope: all of it in mm, as the standards and manufacturers give it."""

    envelope: tuple[float, float]
    window: tuple[float, float, float, float]  # from the envelope's left and top edge: left, top, right, bottom
    panel: tuple[float, float]  # the folded sheet's width and height

    def shown(self, slid_right: float, raised: bool) -> tuple[float, float, float, float]:
        """What the window shows of the sheet when it lies at a share of its play, at the bottom or at the top."""
        left = slid_right * (self.envelope[0] - self.panel[0])
        top = 0 if raised else self.envelope[1] - self.panel[1]
        return self.window[0] - left, self.window[1] - top, self.window[2] - left, self.window[3] - top


DL, C6_5, C5, NO10 = (220, 110), (229, 114), (229, 162), (241.3, 104.775)
# DIN 680: 90 x 45 mm, 20 mm from the left, 15 mm from the bottom, in C5 60 mm. SN 010130: 90 x 40 mm, 30 and 15 mm from
# the bottom and the right, in C5 77 and 17 mm. No. 10: 114.3 x 28.575 mm, 22.225 from the left, 12.7 from the bottom.
SHEETS = {
    "din in dl": (Layout.DIN, Sheet(DL, (20, 50, 110, 95), (210, 105)), (0, 0.5, 1), (False, True)),
    "din in c6/5": (Layout.DIN, Sheet(C6_5, (20, 54, 110, 99), (210, 105)), (0, 0.2), (False, True)),
    "right in c6/5": (Layout.RIGHT, Sheet(C6_5, (124, 44, 214, 84), (210, 105)), (0.5, 0.75, 1), (False, True)),
    "right in c5": (Layout.RIGHT, Sheet(C5, (122, 45, 212, 85), (210, 148.5)), (0.5, 0.75, 1), (False, True)),
    "us10 in 10": (Layout.US10, Sheet(NO10, (22.225, 63.5, 136.525, 92.075), (215.9, 93.13)), (0, 0.5, 1), (False,)),
}
# Given on the sheet, not on an envelope: DIN 5008 form B, French practice, what GOV.UK Notify and US services print to.
FIELDS = {
    Layout.DIN: (20, 45, 105, 90),
    Layout.RIGHT: (100, 50, 210, 85),
    Layout.UK: (24.6, 39.5, 120, 66.3),
    Layout.US10: (12.7, 51.87, 101.6, 74.1),
}


@cache
def _appeal() -> tuple[Appeal, MissionsDirectory]:
    folder = ROOT / "letters"
    return load_pack(SLUG, files_in_folder(folder / SLUG)), MissionsDirectory.load(folder / "directory")


def real_letter(recipient: str, country: str, locale: str = "en", **changes: object) -> Letter:
    """A letter of UA 61/21 as its pack and the directory of missions make it."""
    appeal, directory = _appeal()
    values = LetterValues(
        country=country,
        locale=locale,
        name="Aygül Qadir",
        city="Springfield",
        address="12 Long Street\nApartment 4",
        demands=tuple(one.id for one in appeal.demands),
    )
    made = compose(appeal, recipient, replace(values, **changes), date(2026, 11, 21), directory)
    assert made is not None
    return made


def address_box(pdf: bytes, letter: Letter) -> tuple[float, float, float, float]:
    lines = list(address_lines(letter.addressee))
    return box_of_lines_mm(pdf, lines[0], lines[-1])


def fold_marks(pdf: bytes) -> list[tuple[float, float, float]]:
    """Every drawn line: left, right and height on the sheet in mm, from top to bottom."""
    marks = []
    with opened(pdf) as document:
        page = document[0]
        for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = drawn.get_bounds()
            marks.append((left * MM, right * MM, (page.get_height() - (top + bottom) / 2) * MM))
        page.close()
    return sorted(marks, key=lambda mark: mark[2])


def every_real_letter_that_fits() -> list[tuple[Layout, str, str, str]]:
    cases = []
    for layout, window in WINDOWS.items():
        for country in COUNTRIES:
            for recipient, locale in (("president", "en"), ("embassy", "en"), ("embassy", "fr")):
                if window.fits(real_letter(recipient, country, locale).addressee):
                    cases.append((layout, recipient, country, locale))
    return cases


@pytest.mark.parametrize(("layout", "recipient", "country", "locale"), every_real_letter_that_fits())
def test_every_real_address_stands_in_its_window(
    renderer: Renderer, layout: Layout, recipient: str, country: str, locale: str
) -> None:
    letter = real_letter(recipient, country, locale)
    pdf = renderer.pdf([letter], WINDOWS[layout].paper, layout)
    left, top, right, bottom = address_box(pdf, letter)
    assert left == pytest.approx(WINDOWS[layout].address.left, abs=1)
    assert top == pytest.approx(WINDOWS[layout].address.top + 0.6, abs=1)
    rooms = [("the field", FIELDS[layout])]
    for name, (of, sheet, slides, heights) in SHEETS.items():
        if of is layout:
            rooms += [(f"{name}, {slide} {high}", sheet.shown(slide, high)) for slide in slides for high in heights]
    for name, room in rooms:
        assert left >= room[0], name
        assert top >= room[1], name
        assert right <= room[2], name
        assert bottom <= room[3], name
    assert page_sizes_mm(pdf) == [(210.0, 297.0) if WINDOWS[layout].paper == "a4" else (215.9, 279.4)]


@pytest.mark.parametrize("layout", WINDOWS)
def test_the_longest_address_that_fits_still_stands_in_its_window(renderer: Renderer, layout: Layout) -> None:
    letter, room = real_letter("embassy", "GB"), WINDOWS[layout].room
    lines = tuple(f"Line {number} of the address" for number in range(1, room + 1))
    letter = replace(letter, addressee=replace(letter.addressee, lines=lines))
    assert WINDOWS[layout].fits(letter.addressee)
    _, top, _, bottom = address_box(renderer.pdf([letter], WINDOWS[layout].paper, layout), letter)
    assert FIELDS[layout][1] <= top
    assert bottom <= FIELDS[layout][3]
    longer = replace(letter.addressee, lines=(*lines, "One more"))
    assert not WINDOWS[layout].fits(longer)


@pytest.mark.parametrize(
    ("layout", "heights"),
    [
        (Layout.DIN, (105, 210)),
        (Layout.RIGHT, (105, 148.5, 210)),
        (Layout.UK, (148.5,)),
        (Layout.US10, (93.13, 186.27)),
        (Layout.NONE, ()),
    ],
)
def test_fold_marks_are_lines_at_the_left_edge_where_the_sheet_is_folded(
    renderer: Renderer, layout: Layout, heights: tuple[float, ...]
) -> None:
    letter = real_letter("embassy", "US")
    pdf = renderer.pdf([letter], PAPERS_OF[layout][0], layout)
    marks = fold_marks(pdf)
    assert [round(height, 1) for _, _, height in marks] == [pytest.approx(height, abs=0.3) for height in heights]
    assert all(left >= 4 and right <= 11 for left, right, _ in marks)
    plain = renderer.pdf([letter], PAPERS_OF[layout][0], Layout.NONE)
    assert lines_by_pdfium(pdf) == lines_by_pdfium(plain), "the same text in the same order, and no word for a mark"


@pytest.mark.parametrize(
    ("layout", "place"),
    [(Layout.DIN, (125, 50)), (Layout.RIGHT, (25, 20)), (Layout.UK, (125, 40)), (Layout.US10, (25, 13))],
)
def test_the_sender_stands_where_the_standard_has_it_and_the_letter_begins_below_the_window(
    renderer: Renderer, layout: Layout, place: tuple[float, float]
) -> None:
    letter = real_letter("embassy", "US")
    pdf = renderer.pdf([letter], WINDOWS[layout].paper, layout)
    left, top, right, _ = box_of_lines_mm(pdf, letter.sender[0], letter.sender[-1])
    assert (left, top) == (pytest.approx(place[0], abs=1), pytest.approx(place[1] + 0.6, abs=1))
    assert right < 195
    assert box_of_lines_mm(pdf, letter.date, letter.date)[1] >= WINDOWS[layout].body


@pytest.mark.parametrize("layout", WINDOWS)
def test_long_sender_addresses_never_reach_the_addressee(renderer: Renderer, layout: Layout) -> None:
    letter = real_letter("embassy", "US", address="\n".join(f"Line {number} of a street" for number in range(5)))
    pdf = renderer.pdf([letter], WINDOWS[layout].paper, layout)
    sender, address = box_of_lines_mm(pdf, letter.sender[0], letter.sender[-1]), address_box(pdf, letter)
    assert sender[3] < address[1] or sender[0] > address[2] or sender[2] < address[0]


@pytest.mark.parametrize("layout", [*WINDOWS, Layout.FAX])
def test_a_window_letter_is_tagged_like_any_other_and_equal_letters_give_equal_bytes(
    renderer: Renderer, layout: Layout
) -> None:
    letter, paper = real_letter("president", "FR", "fr"), PAPERS_OF[layout][0]
    pdf = renderer.pdf([letter], paper, layout)
    assert renderer.pdf([letter], paper, layout) == pdf
    assert [(kind, lang) for kind, lang in tags(pdf) if lang] == [("Art", "fr"), ("Sect", "fr"), ("Sect", "zh-Hans")]
    assert [kind for kind, _ in tags(pdf)].count("H1") == 1
    with pikepdf.open(BytesIO(pdf)) as file:
        assert b'pdfuaid:part="1"' in file.Root.Metadata.read_bytes()


def test_long_words_are_set_smaller_before_they_take_a_second_page(renderer: Renderer) -> None:
    letter = real_letter("embassy", "DE", words="My mother used to ring every Friday. " * 15)
    assert len(page_sizes_mm(renderer.pdf([letter], "a4", Layout.DIN))) == 1
    assert len(page_sizes_mm(renderer.pdf([replace(letter, blocks=letter.blocks * 4)], "a4", Layout.DIN))) > 1


def test_each_letter_of_one_file_has_its_own_layout(renderer: Renderer) -> None:
    letters = [real_letter("president", "FR"), real_letter("embassy", "FR")]
    pdf = renderer.pdf(letters, "a4", [Layout.NONE, Layout.RIGHT])
    with opened(pdf) as document:
        drawn = [len(list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]))) for page in document]
    assert drawn == [0, 3]


def test_a_layout_that_does_not_exist_on_the_paper_is_refused(renderer: Renderer) -> None:
    for paper, layout in (("letter", "din"), ("a4", "us10"), ("a4", ["none", "none"])):
        with pytest.raises(ValueError, match="layout"):
            renderer.pdf([real_letter("embassy", "DE")], paper, layout)


@pytest.mark.parametrize(
    ("country", "layout"),
    [("DE", "din"), ("AT", "din"), ("CH", "right"), ("FR", "right"), ("GB", "uk"), ("US", "us10"), ("KZ", "none")],
)
def test_the_usual_layout_is_the_one_of_the_supporters_country(country: str, layout: str) -> None:
    assert layout_for(country) == layout
    paper = "letter" if country == "US" else "a4"
    assert choose_layout(real_letter("embassy", country).addressee, country, paper).layout == layout


def test_an_address_longer_than_the_window_gets_the_letter_without_one_and_a_reason() -> None:
    president = real_letter("president", "FR", "fr").addressee
    longer = replace(president, lines=(*president.lines[:3], "General Office", *president.lines[3:]))
    choice = choose_layout(longer, "FR", "a4")
    assert (choice.layout, choice.wanted) == (Layout.NONE, Layout.RIGHT)
    assert (choice.lines, choice.room) == (7, 6)
    assert choice.reason.startswith("This address takes 7 lines and the window shows 6")
    assert choose_layout(longer, "FR", "a4", Layout.DIN).reason == ""


@pytest.mark.parametrize("country", ["DE", "CH", "FR", "GB", "US"])
def test_the_address_of_the_president_shows_in_every_usual_window(country: str) -> None:
    paper = "letter" if country == "US" else "a4"
    choice = choose_layout(real_letter("president", country).addressee, country, paper)
    assert choice.layout is choice.wanted is layout_for(country)


def test_seven_lines_and_a_country_fit_no_window_but_the_german_one() -> None:
    letter = real_letter("president", "US")
    lines = tuple(f"Line {number}" for number in range(1, 8))
    addressee = replace(letter.addressee, lines=lines, local_line="", country_line="HONDURAS")
    assert [layout.value for layout, window in WINDOWS.items() if window.fits(addressee)] == ["din"]


def test_a_usual_layout_of_another_paper_is_no_wish_and_a_wanted_one_a_mistake() -> None:
    addressee = real_letter("embassy", "DE").addressee
    choice = choose_layout(addressee, "DE", "letter")
    assert (choice.layout, choice.reason) == (Layout.NONE, "")
    with pytest.raises(ValueError, match="din"):
        choose_layout(addressee, "DE", "letter", Layout.DIN)


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "Fax To From Date"), ("fr", "Télécopie À De"), ("zh-Hans", "传真")]
)
def test_a_fax_carries_its_cover_lines_on_its_one_page(renderer: Renderer, locale: str, words: str) -> None:
    letter = real_letter("president", "CA", locale)
    pdf = renderer.pdf([letter], "letter", Layout.FAX)
    text = "\n".join(lines_by_pdfium(pdf))
    assert len(page_sizes_mm(pdf)) == 1
    head = text[: text.index(letter.addressee.lines[0])]
    for needed in (*words.split(), "011 86 10 6238 1025 / +861062381025", letter.signed_name, letter.date):
        assert needed in head
    assert head.splitlines()[5].split()[-1] == "1"


def test_a_fax_of_several_pages_says_how_many(renderer: Renderer) -> None:
    letter = real_letter("president", "CA")
    pdf = renderer.pdf([replace(letter, blocks=letter.blocks * 5)], "letter", Layout.FAX)
    pages = len(page_sizes_mm(pdf))
    assert pages > 1
    assert lines_by_pdfium(pdf)[5].split() == ["Pages", str(pages)]
