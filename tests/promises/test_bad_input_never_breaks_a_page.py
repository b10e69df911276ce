"""Strings that break programs, in every field of every form and in every address, on both databases.

By default each string meets a field to write in and now and then one to choose in, and half of them all fields at once.
With ``NAUGHTY=all bin/test promises`` each meets every field alone and all at once, which takes a few minutes.
"""

import csv
import io
import os
import re
import unicodedata
from html import unescape
from urllib.parse import quote

import pytest

from campaign.core.text import clean_line, clean_text
from campaign.exports import Purpose, export_signatures
from campaign.letters.letter import LetterValues
from campaign.signatures import open_draft
from tests.naughty import LISTED, NAUGHTY, OWN, encoded
from tests.promises.conftest import addresses
from tests.visitor import JOURNEY, SLUG

SIGN = f"/{SLUG}/sign"
URLENCODED = "application/x-www-form-urlencoded"
BIG_FORMS = {"public.sign", "public.letters_only"}
ALL = os.environ.get("NAUGHTY") == "all"
SINGLE_LINES = ("name", "email", "city")
SEVERAL_LINES = ("address", "words")
TYPED = SINGLE_LINES + SEVERAL_LINES


def fields_of(page: str) -> list[str]:
    """Return the names of everything that can be filled in or chosen in the form of a page."""
    form = page.partition('<form id="form"')[2].partition("</form>")[0]
    names = re.findall(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"', form)
    return [name for name in dict.fromkeys(names) if name != "csrf_token"]


def shown(page: str, name: str) -> str:
    """Return what stands in a text field of a page."""
    tag = re.search(rf'<(input|textarea)\b[^>]*\bname="{name}"[^>]*>([^<]*)', page)
    assert tag, f"no field {name}"
    value = re.search(r'\bvalue="([^"]*)"', tag[0])
    # A browser drops the line break behind <textarea>, and the library writes one.
    return unescape(
        tag[2].removeprefix("\r\n").removeprefix("\n") if tag[1] == "textarea" else value[1] if value else ""
    )


def send(visitor, path: str, fields: dict[str, str | list[str]]):
    """Send a form as a rude client would; whatever it holds, the answer is a page that says what to do."""
    response = visitor.client.post(path, data=encoded(fields), content_type=URLENCODED)
    assert response.status_code in {204, 303, 400, 404, 410, 413, 422, 429}, (path, fields)
    return response


def cleaned(name: str, value: str) -> str:
    """Return what is left of a string in a field: nothing that cannot be seen, stored or printed.

    Half a character is no UTF-8, and stands there as it was sent: percent signs and digits.
    """
    arrived = re.sub("[\ud800-\udfff]", lambda half: quote(half[0].encode("utf-8", "surrogatepass")), value)
    return clean_line(arrived) if name in SINGLE_LINES else clean_text(arrived)


def kept(visitor, runtime) -> LetterValues:
    """Return the values in the draft that this visitor's cookie opens."""
    token = visitor.client.get_cookie(f"letter-{SLUG}").value
    with runtime.database.reading() as session:
        draft = open_draft(session, token, runtime.clock.now())
    assert draft
    return draft.values


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # every one of them is refused before it is stored
def test_any_string_in_all_fields_at_once_gets_a_page_that_keeps_what_can_be_kept(visitor):
    token, names = visitor.token(), fields_of(visitor.get(SIGN).text)
    assert {*TYPED, "country", "locale", "demands"} <= set(names)
    for value in NAUGHTY if ALL else LISTED[::2] + OWN:  # drawing the form again is what takes the time
        response = send(visitor, SIGN, {**dict.fromkeys(names, value), "csrf_token": token})
        if response.status_code == 413:
            continue
        for name in TYPED:
            assert shown(response.text, name) == cleaned(name, value), (name, value)


def test_any_string_in_one_field_is_refused_with_a_page_or_kept_cleaned(visitor, runtime, key_pair):
    token, names = visitor.token(), fields_of(visitor.get(SIGN).text)
    written, chosen = ("name", "city", "address", "words"), [name for name in names if name not in TYPED]
    signed = 0
    for number, value in enumerate(NAUGHTY):
        some = [written[number % 4], *([chosen[number // 4 % len(chosen)]] if number % 4 == 0 else [])]
        for name in names if ALL else some:
            journey = {**JOURNEY, "email": f"n{number}-{name}@example.org", name: value, "csrf_token": token}
            if send(visitor, SIGN, journey).status_code == 303:
                signed += 1
                assert name not in written or getattr(kept(visitor, runtime), name) == cleaned(name, value), (
                    name,
                    value,
                )
    out = io.BytesIO()
    with runtime.database.reading() as session:
        report = export_signatures(session, key_pair.private, SLUG, Purpose.FULL, out, runtime.keys.row_key)
    assert report.left_out == []
    assert len(list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))) == signed + 1
    assert signed > len(NAUGHTY) / 3


def test_any_string_in_the_other_forms_and_in_every_address_gets_a_page(visitor, runtime):
    visitor.sign()
    token = visitor.token()
    posts = [path for endpoint, path in addresses(visitor.client.application, "POST").items() if endpoint not in
             {"public.sign", "public.letters_only", "public.clear"}]  # fmt: skip
    pages = [
        path for path in addresses(visitor.client.application, "GET").values() if not path.endswith((".pdf", ".css"))
    ]
    short = [one for one in NAUGHTY if len(one) < 2_000]
    # Few of these reach the database: on the second kind a third of them is enough to show that none breaks it.
    for number, value in enumerate(short if ALL or runtime.database.is_sqlite else short[::3]):
        typed = quote(value.encode("utf-8", "surrogatepass"), safe="")
        other = {**dict.fromkeys(("channel", "way", "email", "name", "choice", "token"), value), "csrf_token": token}
        send(visitor, posts[number % len(posts)], other)
        query = "&".join(f"{name}={typed}" for name in ("lang", "country", "paper", "layout", "size", typed))
        path = f"/{typed}" if number % 2 else f"/{SLUG}/letters/{typed}.txt"
        for address in (path, f"{pages[number % len(pages)]}?{query}"):
            assert visitor.client.get(address).status_code < 500, address


def test_what_was_cleaned_needs_no_more_cleaning_and_what_was_clean_is_not_touched():
    for value in LISTED:
        clean = clean_text(value)
        assert clean_text(clean) == clean
        assert not {unicodedata.category(one) for one in clean if one != "\n"} & {"Cc", "Cs", "Co", "Cn"}
        if value.isascii() and value.isprintable():
            assert clean.split() == value.split()
