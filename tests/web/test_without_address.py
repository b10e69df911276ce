"""Signing without an e-mail address, and what is noticed of how a form came."""

import time
from types import SimpleNamespace

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select

from campaign.signatures import Flag, Signature, State, open_signature
from campaign.web.public import arrival
from tests.abuse.solving import easy, solved
from tests.visitor import SLUG


@pytest.fixture
def prove(runtime, visitor):
    """Do the work that the site asks for."""
    easy(runtime)
    return lambda: solved(visitor.client.get("/proof.json").get_json())


@pytest.fixture
def sent_after(monkeypatch):
    """Let forms come so many seconds after their page was made, however fast or slow this machine is."""

    def seconds_later(seconds):
        made = int(time.time())
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: made)
        monkeypatch.setattr(arrival, "time", SimpleNamespace(time=lambda: made + seconds))

    return seconds_later


def rows(runtime):
    with runtime.database.reading() as session:
        return [row._asdict() for row in session.execute(select(*Signature.__table__.columns))]


def test_who_cannot_get_mail_signs_with_a_proof_and_is_counted_apart(visitor, runtime, key_pair, prove, count_now):
    typed = {"email": "typed@example.org", "without_email": "y"}
    answer = visitor.sign(**typed)
    assert answer.status_code == 429
    assert 'data-needed="now"' in answer.text
    assert visitor.sign(**typed, proof=prove()).status_code == 303
    (row,) = rows(runtime)
    assert row["state"] is State.UNVERIFIED
    assert open_signature(key_pair.private, row).email == ""
    count_now()
    assert runtime.signed(SLUG) == (0, 1)


def test_a_browser_without_scripts_signs_without_an_address_and_waits_for_a_look(visitor, runtime, count_now):
    assert visitor.sign(email=None, without_email="y", no_scripts="y").status_code == 303
    (row,) = rows(runtime)
    assert (row["state"], Flag(row["flags"]) & Flag.HELD) == (State.PENDING, Flag.HELD)
    count_now()
    assert runtime.signed(SLUG) == (0, 0)


def test_what_happens_without_scripts_is_said_to_browsers_without_scripts_alone(visitor):
    assert visitor.sign().status_code == 303
    before, inside = visitor.get(f"/{SLUG}/letters", headers={"Accept-Language": "en"}).text.split("<noscript>")
    inside, _closed, after = inside.partition("</noscript>")
    assert "If your browser runs no scripts, it may count only once" in inside
    assert "runs no scripts" not in before + after


def test_without_the_tick_an_address_is_needed(visitor):
    answer = visitor.sign(email="")
    assert answer.status_code == 422
    assert "sign without one" in answer.text


def test_two_people_without_an_address_are_two(visitor, runtime, prove):
    for _ in range(2):
        visitor.sign(email=None, without_email="y", proof=prove())
    assert len(rows(runtime)) == 2


def test_the_field_nobody_sees_is_a_signal_and_no_refusal(visitor, runtime, sent_after):
    page = visitor.get(f"/{SLUG}/sign").text
    assert f'name="{arrival.TRAP}"' in page
    sent_after(60)
    visitor.sign()
    visitor.sign(email="other@example.org", **{arrival.TRAP: "x"})
    assert {Flag(row["flags"]) for row in rows(runtime)} == {Flag.NONE, Flag.HONEYPOT}


@pytest.mark.parametrize(("seconds", "flags"), [(0, Flag.FAST), (5, Flag.NONE), (12 * 3600, Flag.NONE)])
def test_a_form_that_comes_at_once_is_a_signal_and_one_left_open_is_none(visitor, runtime, sent_after, seconds, flags):
    sent_after(seconds)
    assert visitor.sign().status_code == 303
    assert [Flag(row["flags"]) for row in rows(runtime)] == [flags]
