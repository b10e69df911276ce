"""What the page of finished letters says about the post, and what it keeps in sight."""

import io
import re

import pytest
from pypdf import PdfReader

from campaign.web.public.posting import dated
from tests.visitor import SLUG
from tests.web.test_ways import card, links

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

LETTERS = f"/{SLUG}/letters"


def open_to_sight(html: str) -> str:
    """Return what is shown before anything is unfolded."""
    return re.sub(r"<details(?! open).*?</details>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize(("recipient", "address"), [("president", "english@mail.gov.cn"), ("embassy", "@<wbr>gmail")])
def test_address_subject_and_text_are_always_in_sight(visitor, recipient, address):
    visitor.sign()
    shown = open_to_sight(card(visitor.get(LETTERS).text, recipient)).replace("english@<wbr>", "english@")
    assert address in shown
    assert f'id="{recipient}-subject"' in shown
    assert re.search(rf'<textarea id="{recipient}-text"[^>]*>(Dear President Xi Jinping:|Your Excellency,)', shown)


@pytest.mark.parametrize(("country", "usual", "places"), [("CA", "5160", 30), ("FR", "l7160", 21)])
def test_labels_come_on_the_sheet_and_at_the_place_that_was_chosen(visitor, country, usual, places):
    visitor.sign(country=country)
    page = visitor.get(LETTERS).text
    assert re.findall(r'<option value="(\w+)" selected>', page) == [usual]
    assert f'action="{LETTERS}/labels.pdf"' in page
    first = visitor.get(f"{LETTERS}/labels.pdf?sheet={usual}&start=1")
    last = visitor.get(f"{LETTERS}/labels.pdf?sheet={usual}&start={places}")
    assert [len(PdfReader(io.BytesIO(one.data)).pages) for one in (first, last)] == [1, 2]
    assert f"This sheet has {places} labels" in visitor.get(f"{LETTERS}/labels.pdf?sheet={usual}&start=31").text


def test_the_hint_about_stamps_says_how_old_it_is(visitor):
    visitor.sign(country="CH")
    assert "As of November 2024" in visitor.get(LETTERS).text
    assert "novembre 2024" in visitor.get(f"{LETTERS}?lang=fr").text
    visitor.sign(country="CA")
    assert "As of" not in visitor.get(LETTERS).text


def test_a_date_is_written_as_exactly_as_it_is_known(app):
    with app.test_request_context("/?lang=en"):
        assert [dated(one) for one in ("", "2022", "2024-11", "2024-11-03")] == [
            "", "2022", "November 2024", "3 November 2024",
        ]  # fmt: skip


def test_a_letter_longer_than_a_page_is_told_without_scripts(visitor):
    visitor.sign()
    assert "takes a second page" not in visitor.get(LETTERS).text
    visitor.sign(words="I am a nurse and I think of you. " * 30)
    page = visitor.get(LETTERS).text
    assert "takes a second page" in card(page, "president")
    assert "takes a second page" in card(page, "embassy")


def test_250_chinese_characters_are_no_long_letter_and_many_more_are(visitor):
    for characters, doubted in ((250, False), (700, True)):
        visitor.sign(country="KZ", locale="zh-Hans", words=("我是一名护士，想念家人。" * 60)[:characters])
        page = visitor.get(LETTERS).text
        assert ("takes a second page" in card(page, "embassy")) is doubted


@pytest.mark.parametrize(
    ("address", "doubted"),
    [("12 Rue\nUlaanbaatar, Mongolia", True), ("12 Rue\nCanada", False), ("12 Rue\nMontréal, CANADA", False),
     ("12 Rue Principale", False)],
)  # fmt: skip
def test_an_own_address_in_another_country_is_doubted_and_never_refused(visitor, address, doubted):
    assert visitor.sign(address=address).status_code == 303
    assert ("ends with another country than the one you chose, Canada" in visitor.get(LETTERS).text) == doubted


def test_a_letter_without_a_name_has_no_address_to_doubt(visitor):
    visitor.sign(address="12 Rue\nMongolia", without_name="y")
    assert "another country" not in visitor.get(LETTERS).text


def test_the_box_of_the_postal_address_has_a_row_for_each_line(visitor):
    visitor.sign()
    page = visitor.get(LETTERS).text
    for recipient in ("president", "embassy"):
        rows, lines = re.search(
            rf'<textarea id="{recipient}-address"\s+rows="(\d)"[^>]*>([^<]*)<', card(page, recipient)
        ).groups()
        assert int(rows) == len(lines.splitlines())


def test_only_a_letter_that_can_be_printed_is_taken_to_the_door(visitor):
    visitor.sign(country="SS")
    shown = card(visitor.get(LETTERS).text, "embassy")
    assert "By phone" in shown
    assert "By hand" not in shown
    assert "Take the printed letter" not in shown
    assert not [one for one in links(shown) if ".pdf" in one["href"] and "layout=fax" not in one["href"]]
