"""Limits: the same for all processes and after a restart; over them comes proof of work, and nothing typed is lost."""

import json
import subprocess
import sys
from html import unescape

import pytest
from sqlalchemy import select

from campaign.settings import ROOT
from campaign.signatures import Signature, State
from tests.abuse.solving import easy, solved
from tests.conftest import NOW
from tests.promises.conftest import addresses
from tests.visitor import JOURNEY, SLUG, Visitor, checked

SIGN = f"/{SLUG}/sign"


@pytest.fixture
def processes(runtime, tmp_path, database_url):
    """Start processes of the site that sign; wait for all of them and return their statuses."""

    def run(*names: str, n: int = 4, address: str = "203.0.113.7") -> list[int]:
        order = {"folder": str(tmp_path), "database": database_url, "limits": "5/hour", "moment": NOW.isoformat(),
                 "address": address, "n": str(n)}  # fmt: skip
        commands = [
            [sys.executable, "-m", "tests.abuse.signing_process", json.dumps({**order, "name": name})] for name in names
        ]
        started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for command in commands]
        return [status for one in started for status in json.loads(one.communicate(timeout=300)[0])]

    return run


def test_two_processes_and_one_that_was_started_anew_count_together(processes, site_with):
    at_once = processes("first", "second")
    assert sorted(at_once) == [303] * 5 + [429] * 3
    assert processes("third", n=1) == [429]
    elsewhere = Visitor(site_with(sign_limits="5/hour"))
    assert sign_from(elsewhere, "198.51.100.7", 1).status_code == 303


def limited(site_with, **settings):
    app = site_with(sign_limits="2/minute", **settings)
    easy(app.extensions["campaign"])
    return app


def sign_from(visitor, address, number, **changes):
    options = {"environ_overrides": {"REMOTE_ADDR": address}}
    token = visitor.token()
    data = {**JOURNEY, "email": f"somebody-{number}@example.org", "csrf_token": token, **changes}
    return checked(visitor.client.post(SIGN, data=data, **options))


def test_over_the_limit_the_form_comes_again_with_everything_typed_and_a_proof_lets_it_in(site_with):
    visitor = Visitor(limited(site_with))
    for number in range(2):
        assert sign_from(visitor, "203.0.113.7", number).status_code == 303
    page = sign_from(visitor, "203.0.113.8", 3)
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "60"
    for typed in (JOURNEY["name"], JOURNEY["address"], JOURNEY["words"], "somebody-3@example.org"):
        assert typed in unescape(page.text)
    assert 'data-needed="now"' in page.text
    proof = solved(visitor.client.get("/proof.json").get_json())
    assert sign_from(visitor, "203.0.113.8", 3, proof=proof).status_code == 303
    again = sign_from(visitor, "203.0.113.8", 4, proof=proof)
    assert again.status_code == 429
    assert 'data-needed="now"' not in again.text
    assert 'data-needed="always"' in again.text


def test_without_scripts_the_same_form_comes_in_without_being_asked_twice(site_with):
    visitor = Visitor(limited(site_with))
    for number in range(4):
        assert sign_from(visitor, "203.0.113.7", number, no_scripts="y").status_code == 303


def test_nobody_shuts_out_who_has_no_scripts(site_with):
    app = limited(site_with, smtp_url="smtp://127.0.0.1:9", mail_from="letters@example.org")
    flood = Visitor(app)
    for number in range(60):
        assert sign_from(flood, "203.0.113.7", number, no_scripts="y").status_code == 303
    assert sign_from(Visitor(app), "203.0.113.8", 100, no_scripts="y").status_code == 303
    with app.extensions["campaign"].reading() as session:
        assert set(session.scalars(select(Signature.state))) == {State.PENDING}


def test_the_way_without_scripts_and_mail_ends_with_a_sentence_and_everything_typed(site_with):
    app = limited(site_with)
    flood = Visitor(app)
    nameless = {"email": "", "without_email": "y", "no_scripts": "y"}
    for number in range(50):
        assert sign_from(flood, "203.0.113.7", number, **nameless).status_code == 303
    page = sign_from(flood, "203.0.113.7", 50, **nameless)
    assert page.status_code == 429
    assert "Too many signatures came from your part of the network." in page.text
    assert JOURNEY["words"] in unescape(page.text)
    through_tor = {"no_scripts": "y", "email": "", "without_email": "y"}
    assert sign_from(Visitor(app), "fc00:dead:beef:4dad::7:9", 51, **through_tor).status_code == 303


@pytest.mark.parametrize(("hops", "statuses"), [(0, [303, 303, 429, 429]), (1, [303, 303, 429, 429])])
def test_an_address_that_the_visitor_made_up_does_not_begin_a_new_count(site_with, hops, statuses):
    visitor = Visitor(limited(site_with, proxy_hops=hops))
    found = []
    for number in range(4):
        made_up = f"198.51.{number}.1"
        headers = {"X-Forwarded-For": f"{made_up}, 203.0.113.7", "X-Real-IP": made_up, "Forwarded": f"for={made_up}"}
        data = {**JOURNEY, "email": f"somebody-{number}@example.org", "csrf_token": visitor.token()}
        found.append(visitor.client.post(SIGN, data=data, headers=headers).status_code)
    assert found == statuses


def test_behind_our_proxy_visitors_are_told_apart_by_what_it_says(site_with):
    visitor = Visitor(limited(site_with, proxy_hops=1))
    for number in range(4):
        data = {**JOURNEY, "email": f"somebody-{number}@example.org", "csrf_token": visitor.token()}
        headers = {"X-Forwarded-For": f"198.51.{number}.1"}
        assert visitor.client.post(SIGN, data=data, headers=headers).status_code == 303


def test_letters_without_a_signature_are_not_limited(site_with):
    visitor = Visitor(limited(site_with))
    for _ in range(4):
        assert visitor.letters_only().status_code == 303


def test_a_challenge_is_kept_by_nobody(app):
    answer = app.test_client().get(addresses(app, "GET")["public.proof"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["parameters"]["algorithm"] == "PBKDF2/SHA-256"
