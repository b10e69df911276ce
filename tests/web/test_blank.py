"""Letters to fill in by pen: from this site to a printer, with nothing going the other way."""

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from campaign.appeals.definition import BulletList, Case, Paragraph, Slot, Span
from campaign.jobs.tasks import all_jobs
from campaign.letters.blank import BlankCache, BlankKey, blank_letter, keep_blank, kept_blank, missing_blanks
from campaign.letters.tables import BlankLetter
from campaign.web.public import blank_views
from tests.visitor import SLUG, Visitor

BLANK = f"/{SLUG}/letters/blank"
TODAY, LATER = date(2026, 11, 21), date(2026, 12, 24)


@pytest.fixture(autouse=True)
def _nothing_in_memory(monkeypatch):
    """Begin as a node that has just started."""
    monkeypatch.setattr(blank_views, "_cache", BlankCache())


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def kept(runtime) -> set[tuple[str, int, str, str, str]]:
    columns = BlankLetter.recipient, BlankLetter.edition, BlankLetter.locale, BlankLetter.paper, BlankLetter.country
    with runtime.database.reading() as session:
        return {tuple(row) for row in session.execute(select(*columns))}


def test_a_blank_letter_has_every_demand_and_room_for_everything_a_person_adds(visitor):
    text = text_of(visitor.get(f"{BLANK}/president.pdf?lang=en").data)
    added_by_hand = ("Date:", "Signature:", "Name:", "Town, country:")
    asked = ("release at once", "make known where", "access to their families", "otherwise ill-treated")
    for needed in ("Zhongnanhai", "Dear President Xi Jinping:", *asked, *added_by_hand):
        assert needed in text, needed
    assert "((" not in text
    assert "concerned person" not in text


@pytest.mark.parametrize("locale", ["en", "fr", "zh-Hans"])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_blank_letter_is_one_page_in_every_language(runtime, clock, locale, paper):
    appeal, day = runtime.published(SLUG).appeal, clock.now().date()
    letters = [
        blank_letter(appeal, one.id, locale, "CA" if one.mission else "", day, runtime.directory)
        for one in appeal.recipients
    ]
    pdf = runtime.renderer.pdf(letters, paper)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == len(letters)


def test_the_ruled_lines_for_own_words_are_drawn_and_silent(runtime, clock):
    appeal = runtime.published(SLUG).appeal
    letter = blank_letter(appeal, "president", "en", "", clock.now().date(), runtime.directory)
    lines = [block for block in letter.blocks if getattr(block, "spans", ()) and not block.spans[0].text.strip()]
    assert len(lines) == 3
    assert all(line.spans[0].emphasis for line in lines)


def test_nobody_needs_a_cookie_or_gets_one(visitor):
    visitor.client.delete_cookie("session")
    for path, seconds in (("", 60), ("?country=CA", 60), ("/president.pdf", 3600), ("/embassy.pdf?country=CA", 3600)):
        response = visitor.get(BLANK + path)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == f"public, max-age={seconds}"
        assert "Accept-Language" in response.headers["Vary"]
        again = visitor.get(BLANK + path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304


def test_a_blank_letter_is_the_same_after_signing(app):
    stranger, signer = Visitor(app), Visitor(app)
    signer.sign()
    assert stranger.get(f"{BLANK}/president.pdf").data == signer.get(f"{BLANK}/president.pdf").data


@pytest.mark.parametrize(
    ("asked", "width", "word"),
    [("", 595, "Signature:"), ("?paper=letter", 612, "Signature:"), ("?country=CA", 595, "Signature:"),
     ("?lang=fr", 595, "Nom"), ("?lang=zh-Hans&paper=letter", 612, "姓名")],
)  # fmt: skip
def test_language_and_paper_are_those_asked_for(visitor, asked, width, word):
    data = visitor.get(f"{BLANK}/president.pdf{asked}").data
    assert round(float(PdfReader(io.BytesIO(data)).pages[0].mediabox.width)) == width
    assert word in text_of(data)


def test_the_embassys_letter_goes_to_the_embassy_of_the_country(visitor):
    pdf = visitor.get(f"{BLANK}/embassy.pdf?country=CA&lang=fr")
    assert "Ottawa" in text_of(pdf.data)
    assert round(float(PdfReader(io.BytesIO(pdf.data)).pages[0].mediabox.width)) == 612
    assert pdf.headers["Content-Disposition"] == "attachment; filename=blank-letter-2.pdf"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("embassy.pdf", 422, "choose the country"), ("embassy.pdf?country=XX", 422, "choose the country"),
     ("embassy.pdf?country=BT", 404, "no embassy"), ("nobody.pdf", 404, "no such letter"),
     ("president.pdf?paper=a5", 422, "A4 or US Letter")],
)  # fmt: skip
def test_what_cannot_be_printed_is_said(visitor, path, status, said):
    response = visitor.get(f"{BLANK}/{path}")
    assert response.status_code == status
    assert said in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_page_of_blank_letters_leads_to_every_one_and_asks_only_for_a_country(visitor):
    page = visitor.get(BLANK).text
    assert page.count("president.pdf?") == 6
    assert "embassy.pdf?" not in page
    assert "Choose your country above" in page
    chosen = visitor.get(f"{BLANK}?country=CA").text
    assert chosen.count("embassy.pdf?") == 6
    assert chosen.index("paper=letter") < chosen.index("paper=a4")
    assert "in Ottawa" in chosen
    assert "so there is no copy to send" in visitor.get(f"{BLANK}?country=BT").text
    assert visitor.get(f"{BLANK}?country=%3Cb%3E").status_code == 200


def test_an_optional_letter_stands_apart_and_says_why_it_is_there(visitor):
    page = visitor.get(f"{BLANK}?country=CA").text
    apart = page.index("One more letter, if you like")
    assert page.index("president.pdf?") < page.index("embassy.pdf?") < apart < page.index("high-commissioner.pdf?")
    assert "called on the High Commissioner" in page[apart:]
    assert "high-commissioner" not in page[:apart]
    assert page[apart:].count("high-commissioner.pdf?") == 6


def test_a_blank_letter_names_no_letter_that_nobody_has_asked_for(runtime, clock):
    appeal, day = runtime.published(SLUG).appeal, clock.now().date()
    copies = [blank_letter(appeal, one.id, "en", "CA", day, runtime.directory).copy_line for one in appeal.recipients]
    assert copies[0].startswith("cc: The Ambassador")
    assert copies[1] == "Original to: President Xi Jinping"
    assert not any("High Commissioner" in line for line in copies)


def test_day_and_country_are_left_to_the_pen_wherever_the_text_has_them(runtime, clock):
    appeal = runtime.published(SLUG).appeal
    text = appeal.letters["president", "en"]
    mine = Paragraph((Span("I write from ((country)) on ((date)) about ((reference))."),))
    listed = BulletList(((Span("((country))"),),))
    changed = replace(text, subject="On ((date))", blocks=(mine, listed, *text.blocks))
    appeal = replace(appeal, letters={**appeal.letters, ("president", "en"): changed})
    first, later = (blank_letter(appeal, "president", "en", "", day, runtime.directory) for day in (TODAY, LATER))
    assert first == later  # kept for good: nothing in it is of one day
    line = "_" * 24
    assert first.subject == f"On {line}"
    assert first.blocks[0].spans[0].text == f"I write from {line} on {line} about UA 61/21."
    assert first.blocks[1].items[0][0].text == line


def test_every_case_has_its_day(runtime):
    appeal = runtime.published(SLUG).appeal
    text = replace(appeal.letters["president", "en"], blocks=(Slot("case"),))
    cases = tuple(Case(one, f"Case {one}", {"en": "Facts."}, "update") for one in ("a", "b", "c"))
    appeal = replace(appeal, cases=cases, letters={**appeal.letters, ("president", "en"): text})
    days = [date(2026, 12, 24 + number) for number in range(6)]
    letters = [blank_letter(appeal, "president", "en", "", day, runtime.directory) for day in days]
    told = [letter.blocks[0].spans[0].text for letter in letters]
    assert sorted(told[:3]) == ["Case a", "Case b", "Case c"]
    assert told[:3] == told[3:]


def test_what_was_drawn_is_kept_for_every_node(visitor, runtime, monkeypatch):
    visitor.get(f"{BLANK}/embassy.pdf?country=CA&lang=en")
    assert kept(runtime) == {("embassy", 1, "en", "letter", "CA")}
    with runtime.database.unit_of_work() as session:
        session.execute(update(BlankLetter).values(pdf=b"%PDF-kept"))
    assert visitor.get(f"{BLANK}/embassy.pdf?country=CA&lang=en").data != b"%PDF-kept"  # this node remembers its own
    monkeypatch.setattr(blank_views, "_cache", BlankCache())
    assert visitor.get(f"{BLANK}/embassy.pdf?country=CA&lang=en").data == b"%PDF-kept"


def test_another_text_is_drawn_anew_and_takes_the_place_of_the_old(runtime, clock):
    appeal, day = runtime.published(SLUG).appeal, clock.now().date()
    named, later = (
        blank_letter(appeal, "embassy", "en", "CA", one, runtime.directory) for one in (day, date(2030, 1, 1))
    )
    key = BlankKey(SLUG, 1, "embassy", "en", "letter", "CA")
    for letter, pdf in ((named, b"named"), (later, b"later")):
        with runtime.database.unit_of_work() as session:
            assert kept_blank(session, key, letter) is None
            keep_blank(session, key, letter, pdf)
            assert kept_blank(session, key, letter) == pdf
    assert kept(runtime) == {("embassy", 1, "en", "letter", "CA")}


def test_a_new_edition_lets_the_letters_of_the_old_one_go(visitor, runtime, publish_changed):
    visitor.get(f"{BLANK}/president.pdf?lang=en")
    visitor.get(f"{BLANK}/president.pdf?lang=fr")
    publish_changed("release at once everyone", "set free everyone")
    assert "set free everyone" in text_of(visitor.get(f"{BLANK}/president.pdf?lang=en").data)
    assert kept(runtime) == {("president", 2, "en", "a4", "")}


def test_after_publishing_a_job_draws_one_letter_a_round_until_none_is_missing(runtime, clock):
    jobs = all_jobs(runtime.database, runtime.shelf, clock, runtime.renderer, runtime.directory)
    job = next(one for one in jobs if one.name == "blank letters")
    book = runtime.published(SLUG)

    def missing() -> int:
        with runtime.database.reading() as session:
            return len(list(missing_blanks(session, book.appeal, book.edition, clock.now().date(), runtime.directory)))

    fixed = [one.id for one in book.appeal.recipients if one.lines]
    everything = len(fixed) * len(book.appeal.letter_locales) * 2
    assert missing() == everything
    for left in range(everything - 1, -1, -1):
        job.run()
        assert missing() == left
    job.run()
    assert len(kept(runtime)) == everything
    assert {row[0] for row in kept(runtime)} == set(fixed)


def test_nothing_is_drawn_for_an_appeal_that_is_over(visitor, runtime, clock, publish_changed):
    publish_changed('reference = "UA 61/21"', 'reference = "UA 61/21"\ndeadline = 2026-11-01')
    jobs = all_jobs(runtime.database, runtime.shelf, clock, runtime.renderer, runtime.directory)
    next(one for one in jobs if one.name == "blank letters").run()
    assert kept(runtime) == set()
    assert visitor.get(BLANK).status_code == 410
    assert visitor.get(f"{BLANK}/president.pdf").status_code == 410


def test_without_anything_to_draw_with_there_is_no_such_job(runtime, clock):
    names = {job.name for job in all_jobs(runtime.database, runtime.shelf, clock)}
    assert names == {"count", "sweep drafts", "show numbers"}


def test_memory_holds_the_last_few_files_only():
    cache = BlankCache(most=2)
    for name in ("a", "b"):
        cache.put((name,), name.encode())
    assert cache.get(("a",)) == b"a"
    cache.put(("c",), b"c")
    assert [cache.get((name,)) for name in "abc"] == [b"a", None, b"c"]
