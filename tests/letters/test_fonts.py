"""The letter fonts: one clean set of files, legally in order, that can write the names of the people we write for."""

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont

from campaign.letters.typefaces import FAMILIES, FONT_DIR, covered, families_for, uncovered, write_fontconfig

WEB_FONTS = FONT_DIR.parents[1] / "static/fonts"
FILES = sorted(FONT_DIR.glob("*.ttf"))
# The 32 letters, and the hamza carrier that opens a word.
UYGHUR_LETTERS = "ئاەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"
NAMES = {
    "Latin": "Zoë Ångström-O’Neill, Ærøskøbing, Þórður, “quoted” – § † ½ £ € ₺ ₸ №",
    "Vietnamese": "Nguyễn Thị Hồng Phượng, Đặng Quỳnh",
    "Turkish": "Işıl Gülşen Çağlayanoğlu, İĞŞ",
    "Polish": "Zdzisława Wójcik-Łękawska",
    "Azerbaijani": "Nigar Əliyeva",
    "Uzbek": "Oʻgʻiloy Gʻulomova",
    "Greek": "Ελένη Παπαδοπούλου, Ἀθῆναι",
    "Kazakh": "Айгүл Қадырқызы Әбдіғали, ҒҚҢӨҰҮҺІ",
    "Kyrgyz": "Жаңыл Өмүрбек кызы",
    "Mongolian": "Өнөрцэцэг Бат-Эрдэнэ, ᠮᠣᠩᠭᠣᠯ",
    "Ukrainian": "Їжак Ґалаґан Є",
    "Arabic": "عائشة بنت عبد الرحمن، ١٢٣؟",
    "Uyghur": "ئايگۈل قادىر",
    "Kazakh in Arabic script": "قازاق ٵ ٶ ٷ ٸ ۇ",
    "Persian": "علی\u200cرضا می\u200cخواهد گچپژ ۱۲۳",
    "Urdu": "ٹھاکر گھوڑا ہے ں",
    "Hebrew": "יעל בן־דוד שָׁלוֹם",
    "Simplified Han": "伊力哈木·土赫提，“你好”——北京市西城区西长安街100017",
    "Traditional Han": "臺灣 蕭淑慧 鄭麗瓊 龍龜",
    "Rare Han": "䶮㐂堃喆镕",
    "Kana": "佐藤 さくら サトウ・ヴィクトル",
    "Hangul": "김민준 박서연",
    "Devanagari": "प्रियंका श्रीवास्तव ज्ञान",
    "Bengali": "রবীন্দ্রনাথ চট্টোপাধ্যায়",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "કૃષ્ણા પટેલ",
    "Tamil": "கிருஷ்ணமூர்த்தி ஸ்ரீ",
    "Telugu": "వెంకటేశ్వర్లు",
    "Kannada": "ಶ್ರೀನಿವಾಸ ಕೃಷ್ಣ",
    "Malayalam": "കൃഷ്ണൻ നമ്പൂതിരി",
    "Sinhala": "ශ්\u200dරී ජයවර්ධන",
    "Thai": "สมชาย ศรีสุวรรณ",
    "Lao": "ສົມພອນ ວົງສະຫວັດ",
    "Khmer": "សុខា ព្រះ",
    "Burmese": "အောင်ဆန်း မြန်မာ",
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ།",
    "Georgian": "ნინო ბერიძე",
    "Armenian": "Արմինե Հակոբյան և",
    "Amharic": "አበበ ቢቂላ",
    "Dhivehi": "މުހައްމަދު",
    "Symbols": "→ ★ ☆ ✓ ❤ ☎ ① Ⅳ",
}
# Runs in a process of its own: pango reads FONTCONFIG_FILE once, when it is loaded.
RENDER = """
import logging, sys, weasyprint
logging.getLogger("weasyprint").addHandler(logging.StreamHandler(sys.stdout))
weasyprint.HTML(string=sys.stdin.buffer.read().decode()).write_pdf()
"""


@cache
def read(file: Path) -> TTFont:
    return TTFont(BytesIO(file.read_bytes()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_letter_font_is_one_plain_truetype_file(file: Path) -> None:
    assert file.read_bytes()[:4] == b"\0\1\0\0"
    font = read(file)
    assert "glyf" in font
    assert not {"fvar", "fpgm", "CFF ", "DSIG", "STAT"} & set(font.keys())
    assert font.getBestCmap().get(ord(" ")), "a space is set in the font of the word before it"


def test_no_two_letter_fonts_share_a_full_name_or_a_postscript_name() -> None:
    for name_id in (4, 6):
        names = Counter(read(file)["name"].getDebugName(name_id) for file in FILES)
        assert max(names.values()) == 1


def test_the_families_of_the_files_are_exactly_those_a_letter_asks_for() -> None:
    found = {read(file)["name"].getDebugName(1) for file in FILES}
    assert found == set(FAMILIES)
    assert len(FAMILIES) == len(set(FAMILIES))
    assert FAMILIES[0] == "Letter Serif"
    assert FAMILIES[-1] == "Letter Wide"


def test_the_stored_order_is_the_order_the_fonts_are_built_in() -> None:
    sources = tomllib.loads((FONT_DIR / "sources.toml").read_text(encoding="utf-8"))
    assert tuple(dict.fromkeys(face["family"] for face in sources["faces"])) == FAMILIES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_letter_font_uses_a_reserved_name_and_each_keeps_its_copyright(file: Path) -> None:
    names = read(file)["name"]
    assert not re.search("Noto|Source|Droid", " ".join(names.getDebugName(name_id) for name_id in (1, 4, 6)))
    assert re.search("(?i)copyright|©|\\(c\\)", names.getDebugName(0))
    assert names.getDebugName(13) or names.getDebugName(14)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (FONT_DIR / "OFL-Noto.txt", "SIL OPEN FONT LICENSE Version 1.1"),
        (FONT_DIR / "OFL-Noto-CJK.txt", "SIL OPEN FONT LICENSE Version 1.1"),
        (FONT_DIR / "Apache-Droid.txt", "Version 2.0, January 2004"),
        (WEB_FONTS / "OFL-Source-Sans.txt", "SIL OPEN FONT LICENSE Version 1.1"),
        (WEB_FONTS / "OFL-Noto.txt", "SIL OPEN FONT LICENSE Version 1.1"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_each_licence_lies_beside_its_fonts(file: Path, words: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert words in text
    assert text.startswith("Copyright ")


def test_every_font_says_which_package_it_comes_from_and_under_which_licence() -> None:
    sources = tomllib.loads((FONT_DIR / "sources.toml").read_text(encoding="utf-8"))
    readme = (FONT_DIR / "README.md").read_text(encoding="utf-8")
    packages = {pin.removeprefix("@").replace("/", "-") for kind in sources["packages"].values() for pin in kind}
    named = {re.split("=|@", package)[0] for package in packages}
    assert {face["file"].partition("/")[0] for face in sources["faces"]} <= named
    assert {family["file"].partition("/")[0] for family in sources["web"]["families"]} <= named
    for kind in sources["packages"].values():
        for pin, digest in kind.items():
            package, version = re.fullmatch(r"(.+?)[=@]([^=@]+)", pin).groups()
            assert re.fullmatch("[0-9a-f]{64}", digest)
            assert "variable" in package or (f"`{package}`" in readme and version in readme)
    assert all(f"`{licence}`" in readme for licence in sources["licences"])


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_every_script_we_promise_can_be_drawn(script: str) -> None:
    assert uncovered(NAMES[script]) == ()


def test_all_letters_of_the_uyghur_alphabet_can_be_drawn_in_regular_and_bold() -> None:
    assert len(set(UYGHUR_LETTERS)) == 33
    for weight in ("Regular", "Bold"):
        characters = read(FONT_DIR / f"LetterNaskh-{weight}.ttf").getBestCmap()
        assert {letter for letter in UYGHUR_LETTERS if ord(letter) not in characters} == set()


def test_characters_that_no_font_can_draw_are_named_once_in_the_order_of_the_text() -> None:
    assert uncovered("Anna 𒀭 𒀀𒀭 ok 𠮷") == ("𒀭", "𒀀", "𠮷")
    assert covered("Anna 𒀭") == frozenset("Anna ")


def test_what_is_never_drawn_needs_no_font() -> None:
    assert uncovered("a\u200cb\u200dc\u00a0d\u2009e\nf\u202fg\ufe0fh\u200f\u2068i\u2069\U000e0100") == ()


def test_the_stored_coverage_is_what_the_fonts_hold() -> None:
    held = set().union(*(read(file).getBestCmap() for file in FILES))
    everything = "".join(chr(point) for point in range(0x30000) if not 0xD800 <= point < 0xE000)
    assert {ord(character) for character in covered(everything)} == held


def test_a_language_puts_its_own_font_first_and_loses_none() -> None:
    assert families_for("en") == FAMILIES
    assert families_for("zh-Hans")[:2] == ("Letter Han", "Letter Serif")
    assert families_for("ug_CN")[0] == "Letter Naskh"
    assert set(families_for("ug")) == set(FAMILIES)


def test_the_fontconfig_file_offers_the_pack_alone_by_absolute_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = write_fontconfig(Path("run & cache"))
    assert file.is_absolute()
    root = ET.parse(file).getroot()
    assert [element.text for element in root.findall("dir")] == [str(FONT_DIR)]
    assert root.findtext("cachedir") == str(tmp_path / "run & cache" / "fontconfig-cache")
    assert root.find("include") is None
    assert FONT_DIR.is_absolute()


def render(text: str, directory: Path) -> str:
    """Set the text in the whole stack, regular and bold, and return what WeasyPrint complains of."""
    stack = ", ".join(f"'{family}'" for family in FAMILIES)
    page = f"<html lang=en><title>Names</title><style>body {{ font-family: {stack} }}</style><p>{text}<p><b>{text}</b>"
    environment = os.environ | {"FONTCONFIG_FILE": str(write_fontconfig(directory))}
    done = subprocess.run(
        [sys.executable, "-c", RENDER], input=page.encode(), capture_output=True, env=environment, check=True
    )
    return done.stdout.decode()


def test_a_page_with_all_names_is_printed_without_a_missing_glyph(tmp_path: Path) -> None:
    assert render("<br>".join(NAMES.values()), tmp_path) == ""


def test_a_missing_glyph_would_be_noticed(tmp_path: Path) -> None:
    assert ".notdef" in render("𒀭", tmp_path)


def test_the_web_fonts_named_in_the_style_sheet_are_there_and_light() -> None:
    css = (WEB_FONTS / "fonts.css").read_text(encoding="ascii")
    named = re.findall(r'url\("([^"]+)"\)', css)
    assert sorted(named) == sorted(file.name for file in WEB_FONTS.glob("*.woff2"))
    assert css.count("font-display: swap") == css.count("unicode-range:") == len(named)
    first_view = ("campaign-sans-latin.woff2", "letter-serif-latin.woff2")
    assert sum((WEB_FONTS / name).stat().st_size for name in first_view) < 50_000
