"""Many PDFs become one: pages, tags and languages are all there, and what reads PDFs has nothing to say against it."""

import io
import subprocess
import tracemalloc

import pikepdf
import pytest

from campaign.letters.envelopes import EnvelopeSize
from campaign.letters.pack_file import PackFile
from campaign.letters.pdf_syntax import PdfObjects, PdfSyntaxError, entries, parts, renumbered
from tests.letters.builders import sample_letter
from tests.letters.reading import lines_by_pdfium, page_sizes_mm, pages_by_pdfium, tags

NAMES = ("Aygül Qadir", "Nguyễn Thị Linh", "张伟")
LOCALES = ("en", "fr", "zh-Hans")


@pytest.fixture(scope="module")
def chunks(renderer):
    """One tagged PDF of one letter for each of three people."""
    letters = [sample_letter(name=name, locale=locale) for name, locale in zip(NAMES, LOCALES, strict=True)]
    return [renderer.pdf([letter], "a4") for letter in letters]


@pytest.fixture(scope="module")
def envelopes(renderer):
    """A PDF with two envelopes."""
    return renderer.envelopes([sample_letter(name=name) for name in NAMES[:2]], EnvelopeSize.C5)


def joined(*pdfs, fresh=(), duplex=False, title="Letters – UA 61/21"):
    out = io.BytesIO()
    pack = PackFile(out, title, "en", duplex=duplex)
    for pdf in pdfs:
        pack.add(pdf)
    for pdf in fresh:
        pack.add(pdf, on_fresh_sheets=True)
    pack.finish()
    return out.getvalue()


def checked(pdf, folder):
    """Whether qpdf finds nothing to object to."""
    (folder / "pack.pdf").write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", str(folder / "pack.pdf")], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def test_the_pages_follow_each_other_as_they_were_added(chunks, tmp_path):
    pdf = joined(*chunks)
    assert [name in page for name, page in zip(NAMES, pages_by_pdfium(pdf), strict=True)] == [True] * 3
    assert checked(pdf, tmp_path)[0], checked(pdf, tmp_path)[1]


def test_every_page_is_what_it_was(chunks):
    assert pages_by_pdfium(joined(*chunks)) == [page for chunk in chunks for page in pages_by_pdfium(chunk)]


def test_the_tags_of_every_part_stand_below_one_document_with_their_languages(chunks):
    found = tags(joined(*chunks))
    assert [name for name, _ in found[:3]] == ["Document", "Part", "Art"]
    assert [language for name, language in found if name == "Art"] == list(LOCALES)
    inner = [one for chunk in chunks for one in tags(chunk) if one[0] != "Document"]
    assert [one for one in found if one[0] not in {"Document", "Part"}] == inner


def test_every_page_finds_its_own_tags_through_the_parent_tree(chunks):
    with pikepdf.open(io.BytesIO(joined(*chunks))) as pdf:
        tree = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        for page in pdf.pages:
            elements = tree[int(page.obj.StructParents)]
            assert {element.Pg.objgen for element in elements} == {page.obj.objgen}
        assert pdf.Root.MarkInfo.Marked


def test_every_tag_knows_the_one_above_it(chunks):
    with pikepdf.open(io.BytesIO(joined(*chunks))) as pdf:
        root = pdf.Root.StructTreeRoot
        assert root.K.P.objgen == root.objgen
        assert [part.P.objgen for part in root.K.K] == [root.K.objgen] * len(chunks)


def test_a_font_that_several_parts_have_stands_there_once(chunks, tmp_path):
    twice, once = joined(chunks[0], chunks[0]), joined(chunks[0])
    assert len(twice) < 1.5 * len(once)
    assert checked(twice, tmp_path)[0]
    assert pages_by_pdfium(twice) == pages_by_pdfium(once) * 2
    assert pages_by_pdfium(joined(*chunks)) == [page for chunk in chunks for page in pages_by_pdfium(chunk)]


def test_title_language_and_how_to_print_are_said_and_no_hour_and_no_name(chunks):
    pdf = joined(*chunks, duplex=True, title="Letters – UA <61/21>")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert dict(opened.docinfo) == {"/Title": "Letters – UA <61/21>"}
        assert str(opened.Root.Lang) == "en"
        shown = opened.Root.ViewerPreferences
        assert (shown.PrintScaling, shown.Duplex) == ("/None", "/DuplexFlipLongEdge")
        with opened.open_metadata() as metadata:
            assert metadata["dc:title"] == "Letters – UA <61/21>"
            assert metadata["pdfuaid:part"] == "1"
            assert not [key for key in metadata if "Date" in key or "date" in key]


def test_equal_parts_give_equal_bytes(chunks, envelopes):
    assert joined(*chunks, fresh=[envelopes]) == joined(*chunks, fresh=[envelopes])


def test_on_both_sides_no_two_envelopes_share_a_sheet(chunks, envelopes, tmp_path):
    pdf = joined(chunks[0], fresh=[envelopes], duplex=True)
    assert [bool(page.strip()) for page in pages_by_pdfium(pdf)] == [True, True, False, True, False]
    assert page_sizes_mm(pdf)[1:] == [(229, 162)] * 4
    assert checked(pdf, tmp_path)[0]
    assert len(pages_by_pdfium(joined(chunks[0], fresh=[envelopes]))) == 3


def test_a_part_without_tags_takes_the_claim_away_and_nothing_else(chunks, tmp_path):
    plain = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)
    pdf = joined(chunks[0], plain.getvalue())
    assert checked(pdf, tmp_path)[0]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/MarkInfo" not in opened.Root
        assert b"pdfuaid:part" not in opened.Root.Metadata.read_bytes()
    assert NAMES[0] in "".join(lines_by_pdfium(pdf))


def test_ten_times_the_letters_need_no_memory_but_for_their_places(chunks):
    def peak(times):
        with open("/dev/null", "wb") as out:  # noqa: PTH123 - nothing is kept
            pack = PackFile(out, "x", "en")
            tracemalloc.start()
            for _ in range(times):
                pack.add(chunks[0])
            pack.finish()
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return used

    objects = PdfObjects(chunks[0]).size
    assert peak(100) - peak(10) < 90 * objects * 20


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\nhello", b"%PDF-1.7\nstartxref\n3\n%%EOF", b"startxref\n0\n%%EOF\n"]
)
def test_what_is_no_pdf_of_ours_is_refused(content):
    with pytest.raises(PdfSyntaxError):
        PackFile(io.BytesIO(), "x", "en").add(content)


def test_a_string_that_looks_like_a_reference_stays_what_it_is():
    value = rb"<</A (7 0 R \) (8 0 R)) /B 7 0 R/C[8 0 R<3720302052>]/D 7 0 Rx/StructParents 2>>"
    moved = renumbered(value, lambda number: number + 10, 5)
    assert moved == rb"<</A (7 0 R \) (8 0 R)) /B 17 0 R/C[18 0 R<3720302052>]/D 7 0 Rx/StructParents 7>>"


def test_dictionaries_and_arrays_are_taken_apart_one_layer_deep():
    assert parts(b"[1 (a]b) 3 0 R <</A [1]>> [[]] /N null]") == [
        b"1",
        b"(a]b)",
        b"3 0 R",
        b"<</A [1]>>",
        b"[[]]",
        b"/N",
        b"null",
    ]
    assert entries(b"<</A/B/C<</D [1 2]>>/E 3 0 R>>") == {b"/A": b"/B", b"/C": b"<</D [1 2]>>", b"/E": b"3 0 R"}
    with pytest.raises(PdfSyntaxError):
        parts(b"[1 2")
