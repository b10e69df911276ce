"""Many letters as one PDF for a printer."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest

from campaign.letters.errors import UndrawableError
from campaign.letters.letter import Letter, Note
from campaign.letters.workers import Renderer
from tests.letters.builders import sample_letter
from tests.letters.reading import page_sizes_mm, pages_by_pdfium, text_by_poppler
from tests.letters.stamps import check_by_qpdf, content, everything_in, is_stamped, pixels, whole_renderer

needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")

NOTE = "Translation of the preceding letter."
WORDS = "My grandmother comes from Ürümqi. She used to ring my mother every Friday; now nobody answers. "


@pytest.fixture(scope="module")
def whole() -> Iterator[Renderer]:
    with whole_renderer() as one:
        yield one


def translation_of(name: str) -> Letter:
    """The Chinese letter as it follows one in English."""
    return replace(sample_letter(name=name, locale="zh-Hans"), sender=(), note=(Note("en", NOTE),))


def of_every_kind() -> list[tuple[Letter, str, str]]:
    """Letters of several countries, languages, papers and scripts, some of which are not stamped."""
    return [
        (sample_letter(name="Anna Sol", address="1 Main Road"), "letter", "none"),
        (sample_letter("embassy", name="Екатерина Щукина", country="FR", locale="fr"), "a4", "right"),
        (sample_letter(name="Bo Ek", words=WORDS), "a4", "none"),
        (sample_letter(name="欧阳雪梅", locale="zh-Hans"), "a4", "none"),
        (sample_letter(name="Cleo Roy", address="2 Main Road"), "letter", "none"),
        (sample_letter(name="ئايگۈل قادىر", country="KZ"), "a4", "din"),
        (sample_letter(name="བསྟན་འཛིན", words=WORDS * 25), "a4", "none"),
        (sample_letter("embassy", name="Ольга", country="FR", locale="fr"), "a4", "right"),
        (sample_letter(without_name=True), "a4", "uk"),
    ]


def packed(renderer: Renderer, wanted: list[tuple[Letter, str, str]], *, duplex: bool = False) -> bytes:
    letters, papers, layouts = zip(*wanted, strict=True)
    return renderer.pack(letters, papers, layouts, duplex=duplex)


@needs_qpdf
def test_letters_of_every_kind_come_in_their_order_on_their_paper(renderer: Renderer, tmp_path: Path) -> None:
    wanted = of_every_kind()
    pdf = packed(renderer, wanted)
    pages, sizes = [], []
    for letter, paper, layout in wanted:
        alone = renderer.pdf([letter], paper, layout)
        pages += pages_by_pdfium(alone)
        sizes += page_sizes_mm(alone)
    assert len(pages) == len(wanted) + 1  # One has two pages.
    assert pages_by_pdfium(pdf) == pages
    assert page_sizes_mm(pdf) == sizes
    check_by_qpdf(pdf, tmp_path)


@needs_poppler
def test_a_page_of_a_pack_is_the_page_of_its_letter(renderer: Renderer, tmp_path: Path) -> None:
    for one in of_every_kind():
        alone, pack = renderer.pdf([one[0]], *one[1:]), packed(renderer, [one])
        assert content(pack) == content(alone)
        assert pixels(pack) == pixels(alone)
        assert text_by_poppler(pack, tmp_path) == text_by_poppler(alone, tmp_path)


def test_for_both_sides_every_letter_begins_on_an_odd_page(renderer: Renderer, tmp_path: Path) -> None:
    wanted = of_every_kind()
    pages = pages_by_pdfium(packed(renderer, wanted, duplex=True))
    assert len(pages) == 2 * len(wanted)
    for number, (letter, _, _) in enumerate(wanted):
        assert letter.salutation in pages[2 * number]
    blank = [number for number, page in enumerate(pages) if not page.strip()]
    long_one = 6
    assert blank == [2 * number + 1 for number in range(len(wanted)) if number != long_one]
    sizes = page_sizes_mm(packed(renderer, wanted, duplex=True))
    assert sizes[::2] == sizes[1::2]


def test_a_translation_is_stamped_on_the_back_of_its_letter(renderer: Renderer, whole: Renderer) -> None:
    letters = [replace(sample_letter(name=name), translation=translation_of(name)) for name in ("Anna Sol", "Bo Ek")]
    pages = pages_by_pdfium(renderer.pack(letters, ["a4", "a4"], ["din", "none"], duplex=True))
    assert len(pages) == 4
    assert [NOTE in page for page in pages] == [False, True, False, True]
    assert [name in pages[number] for number, name in enumerate(("Anna Sol", "Anna Sol", "Bo Ek", "Bo Ek"))] == [
        True
    ] * 4
    alone = renderer.pdf([translation_of("Bo Ek")], "a4")
    assert is_stamped(alone)
    assert content(alone) == content(whole.pdf([translation_of("Bo Ek")], "a4"))


def test_a_pack_without_stamps_reads_the_same(renderer: Renderer, whole: Renderer) -> None:
    wanted = of_every_kind()
    assert pages_by_pdfium(packed(whole, wanted, duplex=True)) == pages_by_pdfium(packed(renderer, wanted, duplex=True))


def test_equal_packs_are_equal_bytes(renderer: Renderer) -> None:
    wanted = of_every_kind()
    first = packed(renderer, wanted, duplex=True)
    assert packed(renderer, wanted, duplex=True) == first
    with Renderer(seconds=60) as other:
        packed(other, wanted[3:])
        assert packed(other, wanted, duplex=True) == first


def test_it_says_what_it_is_and_to_whom_and_nothing_of_the_senders(renderer: Renderer) -> None:
    pdf = packed(renderer, of_every_kind()[:5], duplex=True)
    reader = pypdf.PdfReader(BytesIO(pdf))
    assert set(reader.metadata) == {"/Title"}
    assert reader.metadata.title.startswith("Letter – President Xi Jinping; L'Ambassadeur")
    assert reader.metadata.title.count("President Xi Jinping") == 1
    root = reader.root_object
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/Duplex"] == "/DuplexFlipLongEdge"
    assert "/Metadata" not in root
    assert "/ID" not in reader.trailer
    assert b"/CreationDate" not in everything_in(pdf)


def people(count: int) -> list[tuple[Letter, str, str]]:
    letters = (sample_letter(name=f"Anna Sol {number}", address=f"{number} Main Road") for number in range(count))
    return [(letter, "a4", "none") for letter in letters]


@needs_qpdf
def test_what_letters_share_is_in_the_file_once(renderer: Renderer, tmp_path: Path) -> None:
    wanted = [*people(150), (sample_letter(locale="fr", country="FR", name="Zoé Ük"), "a4", "none")]
    pdf = packed(renderer, wanted)
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = {font.objgen: str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
        streams = Counter(stream.objgen for page in document.pages for stream in page.Contents)
    assert len(fonts) == len({name.partition("+")[2] for name in fonts.values()}) == 3
    assert all(re.match(r"/[A-Z]{6}\+Letter-", name) for name in fonts.values())
    assert sorted(streams.values())[-3:] == [150, 150, 150]
    assert len(pdf) - len(packed(renderer, wanted[-2:])) < 150 * 1_000
    pages = pages_by_pdfium(pdf)
    assert [f"Anna Sol {number}\n" in pages[number] for number in range(150)] == [True] * 150
    check_by_qpdf(pdf, tmp_path)


def test_one_character_that_cannot_be_drawn_is_named(renderer: Renderer) -> None:
    with pytest.raises(UndrawableError) as caught:
        packed(renderer, [*people(2), (sample_letter(name="Aygül 😀"), "a4", "none")])
    assert caught.value.characters == "😀"


@pytest.mark.parametrize(
    ("papers", "layouts"),
    [([], []), (["a4"], ["none", "none"]), (["a5"], ["none"]), (["a4"], ["us10"]), (["a4"], ["nowhere"])],
)
def test_a_paper_and_a_layout_that_go_together_are_asked_for_each_letter(
    renderer: Renderer, papers: list[str], layouts: list[str]
) -> None:
    with pytest.raises(ValueError, match="ayout"):
        renderer.pack([sample_letter()] * len(papers), papers, layouts)
