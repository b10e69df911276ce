"""A stamped letter is the letter that WeasyPrint draws whole: same text, same structure, same picture."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaign.letters.letter import Letter
from campaign.letters.workers import Renderer
from tests.letters.builders import LOCALES, letter_text, sample_appeal, sample_letter
from tests.letters.reading import pages_by_pdfium, tags, text_by_poppler
from tests.letters.stamps import (
    LEFT_TO_WEASYPRINT,
    NAMES,
    check_by_qpdf,
    content,
    everything_in,
    is_stamped,
    pixels,
    structure_by_poppler,
    text_by_pypdf,
    uyghur_letter,
    whole_renderer,
)

needs_poppler = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler-utils is not installed")
needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")

KINDS = {
    "president en": ({}, "a4", "none"),
    "embassy fr": ({"recipient": "embassy", "locale": "fr", "country": "FR"}, "a4", "right"),
    "president zh": ({"locale": "zh-Hans", "name": "欧阳雪梅"}, "a4", "none"),
    "embassy zh": ({"recipient": "embassy", "locale": "zh-Hans"}, "letter", "none"),
    "German window": ({"name": "ئايگۈل قادىر"}, "a4", "din"),
    "British window": ({"name": "Ελένη Παπαδοπούλου", "address": "1 High Street"}, "a4", "uk"),
    "American window": ({"recipient": "embassy", "name": "Nguyễn Thị Ánh Tuyết"}, "letter", "us10"),
    "without a name": ({"without_name": True}, "letter", "none"),
    "without a town": ({"city": "", "address": ""}, "a4", "none"),
}


@pytest.fixture(scope="module")
def whole() -> Iterator[Renderer]:
    with whole_renderer() as one:
        yield one


def same(renderer: Renderer, whole: Renderer, letter: Letter, paper: str = "a4", layout: str = "none") -> bytes:
    """Make sure that a letter is stamped as it would have been drawn; return it."""
    stamped = renderer.pdf([letter], paper, layout)
    assert is_stamped(stamped)
    assert content(stamped) == content(whole.pdf([letter], paper, layout))
    return stamped


@needs_poppler
@needs_qpdf
@pytest.mark.parametrize("kind", KINDS)
def test_a_stamped_letter_is_the_one_drawn_whole(
    renderer: Renderer, whole: Renderer, tmp_path: Path, kind: str
) -> None:
    changes, paper, layout = KINDS[kind]
    letter = sample_letter(**changes)
    stamped, drawn = same(renderer, whole, letter, paper, layout), whole.pdf([letter], paper, layout)
    assert pages_by_pdfium(stamped) == pages_by_pdfium(drawn)
    assert text_by_pypdf(stamped) == text_by_pypdf(drawn)
    assert text_by_poppler(stamped, tmp_path) == text_by_poppler(drawn, tmp_path)
    assert tags(stamped) == tags(drawn)
    assert structure_by_poppler(stamped, tmp_path) == structure_by_poppler(drawn, tmp_path)
    assert pixels(stamped) == pixels(drawn)
    check_by_qpdf(stamped, tmp_path)


def test_its_metadata_is_the_same(renderer: Renderer, whole: Renderer) -> None:
    letter = sample_letter("embassy", locale="fr", name="Ayşe Yılmaz")
    stamped, drawn = (everything_in(one.pdf([letter], "a4")) for one in (renderer, whole))
    packet = drawn[drawn.index(b"<?xpacket begin") : drawn.index(b'<?xpacket end="r"?>')]
    assert packet in stamped
    assert "Yılmaz".encode("utf-16-be") not in stamped
    for key in (b"/Lang", b"/MarkInfo", b"/DisplayDocTitle", b"/Producer", b"/Title"):
        assert stamped.count(key) == drawn.count(key)
    for key in (b"/CreationDate", b"/ModDate", b"/Author"):
        assert key not in stamped


@pytest.mark.parametrize("locale", ["en", "zh-Hans", "ug"])
@pytest.mark.parametrize("script", NAMES)
def test_a_name_of_any_script_is_stamped_as_it_is_drawn_or_left_to_be_drawn(
    renderer: Renderer, whole: Renderer, script: str, locale: str
) -> None:
    changes = {"name": NAMES[script], "city": "", "address": ""}
    letter = uyghur_letter(**changes) if locale == "ug" else sample_letter(locale=locale, **changes)
    if is_stamped(renderer.pdf([letter], "a4")):
        stamped = same(renderer, whole, letter)
        assert pages_by_pdfium(stamped) == pages_by_pdfium(whole.pdf([letter], "a4"))
    else:
        assert locale != "en"


@pytest.mark.parametrize("script", LEFT_TO_WEASYPRINT)
def test_what_is_not_sure_to_come_out_the_same_is_drawn_whole(renderer: Renderer, whole: Renderer, script: str) -> None:
    letter = sample_letter(name=LEFT_TO_WEASYPRINT[script])
    assert renderer.pdf([letter], "a4") == whole.pdf([letter], "a4")


@pytest.mark.parametrize(
    ("letter", "layout"),
    [
        (sample_letter(words="My grandmother comes from Ürümqi."), "none"),
        (sample_letter(), "fax"),
        (sample_letter(name="Xi Jinping"), "none"),
        (sample_letter(name="ب", address="ﺏ"), "none"),
        (
            sample_letter(
                appeal=sample_appeal({("president", "en"): letter_text("president", "en", ("A. " * 2_500,))})
            ),
            "none",
        ),
    ],
    ids=["own words", "fax", "a name that also stands in the text", "a glyph for two texts", "two pages"],
)
def test_a_letter_of_another_kind_is_drawn_whole(
    renderer: Renderer, whole: Renderer, letter: Letter, layout: str
) -> None:
    assert renderer.pdf([letter], "a4", layout) == whole.pdf([letter], "a4", layout)


@pytest.mark.parametrize(("layout", "longest"), [("none", 40), ("din", 40), ("uk", 40)])
def test_a_line_is_stamped_up_to_the_width_of_its_column(
    renderer: Renderer, whole: Renderer, layout: str, longest: int
) -> None:
    letters = {length: sample_letter(name="Ma", address="m" * length) for length in range(10, longest)}
    stamped = [length for length, letter in letters.items() if is_stamped(renderer.pdf([letter], "a4", layout))]
    same(renderer, whole, letters[stamped[-1]], "a4", layout)
    assert stamped == list(range(10, stamped[-1] + 1))
    assert 16 < stamped[-1] < longest - 1


LETTERS = st.sampled_from(
    [
        st.text(
            "ABEGMRSTVWYabdefghijklmnoprstuvxyzÀÅÇÉÑØÞßàåçèéïñöøþăćđėğıłńřşšţťűžəơưạấềệọộớựỹ", min_size=1, max_size=9
        ),
        st.text("ΑΒΓΔΘΛΣΩαβγδεζηθικλμνξοπρστυφχψωάέήίόύώ", min_size=1, max_size=9),
        st.text("АБВГДЖЙКЛМШЫЮЯабвгдежзийклмнопрстуфхцчшщъыьэюяіїєґәқңөұүһ", min_size=1, max_size=9),
        st.text("李王张刘陈杨赵黄周吴徐孙龍麗詠陳", min_size=1, max_size=4),
        st.text("ابتجخدرزسشعغفقكلمنهيئپچژگڭۇۆۈۋېىە", min_size=1, max_size=9),
        st.text("가나다라마바사김이박최정", min_size=1, max_size=4),
    ]
).flatmap(lambda one: one)
LINES = st.builds(
    "".join,
    st.lists(
        st.one_of(LETTERS, st.sampled_from([" ", "-", "’", ", ", ". ", " 12", "/", "，"])), min_size=1, max_size=5
    ),
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=LETTERS, line=LINES.map(str.strip).filter(bool), locale=st.sampled_from(LOCALES))
@example(name="ΑΛκξ", line="A", locale="zh-Hans")  # placed a millionth of a pixel apart, on both sides of a rounding
def test_whatever_people_are_called_and_wherever_they_live(
    renderer: Renderer, whole: Renderer, name: str, line: str, locale: str
) -> None:
    letter = sample_letter(name=name, address=line, city="", locale=locale)
    stamped, drawn = renderer.pdf([letter], "a4"), whole.pdf([letter], "a4")
    assert stamped == drawn or content(stamped) == content(drawn)


def test_equal_letters_give_equal_bytes_whatever_was_stamped_before(renderer: Renderer) -> None:
    letter = sample_letter(name="Ayşe Yılmaz")
    first = renderer.pdf([letter], "a4")
    for name in NAMES.values():
        renderer.pdf([sample_letter(name=name)], "a4")
    assert renderer.pdf([letter], "a4") == first
    with Renderer(seconds=60) as other:
        other.pdf([sample_letter(name="Somebody Else")], "a4")
        assert other.pdf([letter], "a4") == first


def test_nothing_of_one_supporter_is_in_the_letter_of_the_next(renderer: Renderer) -> None:
    first = sample_letter(name="Qwxz Kjvb", address="77 Jabberwocky Quay")
    second = sample_letter(name="Anna Sol", address="1 Main Road")
    renderer.pdf([first], "a4")
    after = renderer.pdf([second], "a4")
    with Renderer(seconds=60) as fresh:
        assert fresh.pdf([second], "a4") == after
    text = "".join(text_by_pypdf(after))
    assert "Anna Sol" in text
    for private in ("Qwxz", "Kjvb", "Jabberwocky"):
        assert private not in text
