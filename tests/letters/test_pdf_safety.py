"""What a hostile text can do to the drawing of letters: nothing."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from campaign.core.errors import CampaignError
from campaign.letters.typefaces import write_fontconfig
from campaign.letters.workers import Renderer
from tests.letters.builders import letter_text, sample_appeal, sample_letter
from tests.letters.limits import limited
from tests.letters.reading import lines_by_pdfium

SECRET = "the secret in the file"
# {web} is a server of our own, {file} a file with a secret in it.
ATTACKS = {
    "image": '<img src="{web}/a.png">',
    "image from a file": '<img src="{file}">',
    "style sheet": '<link rel="stylesheet" href="{web}/a.css">',
    "import": '<style>@import "{web}/b.css";</style>',
    "background": '<p style="background: url({web}/c.png)">x</p>',
    "font": '<style>@font-face {{ font-family: x; src: url({web}/d.ttf) }}</style><p style="font-family: x">x</p>',
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}/e.png" width="9" height="9"/></svg>',
    "svg in a data address": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    "<image href='{web}/f.png' width='9' height='9'/></svg>\">",
    "object": '<object data="{web}/g.html">x</object>',
    "embed": '<embed src="{web}/h.svg">',
    "attachment": '<link rel="attachment" href="{file}"><a rel="attachment" href="{file}">x</a>',
    "base": '<base href="{web}/"><img src="i.png">',
    "markdown": "![x]({web}/j.png) <{web}/k> [x]({file})",
}
# Draws each HTML with the engine's own fetcher and, if asked to, with WeasyPrint's; in a process of its own, because
# pango reads FONTCONFIG_FILE once.
DRAW = """
import json, sys
from weasyprint import HTML
from campaign.letters.pdf import Engine
request = json.load(sys.stdin)
engine = Engine()
for html in request["html"]:
    document = HTML(string=html) if request["careless"] else engine._render(html)
    sys.stdout.write(document.write_pdf(pdf_variant="pdf/ua-1").hex() + "\\n")
"""


class Web:
    """A server on loopback that remembers every path it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def web() -> Iterator[Web]:
    one = Web()
    thread = threading.Thread(target=one.server.serve_forever, args=(0.02,))
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


@pytest.fixture
def secret_file(tmp_path: Path) -> str:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file.as_uri()


def draw(pages: list[str], folder: Path, *, careless: bool = False) -> list[bytes]:
    environment = {**os.environ, "FONTCONFIG_FILE": str(write_fontconfig(folder))}
    request = json.dumps({"html": pages, "careless": careless})
    run = subprocess.run(
        [sys.executable, "-c", DRAW], input=request, env=environment, capture_output=True, text=True, check=True
    )
    return [bytes.fromhex(line) for line in run.stdout.split()]


def has_attachment(pdf: bytes) -> bool:
    with pikepdf.open(BytesIO(pdf)) as document:
        return bool(document.attachments) or "/Names" in document.Root


def test_html_that_asks_for_anything_gets_nothing(web: Web, secret_file: str, tmp_path: Path) -> None:
    head = '<html lang="en"><title>x</title><p>before</p>'
    pages = [head + attack.format(web=web.address, file=secret_file) for attack in ATTACKS.values()]
    drawn = draw(pages, tmp_path)
    assert len(drawn) == len(ATTACKS)
    assert web.asked == []
    assert not any(map(has_attachment, drawn))
    assert all("before" in lines_by_pdfium(pdf) for pdf in drawn)


def test_the_same_html_drawn_carelessly_would_have_fetched(web: Web, secret_file: str, tmp_path: Path) -> None:
    pages = [
        f'<html lang="en">{ATTACKS[one]}'.format(web=web.address, file=secret_file) for one in ("image", "attachment")
    ]
    _, attached = draw(pages, tmp_path, careless=True)
    assert web.asked == ["/a.png"]
    assert has_attachment(attached)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_letter_prints_the_attack_as_the_words_it_is(
    renderer: Renderer, web: Web, secret_file: str, attack: str
) -> None:
    words = ATTACKS[attack].format(web=web.address, file=secret_file)
    text = letter_text("president", "en", (words, "((words))"))
    letter = sample_letter(
        appeal=sample_appeal({("president", "en"): text}), name=words, city=words, address=words, words=words
    )
    pdf = renderer.pdf([letter], "a4")
    printed = "".join("".join(lines_by_pdfium(pdf)).split()).replace("\ufffe", "")
    assert printed.count("".join(words.split())) >= 2  # one of them may be cut by the foot of a page
    assert web.asked == []
    assert not has_attachment(pdf)


HOSTILE = {
    "ten thousand characters": "All work and no play. " * 455,
    "one word of three thousand letters": "x" * 3_000,
    "three thousand Chinese characters": "北京" * 1_500,
    "a stack of ten thousand accents": "e" + "\u0301" * 10_000,
    "four accents on every letter": "e\u0301\u0302\u0303\u0304" * 2_000,
    "direction overrides": "\u202e\u2066\u202b" * 3_000 + "abc" + "\u202c\u2069" * 500,
    "directions in turn": "a ب 1 " * 600,
    "five thousand lines": "x\n" * 5_000,
    "a thousand paragraphs": "x\n\n" * 1_000,
    "joiners": "\u200d\u200c" * 5_000,
    "ligatures of the longest kind": "ﷺ" * 1_000,
    "Tibetan stacks": "ཧྐྵྨླྺྼྻྂ" * 300,
    "template words": "{{ 7*7 }}{% for x in range(10**9) %}((name))" * 200,
    "markup": "<div style='display:flex'>" * 400,
    "controls": "a\x00b\x07c\x1b[31m\x7f\x85",
    "half a character": "a\ud800b",
    "no characters at all": "\ufffe\uffff\ufdd0",
    "pictures": "😀" * 1_000,
}


@pytest.fixture(scope="module")
def strict_renderer() -> Iterator[Renderer]:
    with Renderer(seconds=60) as one:
        yield one


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_drawn_or_refused_and_the_next_letter_is_fine(
    strict_renderer: Renderer, hostile: str
) -> None:
    letter = sample_letter(words=HOSTILE[hostile], name=HOSTILE[hostile][:200])
    try:
        with limited(strict_renderer, 5):  # as sites do
            outcome = strict_renderer.pdf([letter], "a4").decode("latin-1")
    except CampaignError as error:
        outcome = str(error)
    assert outcome.startswith(("%PDF-", "The letter "))
    assert "Élodie Tremblay" in lines_by_pdfium(strict_renderer.pdf([sample_letter()], "a4"))
