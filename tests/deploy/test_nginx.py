"""The nginx file in front of the whole site: what it takes, keeps, refuses, and never writes down."""

import re
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.settings import ROOT
from campaign.web.i18n import wished_locale
from tests.deploy.front import HOST, ONION, configuration, nginx
from tests.deploy.visitors import Browser
from tests.scanning import files_below
from tests.visitor import JOURNEY, SLUG, form_token

SIGN = f"/{SLUG}/sign"
CONF = (ROOT / "deploy" / "nginx-letters.conf").read_text(encoding="utf-8")


def test_nginx_accepts_the_file(tmp_path):
    main = configuration(tmp_path, 8000, 8080, 8443, 8081)
    result = subprocess.run(
        [nginx(), "-t", "-p", str(tmp_path), "-c", str(main), "-e", str(tmp_path / "error.log")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr


def test_a_supporter_signs_and_gets_the_letters_through_it(front):
    browser = Browser(front, "127.0.0.3")
    token = form_token(browser.ask(SIGN)[1])
    body = urlencode({**JOURNEY, "csrf_token": token}, doseq=True).encode()
    status, _, answer = browser.ask(SIGN, "POST", body)
    assert (status, answer.headers["Location"]) == (303, f"/{SLUG}/letters")
    assert "Aygül Qadir" in browser.ask(f"/{SLUG}/letters")[1]
    assert browser.ask(f"/{SLUG}/letters/president.pdf")[1].startswith("%PDF")
    assert "Aygül Qadir" not in Browser(front, "127.0.0.4").ask(f"/{SLUG}/letters")[1]


def test_the_program_sees_who_asks_and_not_what_they_say_of_themselves(front, program):
    Browser(front, "127.0.0.5").ask(SIGN, X_Forwarded_For="203.0.113.66", X_Real_IP="203.0.113.66")
    assert program.seen == [(SIGN, "127.0.0.5")]


def test_a_page_for_everybody_is_asked_for_once_and_sets_no_cookie(front, program):
    for number in range(10):
        status, _, answer = Browser(front, f"127.0.0.{10 + number}").ask(f"/{SLUG}")
        assert (status, answer.headers["Set-Cookie"]) == (200, None)
    assert 1 <= len(program.seen) < 10
    for _ in range(2):
        assert Browser(front, "127.0.0.3").ask(SIGN)[0] == 200
    assert [path for path, _ in program.seen].count(SIGN) == 2


def asked_for(front, program, pages, **headers):
    """Return how many of these pages the program was asked for; the clock of the cache is a second, so ask quickly."""
    program.seen.clear()
    for number, page in enumerate(pages):
        assert Browser(front, f"127.0.0.{10 + number % 200}").ask(page, **headers)[0] == 200
    return len(program.seen)


def test_a_link_that_was_passed_on_is_answered_with_the_page_that_is_kept(front, program):
    blank = f"/{SLUG}/letters/blank/president.pdf"  # kept for an hour, so that no second ends meanwhile
    Browser(front, "127.0.0.3").ask(blank)
    marks = [f"fbclid={n}&utm_source=x%20y&utm_campaign=a+b{n}&q" for n in range(10)]
    assert asked_for(front, program, [f"{blank}?{mark}" for mark in marks]) == 0
    assert asked_for(front, program, [f"{blank}?paper=letter&x={n}" for n in range(10)]) == 1
    assert asked_for(front, program, [f"{blank}?{mark}&lang=fr" for mark in marks]) == 1


@pytest.mark.parametrize(
    "odd",
    [
        "p%61per=letter",
        "PAPER=letter",
        "paper=a4&p%61per=x",
        "paper&paper=letter",
        "lan%67=fr",
        "x;y=1",
        "Lang=fr&lang=en",
    ],
)
def test_an_address_that_might_be_read_in_two_ways_spoils_no_page(front, program, odd):
    blank = f"/{SLUG}/letters/blank/president.pdf"
    Browser(front, "127.0.0.3").ask(f"{blank}?{odd}")
    assert asked_for(front, program, [blank, f"{blank}?paper=letter", f"{blank}?lang=fr", f"{blank}?lang=en"]) == 4


def test_a_new_version_of_a_script_is_not_the_old_one(front, program):
    assert asked_for(front, program, [f"/static/js/proof.js?v={n}" for n in (1, 2, 1, 2)]) == 2


def test_browsers_that_wish_for_the_same_language_share_a_page_and_no_others_do(front, program):
    blank = f"/{SLUG}/letters/blank/president.pdf"
    for wish in (
        "fr",
        "fr-CA,fr;q=0.9,en-CA;q=0.8,en;q=0.7",
        "fr-FR,fr;q=0.8",
        "en-CA,en;q=0.9,fr;q=0.8",
        "zh-CN,zh;q=0.9",
        "*",
    ):
        Browser(front, "127.0.0.3").ask(blank, Accept_Language=wish)
    assert len(program.seen) == 4  # French, one that leaves doubts, English, and another one


KINDS = re.search(r"map \$http_accept_language.*?\{(.*?)\n\}", CONF, re.DOTALL).group(1)
RULES = [
    (re.compile(rule, re.IGNORECASE if star else 0), locale)
    for star, rule, locale in re.findall(r'"~(\*?)(.+)" (fr|en);', KINDS)
]
_wishes = st.lists(
    st.tuples(st.sampled_from(["en", "fr", "en-GB", "fr-CA", "FR", "de", "zh-Hans-CN", "*", "fro", "x-en"]),
              st.sampled_from(["", ";q=0.9", ";q=0.8", ";q=0.1", ";q=0", ";q=0.0", ";q=1", "; q=0.5"])).map("".join),
    max_size=40,
).flatmap(lambda found: st.sampled_from([",", ", "]).map(lambda between: between.join(found)))  # fmt: skip


@given(_wishes)
def test_a_page_is_kept_under_no_language_that_the_program_would_not_answer_in(wish):
    assert len(RULES) == 3
    kept_under = next((locale for rule, locale in RULES if rule.search(wish)), None)
    assert kept_under in {None, wished_locale(wish[:200])}


@pytest.mark.parametrize("path", [SIGN, f"/{SLUG}/letters/president.pdf"])
def test_nobody_waits_for_the_page_that_somebody_else_gets(front, program, path):
    program.first = threading.Barrier(2, timeout=60).wait  # neither is answered before both have come
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda number: Browser(front, f"127.0.0.{number}").ask(path)[0], (3, 4)))
    assert answers[0] == answers[1] != 500


def test_while_the_program_is_away_the_appeal_is_still_shown_and_the_form_says_what_to_do(front, program):
    page = Browser(front, "127.0.0.3").ask(f"/{SLUG}")[1]
    Browser(front, "127.0.0.3").ask(SIGN)
    program.stop()
    status, text, _ = Browser(front, "127.0.0.4").ask(f"/{SLUG}")
    assert (status, text) == (200, page)
    status, text, answer = Browser(front, "127.0.0.4").ask(SIGN)
    assert (status, answer.headers["Cache-Control"]) == (503, "no-store")
    assert "still in your browser" in text
    assert '<p lang="fr">' in text


def test_too_large_a_body_ends_at_the_proxy_and_none_reaches_the_disk(front, program):
    browser = Browser(front, "127.0.0.3")
    token = form_token(browser.ask(SIGN)[1])
    seen = len(program.seen)
    assert browser.ask(SIGN, "POST", b"words=" + b"x" * 70_000)[0] == 413
    assert len(program.seen) == seen
    body = f"csrf_token={token}&words=".encode()
    assert browser.ask(SIGN, "POST", body + b"x" * (64 * 1024 - len(body)))[0] == 422
    written = [name for name, content in files_below(front.folder) if b"xxxxxxxx" in content]
    assert written == []
    assert "buffered to a temporary file" not in (front.folder / "error.log").read_text(encoding="utf-8")


def test_who_sends_forms_without_pause_is_asked_to_wait_and_nobody_else_is(front):
    flood = Browser(front, "127.0.0.6")
    answers = [flood.ask(f"/{SLUG}/letters/clear", "POST", b"x=1") for _ in range(40)]
    assert {status for status, _, _ in answers} == {400, 429}
    assert all("Wait a minute" in page for status, page, _ in answers if status == 429)
    assert Browser(front, "127.0.0.7").ask(f"/{SLUG}/letters/clear", "POST", b"x=1")[0] == 400


def test_another_host_name_gets_no_answer_and_no_certificate(front):
    with socket.create_connection(("127.0.0.1", front.https), timeout=20) as raw, pytest.raises(ssl.SSLError):
        front.trust.wrap_socket(raw, server_hostname="evil.example")
    with socket.create_connection(("127.0.0.1", front.http), timeout=20) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert raw.recv(100) == b""
    with socket.create_connection(("127.0.0.1", front.http), timeout=20) as raw:
        raw.sendall(f"GET /x?y=1 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert f"Location: https://{HOST}/x?y=1".encode() in raw.recv(1000)


def test_nothing_it_writes_says_who_came_or_what_they_asked_for(front):
    browser = Browser(front, "127.0.0.88")
    for path in (f"/{SLUG}", f"{SIGN}?secret=walnut", "/c/walnut", "/%00walnut", "/m/walnut", "/static/walnut.css"):
        browser.ask(path)
    written = b"".join(content for _name, content in files_below(front.folder))
    assert b"127.0.0.88" not in written
    assert b"walnut" not in written


def test_the_onion_service_answers_over_http_and_tells_lines_apart(front, program):
    line = "fc00:dead:beef:4dad::7:9"  # how Tor names a line for the proxy
    for host, status in ((ONION, b"200"), ("evil.example", b"400")):
        with socket.create_connection(("127.0.0.1", front.onion), timeout=20) as raw:
            raw.sendall(f"PROXY TCP6 {line} ::1 65535 80\r\nGET {SIGN} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert raw.recv(12) == b"HTTP/1.1 " + status
    assert program.seen[0] == (SIGN, line)
