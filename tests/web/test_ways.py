"""The ways to send a letter that fewer people need: shown when asked for, and honest about what each one means."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

LETTERS = f"/{SLUG}/letters"
SHORT = {"demands": ["disclose"], "words": "", "city": "", "name": "A. Q."}


def card(page: str, recipient: str) -> str:
    """Return the part of the page about one recipient."""
    start = page.index(f'aria-labelledby="{recipient}-title"')
    return page[start : page.index("</article>", start)]


def links(html: str) -> list[dict[str, str]]:
    """Return the attributes of every link."""
    return [
        {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        for tag in re.findall(r"<a\s[^>]*>", html)
    ]


def test_webmail_stands_in_a_fold_of_the_fold_behind_what_it_means(visitor):
    visitor.sign()
    shown = card(visitor.get(LETTERS).text, "president")
    outer, webmail = shown.index('<details class="fold">'), shown.index("fold-webmail")
    sentence, first = shown.index("company’s servers"), shown.index("https://mail.google.com")
    assert outer < webmail < sentence < first
    assert "<details open" not in shown
    assert shown.index('data-channel="mailto"') < outer
    foreign = [one for one in links(shown) if one["href"].startswith("https://")]
    assert len(foreign) == 3
    assert all(set(one["rel"].split()) == {"noreferrer", "noopener"} for one in foreign)
    assert "https://" not in shown[:outer]


def test_links_say_for_themselves_when_the_text_has_to_be_pasted(visitor):
    visitor.sign(words="维" * 900)
    shown = card(visitor.get(LETTERS).text, "president")
    hints = re.findall(r'<span class="small"\s+id="president-(\w+)-long"\s*(hidden)?', shown)
    assert hints == [("gmail", ""), ("outlook", ""), ("yahoo", "")]
    for link in links(shown):
        if "data-mail-limit" in link:
            assert link["href"] == link["data-mail-short"]
    visitor.sign(**SHORT)
    shown = card(visitor.get(LETTERS).text, "president")
    hints = re.findall(r'<span class="small"\s+id="president-(\w+)-long"\s*(hidden)?', shown)
    assert hints == [("gmail", "hidden"), ("outlook", "hidden"), ("yahoo", "hidden")]


@pytest.mark.parametrize("changes", [SHORT, {"words": "& = ? # % + \" ' é 中 ئ (x)! *"}])
def test_a_script_can_build_every_mail_link_again_from_the_text_box(visitor, changes):
    visitor.sign(**changes)
    for recipient in ("president", "embassy"):
        shown = card(visitor.get(LETTERS).text, recipient)
        box = re.search(rf'<textarea id="{recipient}-text"[^>]*>(.*?)</textarea>', shown, re.DOTALL)
        assert box
        mail = [one for one in links(shown) if one.get("data-mail-text") == f"{recipient}-text"]
        assert len(mail) == 4
        for link in mail:
            text = unescape(box[1]).replace("\n", "\r\n")
            for _ in range(int(link["data-mail-rounds"])):
                text = quote(text, safe="")
            whole = link["data-mail-before"] + text
            assert link["href"] == (whole if len(whole) <= int(link["data-mail-limit"]) else link["data-mail-short"])
            assert f'id="{link["data-mail-long"]}"' in shown


def test_the_text_box_is_read_only_until_a_script_makes_the_links_follow(visitor):
    visitor.sign()
    shown = card(visitor.get(LETTERS).text, "president")
    assert re.search(r'<textarea id="president-text"[^>]*readonly', shown)
    assert re.search(r'data-mail-note="president-text"\s+hidden', shown)


def test_a_fax_number_stands_as_printed_and_as_dialled_and_leads_to_a_sheet(visitor):
    visitor.sign()
    shown = card(visitor.get(LETTERS).text, "president")
    assert "011 86 10 6238 1025" in shown
    assert "+861062381025" in shown
    sheet = next(one["href"] for one in links(shown) if "layout=fax" in one["href"])
    assert visitor.get(sheet).mimetype == "application/pdf"


def test_where_no_fax_is_known_none_is_offered(visitor):
    visitor.sign(country="KZ")
    shown = card(visitor.get(LETTERS).text, "embassy")
    assert "By fax" not in shown
    assert 'value="fax"' not in shown


def test_words_to_say_are_there_where_somebody_can_go_or_call(visitor):
    visitor.sign(locale="fr")
    page = visitor.get(LETTERS).text
    embassy = card(page, "embassy")
    assert "By hand or by phone" in embassy
    assert "Je m’appelle Aygül Qadir." in embassy
    assert 'lang="fr"' in embassy[embassy.index("embassy-script") :]
    assert "+1 613-789-3434" in embassy
    assert "By hand or by phone" not in card(page, "president")


def test_a_letter_without_a_name_is_said_without_a_name(visitor):
    visitor.sign(without_name="y")
    assert "Qadir" not in visitor.get(LETTERS).text


def test_every_envelope_that_is_offered_can_be_had(visitor):
    visitor.sign()
    page = visitor.get(LETTERS).text
    kinds = [one["href"] for one in links(card(page, "embassy")) if "layout=" in one["href"]]
    assert len([kind for kind in kinds if "layout=fax" not in kind]) >= 4
    others = [one["href"] for one in links(page) if "envelope.pdf" in one["href"]]
    assert len(others) == 2 * 5  # for each letter the usual size and four to choose from
    for address in (*kinds, *others, f"{LETTERS}/labels.pdf"):
        response = visitor.get(address)
        assert (address, response.status_code, response.mimetype) == (address, 200, "application/pdf")


def test_an_address_too_long_for_the_usual_window_is_said(visitor, publish_changed):
    visitor.sign(country="CH")
    assert "take an envelope without a window" not in card(visitor.get(LETTERS).text, "president")
    publish_changed('"Zhongnanhai",', '"Zhongnanhai", "General Office",')
    assert "take an envelope without a window" in card(visitor.get(LETTERS).text, "president")
    visitor.sign(country="CA")
    assert "take an envelope without a window" not in visitor.get(LETTERS).text


def test_what_the_stamp_costs_is_said_with_its_source(visitor):
    visitor.sign(country="CH")
    page = visitor.get(LETTERS).text
    assert "CHF 2.50" in page
    assert "monthly letters of November 2024" in page


def test_a_slip_in_the_postage_hints_costs_nobody_their_letters(visitor, runtime, tmp_path, caplog):
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory" / "postage.toml").write_text("format =", encoding="utf-8")
    runtime.settings = runtime.settings.model_copy(update={"letters_dir": tmp_path})
    visitor.sign()
    assert visitor.get(LETTERS).status_code == 200
    assert "postage hints cannot be read" in caplog.text


def test_the_way_to_a_blank_letter_is_shown(visitor):
    visitor.sign()
    assert f'href="{LETTERS}/blank"' in visitor.get(LETTERS).text
