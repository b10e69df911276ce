"""The finished PDF, read back with pypdf, pikepdf, PDFium, poppler and qpdf."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest

from campaign.letters.letter import Letter
from campaign.letters.workers import Renderer
from tests.letters.builders import LOCALES, letter_text, sample_appeal, sample_letter
from tests.letters.reading import (
    box_of_lines_mm,
    first_left_edges,
    lines_by_pdfium,
    page_sizes_mm,
    pages_by_pdfium,
    tags,
    text_by_poppler,
)

SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
WORDS = "My grandmother comes from Ürümqi. She used to ring my mother every Friday; now nobody answers. "
EVERY_LETTER = [(who, locale) for who in ("president", "embassy") for locale in LOCALES]
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def president(renderer: Renderer) -> bytes:
    return renderer.pdf([sample_letter()], "letter")


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize(("who", "locale"), EVERY_LETTER)
def test_every_letter_is_one_page_of_its_paper(renderer: Renderer, who: str, locale: str, paper: str) -> None:
    pdf = renderer.pdf([sample_letter(who, locale=locale)], paper)
    assert page_sizes_mm(pdf) == [SIZES[paper]]


@pytest.mark.parametrize("paper", SIZES)
def test_a_few_own_words_still_fit_the_page(renderer: Renderer, paper: str) -> None:
    pdf = renderer.pdf([sample_letter(words=WORDS * 5)], paper)
    assert len(page_sizes_mm(pdf)) == 1
    assert "Montréal, Canada" in lines_by_pdfium(pdf)


def test_what_does_not_fit_in_ten_points_takes_a_second_page_that_says_so(renderer: Renderer) -> None:
    pages = pages_by_pdfium(renderer.pdf([sample_letter(words=WORDS * 25)], "a4"))
    assert len(pages) == 2
    assert "\n2" in pages[1]
    assert "Yours sincerely,\nÉlodie Tremblay" in pages[1]
    assert " ".join("".join(pages).split()).count("My grandmother comes") == 25


def test_the_document_is_tagged_and_says_its_language_and_title(president: bytes) -> None:
    with pikepdf.open(BytesIO(president)) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "en"
        assert bool(root.MarkInfo.Marked)
        assert "/StructTreeRoot" in root
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        xmp = root.Metadata.read_bytes().decode()
    assert re.search(r'pdfuaid:part="1"', xmp)
    assert "Letter – President Xi Jinping" in xmp
    assert pypdf.PdfReader(BytesIO(president)).metadata.title == "Letter – President Xi Jinping"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_language_is_the_letters(renderer: Renderer, locale: str) -> None:
    reader = pypdf.PdfReader(BytesIO(renderer.pdf([sample_letter(locale=locale)], "a4")))
    assert reader.root_object["/Lang"] == locale


def test_the_structure_is_a_letters(president: bytes) -> None:
    found = tags(president)
    kinds = [kind for kind, _ in found]
    assert kinds[:2] == ["Document", "Art"]
    assert kinds.count("H1") == 1
    assert kinds.count("LI") == kinds.count("Lbl") == kinds.count("LBody") == 3
    assert "Figure" not in kinds
    assert [(kind, lang) for kind, lang in found if lang] == [("Art", "en"), ("Sect", "en"), ("Sect", "zh-Hans")]


def test_nothing_about_the_supporter_is_in_the_metadata(president: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(president))
    assert set(reader.metadata) == {"/Producer", "/Title"}
    xmp = reader.root_object["/Metadata"].get_object().get_data().decode()
    for private in ("Tremblay", "Saint-Denis", "Montréal", "2026"):
        assert private not in f"{reader.metadata}{xmp}"
    assert "/ID" not in reader.trailer
    assert "/Outlines" not in reader.root_object
    assert "/Names" not in reader.root_object


def test_equal_letters_give_equal_bytes_whichever_process_draws_them(renderer: Renderer) -> None:
    letters = [sample_letter(), sample_letter("embassy", locale="zh-Hans", name="ئايگۈل قادىر")]
    first = renderer.pdf(letters, "a4")
    assert renderer.pdf(letters, "a4") == first
    with Renderer(seconds=60) as other:
        other.pdf([sample_letter(locale="fr", words="Something else before.")], "letter")
        assert other.pdf(letters, "a4") == first


def test_the_address_block_is_in_order_and_ends_with_the_country_alone(president: bytes) -> None:
    lines = lines_by_pdfium(president)
    start = lines.index("President of the People's Republic of China")
    assert lines[start : start + 6] == [
        "President of the People's Republic of China",
        "Xi Jinping",
        "Zhongnanhai",
        "Xichangan'jie Xichengqu, Beijing Shi 100017",
        "北京市西城区西长安街街道 100017",
        "PEOPLE'S REPUBLIC OF CHINA",
    ]


@pytest.mark.parametrize("paper", SIZES)
def test_the_address_lies_in_a_german_and_a_british_window(renderer: Renderer, paper: str) -> None:
    sender = "1 Main Street\nFlat 2\nBy the church\nSmalltown\nSomewhere"  # beside it, however long
    for letter in (sample_letter(address=sender), sample_letter("embassy", locale="fr", address=sender)):
        first, last = letter.addressee.lines[0], letter.addressee.country_line or letter.addressee.lines[-1]
        left, top, right, bottom = box_of_lines_mm(renderer.pdf([letter], paper), first, last)
        # DIN 5008 form B: 20 to 105 mm from the left, 45 to 90 mm from the top; British ones hold less.
        assert left == pytest.approx(25, abs=0.5)
        assert 45 <= top <= 47
        assert right < 105
        assert bottom < 75


def test_the_ottawa_block_is_the_documents(renderer: Renderer) -> None:
    lines = lines_by_pdfium(renderer.pdf([sample_letter("embassy")], "letter"))
    start = lines.index("His Excellency Wang Di")
    assert lines[start + 1 : start + 6] == [
        "Ambassador",
        "Embassy of the People's Republic of China",
        "515 St. Patrick Street",
        "Ottawa, ON K1N 5H3",
        "November 21, 2026",
    ]


def test_the_sender_and_the_signature_are_there_in_order(president: bytes) -> None:
    lines = lines_by_pdfium(president)
    assert lines[:4] == ["Élodie Tremblay", "4321, rue Saint-Denis, app. 5", "Montréal (Québec) H2J 2K9", "Canada"]
    end = lines.index("Yours sincerely,")
    assert lines[end : end + 4] == [
        "Yours sincerely,",
        "Élodie Tremblay",
        "Montréal, Canada",
        "cc: The Ambassador of the People's Republic of China, Ottawa",
    ]


def test_a_letter_without_a_name_holds_none(renderer: Renderer) -> None:
    text = "\n".join(lines_by_pdfium(renderer.pdf([sample_letter(without_name=True)], "letter")))
    assert "Tremblay" not in text
    assert "Saint-Denis" not in text
    assert "Yours sincerely,\nA concerned person\nMontréal, Canada" in text


@needs_poppler
@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_letter_can_be_copied_out(renderer: Renderer, tmp_path: Path, locale: str) -> None:
    letter = sample_letter(locale=locale)
    found = re.sub(r"\s+", "", text_by_poppler(renderer.pdf([letter], "a4"), tmp_path))
    for words in (letter.subject, letter.salutation, letter.closing, letter.date, letter.copy_line):
        assert re.sub(r"\s+", "", words) in found


def test_both_letters_in_one_file_each_begin_a_page(renderer: Renderer) -> None:
    letters = [sample_letter(words=WORDS * 25), sample_letter("embassy", locale="fr"), sample_letter(locale="zh-Hans")]
    pdf = renderer.pdf(letters, "a4")
    pages = pages_by_pdfium(pdf)
    assert len(pages) == 4
    assert "Dear President" in pages[0]
    assert "Excellence," in pages[2]
    assert "尊敬的习近平主席" in pages[3]
    assert [lang for kind, lang in tags(pdf) if kind == "Art"] == ["en", "en", "fr", "zh-Hans"]
    assert pypdf.PdfReader(BytesIO(pdf)).metadata.title.startswith("Letter – President Xi Jinping; L'Ambassadeur")


def test_a_right_to_left_letter_reads_from_the_right(renderer: Renderer) -> None:
    text = letter_text("president", "en", ("بۇ UA 61/21، 2021-يىل.", "((words))"))
    letter: Letter = sample_letter(appeal=sample_appeal({("president", "ug"): text}), locale="ug", demands=())
    pdf = renderer.pdf([letter], "a4")
    assert "President of the People's Republic of China" in lines_by_pdfium(pdf)
    left_of = first_left_edges(pdf, "بU6،0ي.", line_with="UA،")
    # On paper, from right to left: the first word, the reference (itself from left to right), the year, the last word.
    assert left_of["ب"] > left_of["6"] > left_of["U"] > left_of["،"] > left_of["0"] > left_of["ي"] > left_of["."]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize("locale", LOCALES)
def test_the_file_is_sound(renderer: Renderer, tmp_path: Path, locale: str) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(renderer.pdf([sample_letter(locale=locale, name="ئايگۈل قادىر")], "a4"))
    check = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def test_every_font_is_embedded_as_a_subset(president: bytes) -> None:
    with pikepdf.open(BytesIO(president)) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert re.match(r"/[A-Z]{6}\+Letter-", str(font.BaseFont))


@pytest.mark.parametrize(("letters", "paper"), [([], "a4"), ([sample_letter()], "a5"), ([sample_letter()], "../a4")])
def test_no_letter_or_no_such_paper_is_a_mistake_of_the_caller(
    renderer: Renderer, letters: list[Letter], paper: str
) -> None:
    with pytest.raises(ValueError, match="paper"):
        renderer.pdf(letters, paper)
