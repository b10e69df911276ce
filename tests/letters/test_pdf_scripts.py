"""Names of many scripts, and the right glyph for every character."""

import shutil
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from campaign.letters.errors import UndrawableError
from campaign.letters.typefaces import FONT_DIR
from campaign.letters.workers import Renderer
from tests.letters.builders import sample_letter
from tests.letters.reading import lines_by_pdfium, opened, text_by_poppler

NAMES = {
    "Latin": "Zoë Ångström-O’Neill",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Azerbaijani": "Əli Həsənov Işıl Żółć",
    "Cyrillic": "Екатерина Щукина",
    "Kazakh": "Әйгүл Қадырқызы Өмірова",
    "Greek": "Ελένη Παπαδοπούλου",
    "Simplified Han": "欧阳雪梅",
    "Traditional Han": "陳詠儀",
    "Kana": "高橋さくら",
    "Hangul": "김지영",
    "Uyghur": "ئايگۈل قادىر",
    "Urdu": "ٹیپو ڈار",
    "Hebrew": "שרה כהן",
    "Armenian": "Անահիտ Հակոբյան",
    "Georgian": "ნინო ბერიძე",
    "Bengali": "রবীন্দ্রনাথ ঠাকুর",
    "Telugu": "వెంకట",
    "Sinhala": "සුනිල්",
    "Thai": "สมชาย ใจดี",
    "Lao": "ສົມພອນ",
    "Amharic": "አበበ ቢቂላ",
    "Tifinagh": "ⴰⵎⵓⵔ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
}
# Drawn right, but with marks that stand before or around their letter: extractors take them apart.
NAMES_OF_COMPLEX_SHAPES = {
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
    "Devanagari": "प्रिया शर्मा",
    "Tamil": "கண்ணன்",
    "Khmer": "សុខា",
    "Burmese": "အောင်ဆန်း",
    "Arabic with a ligature": "محمد بن عبد الله",
}
SINGLE_GLYPHS = "AÉğŁŵșßœ&@ДӘҢҮҰЖщѣΩψλ习近平彭扎古丽维吾尔族龍麗詠さヴ김영ԱՖნჭกດ"


def signed(renderer: Renderer, name: str) -> bytes:
    assert unicodedata.is_normalized("NFC", name)
    return renderer.pdf([sample_letter(name=name, city="", address="")], "a4")


@pytest.mark.parametrize("script", NAMES)
def test_a_name_comes_out_of_the_pdf_as_it_went_in(renderer: Renderer, script: str) -> None:
    pdf = signed(renderer, NAMES[script])
    assert lines_by_pdfium(pdf).count(NAMES[script]) == 2  # above, as the sender, and below, as the name


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("script", NAMES)
def test_poppler_reads_the_same_name(renderer: Renderer, tmp_path: Path, script: str) -> None:
    pdf = signed(renderer, NAMES[script])
    assert text_by_poppler(pdf, tmp_path).split("\n").count(NAMES[script]) == 2


@pytest.mark.parametrize("script", NAMES_OF_COMPLEX_SHAPES)
def test_a_name_of_complex_shapes_is_drawn_with_real_glyphs(renderer: Renderer, script: str) -> None:
    assert renderer.pdf([sample_letter(name=NAMES_OF_COMPLEX_SHAPES[script])], "a4").startswith(b"%PDF-1.7")


@pytest.mark.parametrize(("text", "missing"), [("Aygül 😀", "😀"), ("𒀀 and 𓀀", "𒀀𓀀")])
def test_a_character_no_font_has_is_named_instead_of_drawn_as_a_box(
    renderer: Renderer, text: str, missing: str
) -> None:
    with pytest.raises(UndrawableError) as caught:
        renderer.pdf([sample_letter(name=text)], "a4")
    assert caught.value.characters == missing
    assert f"U+{ord(missing[0]):04X}" in str(caught.value)


def test_after_a_character_that_could_not_be_drawn_the_next_letter_is_fine(renderer: Renderer) -> None:
    with pytest.raises(UndrawableError):
        renderer.pdf([sample_letter(words="😀")], "a4")
    assert renderer.pdf([sample_letter()], "a4")


@cache
def font_for(character: str) -> Path:
    """The file that should draw a character: the first of the pack, in the pack's order, that has it."""
    order = ("Serif", "Han", "HanTraditional", "Hangul", "Thai", "Lao", "Georgian", "Armenian", "Wide")
    for family in order:
        file = FONT_DIR / f"Letter{family}-Regular.ttf"
        with TTFont(file) as font:
            if ord(character) in font.getBestCmap():
                return file
    raise AssertionError(character)


def ink(image: Image.Image) -> bytes:
    """The drawn part of a picture, blown up or shrunk to the same small square: its shape, whatever its size."""
    dark = image.convert("L").point(lambda grey: 255 if grey < 128 else 0)
    box = dark.getbbox()
    assert box is not None
    return dark.crop(box).resize((24, 24), Image.Resampling.BOX).tobytes()


def difference(one: bytes, other: bytes) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def reference_ink(character: str) -> bytes:
    image = Image.new("L", (400, 400), 255)
    font = ImageFont.truetype(str(font_for(character)), 160)
    ImageDraw.Draw(image).text((100, 80), character, font=font, fill=0)
    return ink(image)


def drawn_ink(pdf: bytes, characters: str) -> dict[str, bytes]:
    """Where PDFium finds each character of the own words, the ink that is on the paper there."""
    scale = 6
    with opened(pdf) as document:
        page = document[0]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        picture = page.render(scale=scale).to_pil()
        height = page.get_height()
        start = text.index(" ".join(characters))
        found = {}
        for offset, character in enumerate(" ".join(characters)):
            if character != " ":
                left, bottom, right, top = text_page.get_charbox(start + offset)
                edges = (left - 0.5, height - top - 0.5, right + 0.5, height - bottom + 0.5)
                found[character] = ink(picture.crop(tuple(round(edge * scale) for edge in edges)))
        text_page.close()
        page.close()
    return found


def test_every_character_is_drawn_with_its_own_glyph_and_no_other(renderer: Renderer) -> None:
    references = {character: reference_ink(character) for character in SINGLE_GLYPHS}
    for start in range(0, len(SINGLE_GLYPHS), 15):  # a line at a time
        characters = SINGLE_GLYPHS[start : start + 15]
        pdf = renderer.pdf([sample_letter(words=" ".join(characters))], "a4")
        for character, drawn in drawn_ink(pdf, characters).items():
            nearest = min(references, key=lambda one: difference(references[one], drawn))
            assert nearest == character, f"{character} was drawn as {nearest}"


def test_a_letter_before_does_not_change_the_glyphs_of_the_next(renderer: Renderer) -> None:
    alone = renderer.pdf([sample_letter(locale="zh-Hans")], "a4")
    for name in NAMES.values():
        renderer.pdf([sample_letter(name=name)], "a4")
    assert renderer.pdf([sample_letter(locale="zh-Hans")], "a4") == alone
