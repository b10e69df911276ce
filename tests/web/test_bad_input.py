"""Whatever is typed or forged: the right page, nothing lost, nothing executed, and never a broken one."""

import io
import re
from html import unescape

import pytest
from pypdf import PdfReader

from tests.visitor import JOURNEY, SLUG, Visitor

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

TEXT_FIELDS = ("name", "city", "address", "words")
SLY = {
    "nothing": "",
    "spaces": "   \t ",
    "nul": "Ay\x00gül",
    "lone surrogate": "Ay\udcffgül",
    "bidi control": "Ay\u202egül\u2066",
    "placeholder": "((name)) ((city))",
    "template": "{{7*7}} {% raw %} ${7*7} %(name)s {0}",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula": "=cmd()|' /C calc'!A0",
    "header": "a@example.org\r\nBcc: other@example.org",
    "combining": "Z" + "\u0300" * 200 + "algo",
    "unpaired": "]]>--><!--&amp;&#0;&\"'",
    "long": "x" * 5_000,
    "emoji": "Aygül 🕊️",
    "right to left": "ئايگۈل قادىر",
}


@pytest.mark.parametrize("kind", SLY)
def test_a_hostile_value_in_any_field_is_refused_with_a_page_or_taken_literally(visitor, kind):
    value = SLY[kind].encode("utf-8", "surrogateescape").decode("latin-1")
    for field in TEXT_FIELDS:
        response = visitor.sign(**{field: value}, email=f"{field}@example.org")
        assert response.status_code in {303, 422}, field
        if response.status_code == 422:
            assert "I am a nurse" in response.text or field == "words"
            continue
        page = visitor.get(f"/{SLUG}/letters").text
        assert "<script>alert" not in page, field
        assert "49" not in visitor.get(f"/{SLUG}/letters/president.txt").text, field
        for name in ("president.pdf", "president.eml", "president.txt"):
            assert visitor.get(f"/{SLUG}/letters/{name}").status_code == 200, field


def test_errors_keep_everything_that_was_typed_and_say_what_to_do(visitor):
    response = visitor.sign(email="not an address", consent_show="y")
    assert response.status_code == 422
    for typed in ("Aygül Qadir", "not an address", "Montréal", "12 Rue Principale", JOURNEY["words"]):
        assert typed in unescape(response.text), typed
    assert "Write it like name@example.org" in response.text
    assert re.search(r'name="consent_show"[^>]*checked|checked[^>]*name="consent_show"', response.text)


def test_the_page_with_the_errors_can_be_sent_again(visitor):
    page = visitor.sign(email="not an address").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    assert visitor.client.post(f"/{SLUG}/sign", data={**JOURNEY, "csrf_token": token}).status_code == 303


def test_signing_needs_the_consent_to_be_counted(visitor):
    response = visitor.sign(consent_count=None)
    assert response.status_code == 422
    assert "Tick this box to sign" in response.text


def test_a_name_is_needed_unless_the_letter_goes_without_one(visitor):
    assert "Write your name" in visitor.sign(name="").text
    assert visitor.sign(name="", without_name="y").status_code == 303


def test_characters_no_font_can_draw_are_named_before_anything_is_printed(visitor):
    response = visitor.sign(words="Peace 🕊")
    assert response.status_code == 422
    assert "🕊" in response.text
    assert "cannot print" in response.text


def test_sixty_lines_of_own_words_are_taken_and_one_more_is_not(visitor):
    assert visitor.sign(words="\n".join(["x"] * 60)).status_code == 303
    response = visitor.sign(words="\n".join(["x"] * 61))
    assert response.status_code == 422
    assert "keep your own words to 60 lines" in response.text


def test_the_consents_are_unticked_and_whole_sentences(visitor):
    page = visitor.get(f"/{SLUG}/sign", headers={"Accept-Language": "en"}).text
    for name in ("consent_count", "consent_show", "consent_handover"):
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group(0)
        assert "checked" not in tag
    assert "Hand my name and country to those we write to" in page


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "../../etc/passwd", "\u00e9" * 10, "A" * 3000])
def test_a_forged_cookie_opens_nothing(app, cookie):
    client = app.test_client()
    client.set_cookie(f"letter-{SLUG}", cookie)
    for path in ("letters", "letters/president.pdf", "letters/all.pdf", "letters/president.eml"):
        assert client.get(f"/{SLUG}/{path}").status_code == 410


def test_one_visitors_cookie_does_not_open_anothers_letters(app):
    first, second = Visitor(app), Visitor(app)
    first.sign()
    assert second.get(f"/{SLUG}/letters").status_code == 410


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nobody", 404),
        ("/nobody/sign", 404),
        ("/nobody/count.json", 404),
        ("/nobody/letters", 404),
        (f"/{SLUG}/letters/nobody.pdf", 404),
        (f"/{SLUG}/letters/president.docx", 404),
        (f"/{SLUG}/letters/president.pdf?paper=a5", 422),
        (f"/{SLUG}/letters/all.pdf?paper=%00", 422),
        ("/%00", 404),
        ("/%ff%fe", 404),
        ("/" + "x" * 3000, 404),
    ],
)
def test_an_unknown_address_gets_the_right_page(visitor, path, status):
    visitor.sign()
    assert visitor.get(path).status_code == status


def test_a_wrong_method_gets_a_page_too(visitor):
    assert visitor.post(f"/{SLUG}").status_code == 405


def test_a_page_about_a_wrong_method_names_the_right_ones_for_programs(visitor):
    refused = visitor.post(f"/{SLUG}")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert refused.headers.getlist("Content-Type") == ["text/html; charset=utf-8"]


def test_a_country_without_an_embassy_gets_the_presidents_letter_and_an_honest_sentence(visitor):
    visitor.sign(country="BT")
    page = visitor.get(f"/{SLUG}/letters").text
    assert "China has no embassy for Bhutan" in page
    assert visitor.get(f"/{SLUG}/letters/president.pdf").status_code == 200
    missing = visitor.get(f"/{SLUG}/letters/embassy.pdf")
    assert missing.status_code == 404
    assert "no embassy" in missing.text
    pages = PdfReader(io.BytesIO(visitor.get(f"/{SLUG}/letters/all.pdf").data)).pages
    assert len(pages) == 1


def test_an_embassy_of_medium_confidence_is_written_to_and_the_doubt_is_said(visitor):
    visitor.sign(country="KZ")
    page = visitor.get(f"/{SLUG}/letters").text
    assert "44 Tauelsizdik Avenue" in page
    assert "confidence: medium" in page
    assert visitor.get(f"/{SLUG}/letters/embassy.pdf").status_code == 200


def test_an_embassy_without_a_confirmed_address_gets_no_printed_letter(visitor):
    visitor.sign(country="IQ")
    assert visitor.get(f"/{SLUG}/letters/embassy.pdf").status_code == 404
    assert "No postal address is known" in visitor.get(f"/{SLUG}/letters").text


CLOSED = [
    ('country = "CN"\nlocales', 'country = "CN"\nclosed = true\nlocales', "have closed UA 61/21"),
    ('country = "CN"\nlocales', 'country = "CN"\ndeadline = 2026-11-20\nlocales', "closed on 20 November 2026"),
    ('country = "CN"\nlocales', 'country = "CN"\nopens = 2026-12-01\nlocales', "opens on 1 December 2026"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), CLOSED)
def test_an_appeal_that_is_not_open_refuses_signatures_and_letters_and_says_why(
    visitor, publish_changed, old, new, sentence
):
    visitor.sign()
    token = visitor.token()
    publish_changed(old, new)
    assert sentence in visitor.get(f"/{SLUG}").text
    answers = [
        visitor.get(f"/{SLUG}/sign"),
        visitor.client.post(f"/{SLUG}/sign", data={**JOURNEY, "csrf_token": token}),
        visitor.client.post(f"/{SLUG}/letters", data={**JOURNEY, "csrf_token": token}),
        visitor.get(f"/{SLUG}/letters"),
        visitor.get(f"/{SLUG}/letters/president.pdf"),
    ]
    for answer in answers:
        assert answer.status_code == 410
        assert sentence in answer.text
    for answer in answers[1:3]:
        assert JOURNEY["words"] in answer.text, "what was typed while it closed is still there"
        assert "<button" not in answer.text.partition('id="form"')[2].partition("</form>")[0]
    visitor.a_second_later()
    for page in (f"/{SLUG}", f"/{SLUG}/sent"):
        assert "being collected" not in visitor.get(page).text


def test_an_appeal_that_is_over_asks_nobody_to_send_the_form_again(visitor, publish_changed):
    publish_changed(*CLOSED[0][:2])
    answer = visitor.client.post(f"/{SLUG}/sign", data={**JOURNEY, "email": "nothing", "csrf_token": "lost"})
    assert answer.status_code == 410
    assert "once more" not in answer.text
    assert "Next you get the letters" not in answer.text
    assert "This is not an e-mail address" not in answer.text
