"""Holding a stamped letter against the one that WeasyPrint draws whole."""

import re
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf

from campaign.letters.workers import Renderer
from tests.letters.builders import letter_text, sample_appeal, sample_letter
from tests.letters.reading import opened

_RUN = re.compile(rb"/(\w+) (\S+) Tf\n\[([^]]*)\] TJ")
_NO_SPACE = re.compile(rb">0(?=<|$)")
_PLACES = re.compile(rb"(?<!\S)-?\d+(?:\.\d+)?(?!\S)|\d+\.\d+")
_NEAR = 0.00001

NAMES = {
    "Latin": "Zoë Ångström-O’Neill",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Turkish": "Işıl Çağlar",
    "Cyrillic": "Екатерина Щукина",
    "Kazakh": "Әйгүл Қадырқызы Өмірова",
    "Greek": "Ελένη Παπαδοπούλου",
    "Simplified Han": "欧阳雪梅",
    "Traditional Han": "陳詠儀",
    "Kana": "高橋さくら",
    "Hangul": "김지영",
    "Uyghur": "ئايگۈل قادىر",
    "Arabic with a ligature": "محمد بن عبد الله",
    "Urdu": "ٹیپو ڈار",
    "Hebrew": "שרה כהן",
    "Armenian": "Անահիտ Հակոբյան",
    "Georgian": "ნინო ბერიძე",
    "Amharic": "አበበ ቢቂላ",
    "Han and Latin": "高橋 Sakura",
    "Latin and Han": "Zoë 王小明",
    "Cyrillic and Latin": "Ольга Smith",
    "with kerning": "AVA Toy WAVE To. P.",
    "with ligatures": "Affie Fjfi Office",
    "with brackets": "Zoë (Zo) O'Neil",
    "with signs at its numbers": "№5 Anna 50%",
}
LEFT_TO_WEASYPRINT = {
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
    "Devanagari": "प्रिया शर्मा",
    "Thai": "สมชาย ใจดี",
    "Burmese": "အောင်ဆန်း",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Arabic and Latin": "Dr. محمد",
    "Uyghur and figures": "ئايگۈل 2",
    "Arabic around a figure": "شارع 5 القاهرة",
    "a wide space": "髙橋\u3000一郎",
    "a combining mark": "Zoe\u0308 Q\u0308",
    "a joiner": "نور\u200cجهان",
    "a soft hyphen": "Anna\u00adlena",
    "a tab": "Anna\tLena",
    "a line break": "Anna\nLena",
}


def is_stamped(pdf: bytes) -> bool:
    """Say whether a letter was stamped: its content then comes in several pieces."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return isinstance(document.pages[0].Contents, pikepdf.Array)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of content: what it says, and its numbers, which may differ by less than a hundred thousandth of a pixel.

    WeasyPrint hands out six decimals, and a line that ends at the margin is placed from there. To round both sides
    would not do: of two numbers as near as can be, one may be rounded up and the other down.
    """

    words: bytes
    places: tuple[float, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Line) or (self.words, len(self.places)) != (other.words, len(other.places)):
            return False
        return all(abs(one - its) < _NEAR for one, its in zip(self.places, other.places, strict=True))

    __hash__ = None  # type: ignore[assignment]  # being near is not passed on from one to the next


def content(pdf: bytes) -> list[Line]:
    """The lines of the first page's content, comparable.

    Fonts go by the name of their face, and strings are cut where space is needed only.
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        page = document.pages[0]
        streams = page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
        text = b"\n".join(stream.read_bytes().strip(b"\n") for stream in streams)
        faces = {key[1:]: str(font.BaseFont).partition("+")[2] for key, font in page.Resources.Font.items()}

    def plain(match: re.Match[bytes]) -> bytes:
        shown = _NO_SPACE.sub(b">", match.group(3)).replace(b"><", b"").replace(b"<>", b"")
        return b"/%b %b Tf\n[%b] TJ" % (faces[match.group(1).decode()].encode(), match.group(2), shown)

    lines = _RUN.sub(plain, text).split(b"\n")
    return [Line(_PLACES.sub(b"#", line), tuple(map(float, _PLACES.findall(line)))) for line in lines]


def text_by_pypdf(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def structure_by_poppler(pdf: bytes, folder: Path) -> str:
    """The structure tree with its text, as a screen reader meets it."""
    file = folder / "structure.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdfinfo", "-struct-text", str(file)], capture_output=True, check=True)
    return run.stdout.decode()


def check_by_qpdf(pdf: bytes, folder: Path) -> None:
    file = folder / "checked.pdf"
    file.write_bytes(pdf)
    check = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def pixels(pdf: bytes) -> bytes:
    """The first page as PDFium draws it at 144 dpi."""
    with opened(pdf) as document:
        page = document[0]
        picture = page.render(scale=2).to_pil().tobytes()
        page.close()
    return picture


def everything_in(pdf: bytes) -> bytes:
    """All objects of a file, streams unpacked: what somebody finds who looks for what should not be there."""
    with pikepdf.open(BytesIO(pdf)) as document:
        objects = [one for one in document.objects if one is not None]
        streams = [one.read_bytes() for one in objects if isinstance(one, pikepdf.Stream)]
        return b"\n".join([*(one.unparse(resolved=True) for one in objects), *streams])


def uyghur_letter(**changes: object):
    """A letter that runs from right to left."""
    text = letter_text("president", "en", ("بۇ UA 61/21، 2021-يىل.", "((words))"))
    return sample_letter(appeal=sample_appeal({("president", "ug"): text}), locale="ug", demands=(), **changes)


def whole_renderer() -> Renderer:
    """A renderer that lays every letter out anew."""
    return Renderer(seconds=60, stamping=False)
