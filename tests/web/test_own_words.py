"""Advice about own words: on the letters page without scripts, on the form with them, and the server keeps nothing."""

from html import unescape

from tests.visitor import SLUG

ON_SQLITE_ALONE = "Pages know nothing of the database; what they store is tested in its rooms on both kinds."

EN = {"Accept-Language": "en"}
ADVICE = "Most of what you wrote stands in the appeal already."
COPIED = (
    "Since 2017 an estimated one million people or more have been detained there, mostly Uyghurs, Kazakhs and others "
    "from mainly Muslim groups."
)


def test_copied_words_get_advice_and_the_letters_all_the_same(visitor):
    assert visitor.sign(words=COPIED).status_code == 303
    page = unescape(visitor.get(f"/{SLUG}/letters", headers=EN).text)
    assert ADVICE in page
    assert f'href="/{SLUG}/sign#words"' in page
    assert visitor.get(f"/{SLUG}/letters/president.txt").text.count("mostly Uyghurs, Kazakhs and others") == 2


def test_words_of_ones_own_or_none_get_no_advice(visitor):
    for words in ("I am a nurse, and I think of the families.", ""):
        visitor.sign(words=words)
        assert ADVICE not in unescape(visitor.get(f"/{SLUG}/letters", headers=EN).text)


def test_a_browser_gets_the_appeals_own_texts_and_can_keep_the_words_to_itself(app, visitor):
    response = app.test_client().get(f"/{SLUG}/texts.json")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"].startswith("public")
    assert response.json["appeal"] == SLUG
    assert any(COPIED in text for text in response.json["texts"])
    assert f'data-texts="/{SLUG}/texts.json"' in visitor.get(f"/{SLUG}/sign").text


def test_an_unknown_appeal_has_no_texts(visitor):
    assert visitor.get("/nobody/texts.json").status_code == 404
