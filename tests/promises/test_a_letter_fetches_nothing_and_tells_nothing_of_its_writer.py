"""A letter fetches nothing and tells nothing of its writer; what cannot be drawn does no harm to anybody else.

Through the form and the real processes that draw; a server and a file with a secret wait for whoever asks.
"""

import io
import re
from itertools import cycle
from urllib.error import HTTPError
from urllib.request import urlopen

import pikepdf
import pytest
from pypdf import PdfReader

from campaign.letters import Renderer, RenderTimeoutError
from tests.letters.builders import sample_letter
from tests.letters.test_pdf_safety import ATTACKS, HOSTILE, SECRET, secret_file, web  # noqa: F401  two are fixtures
from tests.visitor import JOURNEY, SLUG, Visitor

# A name may hold no “://”, so here it is as an entity of HTML and as an escape of CSS, or not needed.
SHORT_ATTACKS = {
    "image": '<img src="http:&#47;&#47;{host}/n.png">',
    "import": '<style>@import "http:\\2f\\2f {host}/n.css"</style>',
    "background": "<p style=background:url(http:\\2f\\2f {host}/n)>x",
    "attachment": '<a rel=attachment href="file:/etc/hostname">x</a>',
    "link": '<a href="mailto:me@example.org">x</a>',
    "script": '<a href="javascript:app.alert(1)">x</a>',
    "object": '<object data="data:text/html,x">x</object>',
}
DOES_SOMETHING = {"/A", "/AA", "/AF", "/AcroForm", "/Annots", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/Names",
                  "/OpenAction", "/RichMedia", "/URI", "/XFA"}  # fmt: skip
"""What a PDF has for links, forms, scripts and files in it (ISO 32000-1, 7.11 and chapter 12)."""
EVERY_SHAPE = ("president.pdf", "president.pdf?paper=letter&layout=us10", "president.pdf?layout=fax", "embassy.pdf",
               "all.pdf", "president/envelope.pdf", "labels.pdf")  # fmt: skip
ROOM_TAKING = ("one word of three thousand letters", "a stack of ten thousand accents", "directions in turn",
               "ligatures of the longest kind", "Tibetan stacks", "pictures")  # fmt: skip
"""Those of the hostile texts that are tried in a form, each cut to what it takes."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # letters know nothing of databases


def pdf_of(visitor, name="president.pdf"):
    """Return a PDF as a browser gets it."""
    response = visitor.get(f"/{SLUG}/letters/{name}")
    assert (response.status_code, response.mimetype) == (200, "application/pdf"), name
    assert re.fullmatch(r"attachment; filename=[a-z]+(-\d)?\.pdf", response.headers["Content-Disposition"])
    return response.data


def printed(pdf):
    """Return everything that stands on the pages, without its spaces."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def beside_the_pages(pdf):
    """Return the keys of everything in a PDF, and every text that is not drawn on a page."""
    keys, texts = set(), []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        waiting = [document.trailer, *document.objects]
        while waiting:
            one = waiting.pop()
            if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                keys |= set(one.keys())
                inner = [value for _, value in one.items()]
                if one.get("/Type") == "/Metadata":
                    texts.append(one.read_bytes().decode())
            else:
                inner = list(one) if isinstance(one, pikepdf.Array) else []
            texts += [str(one)] if isinstance(one, pikepdf.String | pikepdf.Name) else []
            waiting += [value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect]
    return keys, "\n".join(texts)


@pytest.mark.parametrize(("attack", "short"), [*zip(ATTACKS, cycle(SHORT_ATTACKS))], ids=ATTACKS)
def test_an_attack_is_printed_as_the_words_it_is_and_gets_nothing(visitor, web, secret_file, attack, short):  # noqa: F811
    places = {"web": web.address, "host": web.address.partition("//")[2], "file": secret_file}
    words, short = (one.format(**places) for one in (ATTACKS[attack], SHORT_ATTACKS[short]))
    assert visitor.sign(name=short, city=short, address=words, words=words).status_code == 303
    pdf = pdf_of(visitor)
    assert web.asked == []
    keys, texts = beside_the_pages(pdf)
    assert keys & DOES_SOMETHING == set()
    assert SECRET not in texts + printed(pdf)
    for typed in (short, words):
        assert "".join(typed.split()) in printed(pdf)
    with pytest.raises(HTTPError):
        urlopen(f"{web.address}/here")
    assert web.asked == ["/here"], "the server hears whoever asks"


def test_nothing_but_its_pages_says_who_wrote_a_letter_or_when(visitor):
    visitor.sign(words="Unmistakable words of my own.")
    for name in EVERY_SHAPE:
        pdf = pdf_of(visitor, name)
        keys, texts = beside_the_pages(pdf)
        assert keys & (DOES_SOMETHING | {"/Author", "/CreationDate", "/ModDate", "/ID"}) == set(), name
        assert "WeasyPrint" in texts, "this is where the metadata would be"
        for typed in ("Aygül", "Qadir", "Montréal", "Rue", "Principale", "Unmistakable", "2026", "example.org"):
            assert typed not in texts, (name, typed)
        assert JOURNEY["email"] not in printed(pdf), name


def test_the_same_letter_is_the_same_bytes_whoever_asks_when_and_whichever_process_draws_it(
    app, visitor, runtime, clock
):
    visitor.sign(email="one@example.org", words="Own words.")
    first = {name: pdf_of(visitor, name) for name in EVERY_SHAPE}
    clock.moment = clock.moment.replace(hour=15, minute=59)
    other = Visitor(app)
    other.sign(email="two@example.org", words="Own words.")
    with Renderer(seconds=120) as fresh:
        runtime.__dict__["renderer"] = fresh
        assert {name: pdf_of(other, name) for name in EVERY_SHAPE} == first


def test_a_letter_that_takes_too_long_is_ended_and_the_next_visitor_has_theirs(visitor, runtime):
    with Renderer(seconds=3) as strict:
        runtime.__dict__["renderer"] = strict
        with pytest.raises(RenderTimeoutError):
            strict.pdf([sample_letter(words="All work and no play. " * 50_000)], "a4")
        strict._seconds = 120.0  # the limit has been shown, and a busy machine takes its time
        visitor.sign()
        assert "AygülQadir" in printed(pdf_of(visitor))


def test_whatever_fits_into_the_form_is_drawn_or_refused_with_a_page_and_the_next_letter_is_fine(app, visitor):
    visitor.sign(email="next@example.org")
    normal, outcomes = pdf_of(visitor), set()
    for hostile in (HOSTILE[one] for one in ROOM_TAKING):
        other = Visitor(app)
        answer = other.sign(email="other@example.org", name=hostile[:90], city=hostile[:90], words=hostile[:1000])
        response = other.get(f"/{SLUG}/letters/president.pdf") if answer.status_code == 303 else answer
        assert response.status_code in {200, 422, 503}
        outcomes.add(response.status_code)
        assert pdf_of(visitor) == normal
    assert {200, 422} <= outcomes
