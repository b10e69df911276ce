"""Forms: no forged one is taken, none is too large for memory, and none gets too old to send."""

import io
import tempfile
import time
from datetime import timedelta
from html import unescape

import pytest
from itsdangerous.timed import TimestampSigner

from campaign.signatures import LinkPurpose
from tests.links import link_to, only_id
from tests.promises.conftest import addresses
from tests.visitor import JOURNEY, SLUG, Visitor, form_token

ON_SQLITE_ALONE = "A form without its token, or too large, never reaches the database."

SIGN = f"/{SLUG}/sign"
KEEPING = ("public.sign", "public.letters_only")
URLENCODED = "application/x-www-form-urlencoded"
LIMIT = 64 * 1024


@pytest.mark.parametrize("token", [None, "", "x", "A" * 91, "from somebody else"])
def test_no_form_is_taken_without_its_own_token(app, token):
    """Walked from the list of routes: a new form cannot forget its protection."""
    posts = addresses(app, "POST")
    assert {*KEEPING, "public.clear", "public.made", "public.reported"} <= posts.keys()
    visitor = Visitor(app)
    visitor.sign()
    given = Visitor(app).token() if token == "from somebody else" else token
    for endpoint, path in posts.items():
        data = {**JOURNEY, "channel": "copy", "way": "post", **({} if given is None else {"csrf_token": given})}
        response = visitor.client.post(path, data=data)
        assert response.status_code == 400, endpoint
        if endpoint in KEEPING:
            for typed in (JOURNEY["name"], JOURNEY["email"], JOURNEY["address"], JOURNEY["words"]):
                assert typed in unescape(response.text), endpoint
        elif endpoint == "public.link_wanted":
            assert JOURNEY["email"] in unescape(response.text)
        else:
            assert "Reload it" in response.text, endpoint


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_loses_the_token_of_a_button_is_led_back_to_the_page_that_has_it(app, runtime, visitor):
    visitor.sign()
    token = link_to(runtime.database, only_id(runtime.database), LinkPurpose.MANAGE)
    for path in (f"/m/{token}", f"/m/{token}/withdraw", f"/m/{token}/name"):
        answer = Visitor(app).client.post(path, data={"csrf_token": "x"})
        assert answer.status_code == 400
        assert f'href="{path}">Open the page again' in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_sends_the_form_for_a_lost_link_once_more_is_served(runtime, visitor):
    sending = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "letters@example.org"}
    runtime.settings = runtime.settings.model_copy(update=sending)
    typed = {"appeal": SLUG, "email": "aygul@example.org"}
    again = visitor.client.post("/m", data=typed | {"csrf_token": "x"})
    assert again.status_code == 400
    assert "Please send it once more" in again.text
    sent = visitor.client.post("/m", data=typed | {"csrf_token": form_token(again.text)})
    assert sent.headers["Location"] == "/m/sent"


def test_over_https_no_form_is_taken_from_a_page_of_somebody_else(site_with):
    app = site_with(public_url="https://letters.example.org")
    client = app.test_client()
    options = {"base_url": "https://letters.example.org"}
    token = form_token(client.get(SIGN, **options).text)
    for referrer, status in (("https://letters.example.org/", 303), ("https://evil.example/", 400), (None, 400)):
        headers = {"Referer": referrer} if referrer else {}
        answer = client.post(f"/{SLUG}/letters/clear", data={"csrf_token": token}, headers=headers, **options)
        assert answer.status_code == status, referrer


@pytest.mark.parametrize("path", ["sign", "letters"])
def test_a_form_left_open_for_twelve_hours_can_still_be_sent(visitor, clock, monkeypatch, path):
    token = visitor.token()
    later = timedelta(hours=12)
    clock.advance(later)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(time.time() + later.total_seconds()))
    answer = visitor.client.post(f"/{SLUG}/{path}", data={**JOURNEY, "csrf_token": token})
    assert answer.status_code == 303
    assert "Aygül Qadir" in visitor.get(f"/{SLUG}/letters").text


def padded(token: str, size: int) -> bytes:
    body = f"csrf_token={token}&name=Aygul&words=".encode()
    return body + b"x" * (size - len(body))


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 422), (LIMIT + 1, 413), (600_000, 413), (10_000_000, 413)])
def test_a_body_of_64_kilobytes_is_read_and_one_byte_more_is_not(visitor, size, status):
    body = padded(visitor.token(), size)
    response = visitor.client.post(SIGN, data=body, content_type=URLENCODED)
    assert response.status_code == status
    assert ("shorten your text" in response.text) == (status == 413)


FLOODS = {
    "50,000 fields": (b"a=&" * 50_000, URLENCODED, 413),
    "as many fields as fit": (b"a&" * (LIMIT // 2), URLENCODED, 400),
    "fields named like ours": (b"demands=x&" * (LIMIT // 10), URLENCODED, 400),
    "101 parts": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(101)) + b"--x--\r\n",
        "multipart/form-data; boundary=x", 413,
    ),
    "a part without an end": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"1" * 60_000,
        "multipart/form-data; boundary=x", 400,
    ),
    "multipart without a boundary": (b"--x\r\n", "multipart/form-data", 400),
    "600 KB in a file": (
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\n' + b"1" * 600_000 + b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x", 413,
    ),
    "60 KB in a file": (
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\n' + b"1" * 60_000 + b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x", 400,
    ),
    "no form at all": (b'{"name": 5, "demands": {"a": [1]}, "words": null}', "application/json", 400),
}  # fmt: skip


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_fields_or_parts_is_refused_and_never_touches_the_disk(visitor, monkeypatch, kind):
    body, content_type, status = FLOODS[kind]
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")  # whatever needs a file for the body fails here
    for path in (SIGN, f"/{SLUG}/letters", f"/{SLUG}/letters/clear"):
        found = visitor.client.post(path, data=body, content_type=content_type).status_code
        assert found == status or (status, found) == (400, 422), path  # 422: the token is not all that is missing


def test_a_file_where_text_belongs_is_no_text_in_any_form(visitor):
    visitor.sign()
    typed = dict.fromkeys(("name", "email", "words", "channel", "way", "demands", "country"), None)
    for path in addresses(visitor.client.application, "POST").values():
        files = {name: (io.BytesIO(b"x" * 100), "a.txt") for name in typed}
        answer = visitor.client.post(path, data={"csrf_token": visitor.token(), **files})
        assert answer.status_code in {303, 404, 410, 422}, path


def test_of_a_body_that_does_not_say_how_long_it_is_nothing_is_read_beyond_the_limit(visitor, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    body = io.BytesIO(padded(visitor.token(), 1_000_000))
    endless = {"wsgi.input": body, "wsgi.input_terminated": True}
    headers = {"Transfer-Encoding": "chunked"}
    response = visitor.client.post(SIGN, content_type=URLENCODED, headers=headers, environ_overrides=endless)
    assert response.status_code == 422
    assert body.tell() <= LIMIT
