"""The main path: read, sign, take the letters in every shape, clear."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from campaign.signatures import totals
from tests.visitor import SLUG, Visitor


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_only_appeal_is_the_front_page(visitor):
    response = visitor.get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/{SLUG}"


def test_the_appeal_page_is_the_same_for_everybody_and_sets_no_cookie(visitor):
    response = visitor.get(f"/{SLUG}")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"].startswith("public")
    assert "Accept-Language" in response.headers["Vary"]
    again = visitor.get(f"/{SLUG}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_the_appeal_page_says_who_what_why_and_since_when(visitor):
    page = visitor.get(f"/{SLUG}", headers={"Accept-Language": "en"}).text
    for needed in (
        "UA 61/21",
        "ASA 17/5905/2022",
        "29 July 2022",
        "ASA 17/4243/2021",
        "No closing date given",
        "Zhongnanhai",
        "北京市西城区西长安街街道 100017",
        "Peiwu Cong",
        "Wang Di",
        "320,000",
    ):
        assert needed in page, needed


def test_the_appeal_page_is_in_french_for_french_readers_and_on_request(visitor):
    for response in (
        visitor.get(f"/{SLUG}", headers={"Accept-Language": "fr-CA,fr;q=0.9"}),
        visitor.get(f"/{SLUG}?lang=fr", headers={"Accept-Language": "en"}),
    ):
        assert '<html lang="fr"' in response.text
        assert "Libérez les personnes détenues" in response.text
        assert "29 juillet 2022" in response.text


def test_signing_leads_to_both_letters(visitor):
    response = visitor.sign()
    assert response.status_code == 303
    page = visitor.get(response.headers["Location"]).text
    for needed in ("Aygül Qadir", "515 St. Patrick Street", "Ottawa, ON K1N 5H3", "Wang Di", "mailto:english@"):
        assert needed in page, needed


def test_each_letter_comes_as_pdf_as_mail_draft_and_as_text(visitor):
    visitor.sign()
    pdf = visitor.get(f"/{SLUG}/letters/president.pdf")
    assert pdf.mimetype == "application/pdf"
    text = text_of(pdf.data)
    for needed in ("Aygül Qadir", "12 Rue Principale", "Xi Jinping", "Dear President Xi Jinping:", "I am a nurse"):
        assert needed in text, needed
    draft = visitor.get(f"/{SLUG}/letters/embassy.eml")
    assert draft.mimetype == "message/rfc822"
    assert b"X-Unsent: 1" in draft.data
    plain = visitor.get(f"/{SLUG}/letters/embassy.txt")
    assert "Your Excellency," in plain.text


def test_both_letters_come_in_one_pdf_a_page_each(visitor):
    visitor.sign()
    pdf = visitor.get(f"/{SLUG}/letters/all.pdf")
    assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 2


@pytest.mark.parametrize(("asked", "width"), [("", 612), ("?paper=letter", 612), ("?paper=a4", 595)])
def test_paper_is_the_one_of_the_country_unless_another_is_asked_for(visitor, asked, width):
    visitor.sign()
    pdf = visitor.get(f"/{SLUG}/letters/president.pdf{asked}")
    assert round(float(PdfReader(io.BytesIO(pdf.data)).pages[0].mediabox.width)) == width


def test_the_street_address_is_printed_and_never_mailed(visitor):
    visitor.sign()
    assert "12 Rue Principale" in text_of(visitor.get(f"/{SLUG}/letters/president.pdf").data)
    assert b"Rue Principale" not in visitor.get(f"/{SLUG}/letters/president.eml").data


def test_letters_can_be_had_without_signing(visitor, runtime, count_now):
    assert visitor.letters_only(email=None, consent_count=None).status_code == 303
    assert visitor.get(f"/{SLUG}/letters/president.pdf").status_code == 200
    count_now()
    with runtime.database.reading() as session:
        assert totals(session, SLUG).signed == 0


def test_a_letter_without_a_name_holds_no_name_anywhere(visitor):
    visitor.sign(without_name="y")
    for ending in ("pdf", "eml", "txt"):
        response = visitor.get(f"/{SLUG}/letters/president.{ending}")
        text = text_of(response.data) if ending == "pdf" else response.text
        assert "Qadir" not in text
        assert "Rue Principale" not in text


def test_a_new_and_a_repeated_signature_get_the_same_answer_and_count_once(app, runtime, count_now):
    first, second = Visitor(app), Visitor(app)
    answers = [first.sign(), second.sign(email="AYGUL+again@example.org")]
    assert len({(one.status_code, one.headers["Location"], one.data) for one in answers}) == 1
    pages = [re.sub(r"[\w.-]{80,}", "token", one.get(f"/{SLUG}/letters").text) for one in (first, second)]
    assert pages[0] == pages[1]
    count_now()
    assert runtime.signed(SLUG) == (0, 1)


def test_clearing_deletes_the_draft_and_its_cookie(visitor):
    visitor.sign()
    gone = visitor.post(f"/{SLUG}/letters/clear")
    assert gone.status_code == 303
    assert f"letter-{SLUG}=;" in gone.headers["Set-Cookie"]
    assert visitor.get(f"/{SLUG}/letters").status_code == 410


def test_a_draft_is_gone_after_an_hour(visitor, clock):
    visitor.sign()
    clock.advance(timedelta(minutes=61))
    response = visitor.get(f"/{SLUG}/letters")
    assert response.status_code == 410
    assert "one hour" in response.text


def test_going_back_to_the_form_shows_what_was_typed(visitor):
    visitor.sign()
    page = visitor.get(f"/{SLUG}/sign").text
    assert "Aygül Qadir" in page
    assert "I am a nurse" in page
    assert "aygul@example.org" not in page


def test_letters_are_counted_by_recipient_and_channel_and_not_by_person(visitor, runtime, count_now):
    visitor.sign()
    for name in ("president.pdf", "president.eml", "embassy.txt", "all.pdf"):
        visitor.get(f"/{SLUG}/letters/{name}")
    visitor.client.head(f"/{SLUG}/letters/president.pdf")  # asked about, not taken
    visitor.post(f"/{SLUG}/letters/embassy/made", {"channel": "mailto"})
    count_now()
    with runtime.database.reading() as session:
        made = {f"{recipient} {channel}": n for (recipient, channel), n in totals(session, SLUG).letters.items()}
    assert made == {
        "president pdf": 1,  # alone and among all
        "president eml": 1,
        "embassy text": 1,
        "embassy pdf": 1,
        "embassy mailto": 1,
    }
