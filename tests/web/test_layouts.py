"""Layouts, faxes, envelopes and labels as a supporter's browser asks for them."""

import io

import pytest
from pypdf import PdfReader

from campaign.letters.envelopes import EnvelopeSize
from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

A4, LETTER = 595, 612


def pages(response):
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/pdf"
    return PdfReader(io.BytesIO(response.data)).pages


def width(response):
    return round(float(pages(response)[0].mediabox.width))


def drawn_lines(response):
    """How many fold marks each page has: nothing else in a letter is drawn as a rectangle or a line."""
    return [page.get_contents().get_data().count(b" re") for page in pages(response)]


@pytest.mark.parametrize(
    ("country", "folded"),
    [("DE", [True, True]), ("FR", [True, True]), ("GB", [True, True]), ("US", [True, True]), ("CA", [False, False])],
)
def test_each_letter_has_the_countrys_window_where_its_address_fits(visitor, country, folded):
    visitor.sign(country=country)
    for recipient, expected in zip(("president", "embassy"), folded, strict=True):
        usual = visitor.get(f"/{SLUG}/letters/{recipient}.pdf").data
        plain = visitor.get(f"/{SLUG}/letters/{recipient}.pdf?layout=none").data
        assert (usual != plain) is expected, recipient


def test_all_letters_in_one_file_have_the_same_layouts_as_one_by_one(visitor):
    visitor.sign(country="FR")
    whole = visitor.get(f"/{SLUG}/letters/all.pdf")
    single = [visitor.get(f"/{SLUG}/letters/{one}.pdf") for one in ("president", "embassy")]
    assert drawn_lines(whole) == [drawn_lines(one)[0] for one in single]
    assert drawn_lines(visitor.get(f"/{SLUG}/letters/all.pdf?layout=din")) != drawn_lines(whole)


@pytest.mark.parametrize(
    ("asked", "paper"), [("din", A4), ("right", A4), ("uk", A4), ("us10", LETTER), ("none", LETTER)]
)
def test_a_layout_brings_the_paper_it_is_made_for(visitor, asked, paper):
    visitor.sign()
    assert width(visitor.get(f"/{SLUG}/letters/embassy.pdf?layout={asked}")) == paper


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("layout=window", "There is no such layout"),
        ("layout=DIN", "There is no such layout"),
        ("layout=din&paper=letter", "is not made for this paper"),
        ("layout=us10&paper=a4", "is not made for this paper"),
        ("layout=din&paper=a3", "We print on A4 or US Letter"),
    ],
)
def test_a_layout_that_cannot_be_is_a_sentence(visitor, query, sentence):
    visitor.sign()
    response = visitor.get(f"/{SLUG}/letters/president.pdf?{query}")
    assert response.status_code == 422
    assert sentence in response.text


def test_a_window_too_small_for_the_address_is_a_sentence(visitor, publish_changed):
    publish_changed('"Zhongnanhai",', '"Zhongnanhai", "General Office",')
    visitor.sign()
    response = visitor.get(f"/{SLUG}/letters/president.pdf?layout=right")
    assert response.status_code == 422
    assert "7 lines and the window shows 6" in response.text


def test_a_fax_exists_only_where_a_number_is_known(visitor):
    visitor.sign(country="DE")
    fax = visitor.get(f"/{SLUG}/letters/president.pdf?layout=fax")
    assert fax.headers["Content-Disposition"] == "attachment; filename=fax-1.pdf"
    text = pages(fax)[0].extract_text()
    assert "011 86 10 6238 1025 / +861062381025" in text
    missing = visitor.get(f"/{SLUG}/letters/embassy.pdf?layout=fax")
    assert missing.status_code == 404
    assert "No fax number is known" in missing.text
    assert len(pages(visitor.get(f"/{SLUG}/letters/all.pdf?layout=fax"))) == 1


@pytest.mark.parametrize(("query", "paper"), [("", 684), ("?size=dl", 624), ("?size=c5", 649), ("?size=c6", 459)])
def test_an_envelope_has_the_size_asked_for(visitor, query, paper):
    visitor.sign()
    envelope = visitor.get(f"/{SLUG}/letters/embassy/envelope.pdf{query}")
    assert width(envelope) == paper
    text = pages(envelope)[0].extract_text()
    assert "515 St. Patrick Street" in text
    assert "12 Rue Principale" in text


def test_the_page_leads_to_every_size_of_envelope(visitor):
    visitor.sign()
    page = visitor.get(f"/{SLUG}/letters").text
    for size in EnvelopeSize:
        assert f"/{SLUG}/letters/president/envelope.pdf?size={size}" in page


def test_an_envelope_of_a_letter_without_a_name_has_no_sender(visitor):
    visitor.sign(without_name="y")
    text = pages(visitor.get(f"/{SLUG}/letters/president/envelope.pdf"))[0].extract_text()
    assert "Zhongnanhai" in text
    assert "Qadir" not in text
    assert "Rue Principale" not in text


@pytest.mark.parametrize(
    ("query", "paper"), [("", LETTER), ("?sheet=l7160&start=20", A4), ("?sheet=5160&start=30", LETTER)]
)
def test_labels_hold_every_address_once(visitor, query, paper):
    visitor.sign()
    sheets = visitor.get(f"/{SLUG}/letters/labels.pdf{query}")
    assert width(sheets) == paper
    text = "\n".join(page.extract_text() for page in pages(sheets))
    assert text.count("Zhongnanhai") == text.count("515 St. Patrick Street") == 1
    assert "Qadir" not in text


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("president/envelope.pdf?size=c4", 422, "We print these envelopes: dl, c5, c6, 10."),
        ("nobody/envelope.pdf", 404, "There is no such letter."),
        ("labels.pdf?sheet=9999", 422, "We print these sheets of labels: l7160, 5160."),
        ("labels.pdf?sheet=l7160&start=22", 422, "This sheet has 21 labels"),
        ("labels.pdf?start=0", 422, "This sheet has 30 labels"),
        ("labels.pdf?start=²", 422, "This sheet has 30 labels"),
    ],
)
def test_what_cannot_be_printed_is_a_sentence(visitor, path, status, sentence):
    visitor.sign()
    response = visitor.get(f"/{SLUG}/letters/{path}")
    assert response.status_code == status
    assert sentence in response.text


def test_an_address_in_doubt_gets_no_envelope_and_no_label(visitor):
    visitor.sign(country="IQ")
    assert visitor.get(f"/{SLUG}/letters/embassy/envelope.pdf").status_code == 404
    text = pages(visitor.get(f"/{SLUG}/letters/labels.pdf"))[0].extract_text()
    assert "Zhongnanhai" in text
    assert "Baghdad" not in text


def test_an_address_too_long_for_a_label_says_what_to_use(visitor, publish_changed):
    publish_changed('"Zhongnanhai",', '"Zhongnanhai", "General Office for Letters and Petitions", "Third Courtyard",')
    visitor.sign()
    refused = visitor.get(f"/{SLUG}/letters/labels.pdf?sheet=5160")
    assert refused.status_code == 422
    assert "too long for this size, even in 8 point type" in refused.text
    assert "L7160" in refused.text
    assert width(visitor.get(f"/{SLUG}/letters/labels.pdf?sheet=l7160")) == A4


@pytest.mark.parametrize("path", ["president/envelope.pdf", "labels.pdf"])
def test_without_a_draft_there_is_nothing_to_print(visitor, path):
    assert visitor.get(f"/{SLUG}/letters/{path}").status_code == 410
