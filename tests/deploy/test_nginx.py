"""The nginx file in front of the whole site: what it takes, keeps, refuses, and never writes down."""

import socket
import ssl
import subprocess
from urllib.parse import urlencode

import pytest

from tests.deploy.conftest import Browser
from tests.deploy.front import HOST, ONION, configuration, nginx
from tests.visitor import JOURNEY, SLUG, form_token

SIGN = f"/{SLUG}/sign"


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
    written = [path for path in front.folder.rglob("*") if path.is_file() and b"xxxxxxxx" in path.read_bytes()]
    assert written == []
    assert "buffered to a temporary file" not in (front.folder / "error.log").read_text(encoding="utf-8")


def test_who_sends_forms_without_pause_is_asked_to_wait_and_nobody_else_is(front):
    flood = Browser(front, "127.0.0.6")
    answers = [flood.ask(f"/{SLUG}/letters/clear", "POST", b"x=1") for _ in range(40)]
    assert {status for status, _, _ in answers} == {400, 429}
    assert "Wait a minute" in answers[-1][1]
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
    written = b"".join(path.read_bytes() for path in front.folder.rglob("*") if path.is_file())
    assert b"127.0.0.88" not in written
    assert b"walnut" not in written


def test_the_onion_service_answers_over_http_and_tells_lines_apart(front, program):
    line = "fc00:dead:beef:4dad::7:9"  # how Tor names a line for the proxy
    for host, status in ((ONION, b"200"), ("evil.example", b"400")):
        with socket.create_connection(("127.0.0.1", front.onion), timeout=20) as raw:
            raw.sendall(f"PROXY TCP6 {line} ::1 65535 80\r\nGET {SIGN} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert raw.recv(12) == b"HTTP/1.1 " + status
    assert program.seen[0] == (SIGN, line)
