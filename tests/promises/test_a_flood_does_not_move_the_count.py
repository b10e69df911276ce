"""A flood: it is noticed, it does not move what was confirmed, and the organisers take it out and put it back."""

import json

import pytest

from campaign import audit
from campaign.keys import current_key
from campaign.signatures import (
    Circumstances,
    Consents,
    Flag,
    SignatureRecord,
    count_new,
    seal_signature,
    store_signatures,
)
from tests.visitor import SLUG

FLOOD = 1000
CONSENTS = Consents(version="2026-11", count=True)


def signatures(runtime, n, flags, *, asked):
    """Return sealed signatures as the form makes them."""
    book = runtime.published(SLUG)
    with runtime.database.reading() as session:
        key = current_key(session, SLUG)
    how = Circumstances(flags, asked=asked)
    return [
        seal_signature(
            runtime.keys, key, book.appeal, book.edition, runtime.clock.now(),
            SignatureRecord("Somebody", f"{flags.value}-{number}@example.org", "VA", "en", CONSENTS), how,
        )
        for number in range(n)
    ]  # fmt: skip


@pytest.fixture
def flooded(runtime):
    """A site with ten good signatures, and a thousand that came in a burst and wait for a mail to be answered."""
    good = signatures(runtime, 10, Flag.NONE, asked=False)
    flood = signatures(runtime, FLOOD, Flag.BURST | Flag.UNLIKELY_COUNTRY, asked=True)
    with runtime.database.unit_of_work() as session:
        store_signatures(session, good + flood)
        count_new(session, SLUG)
    return runtime


def signed(runtime):
    runtime.forget()
    return runtime.signed(SLUG)


def test_what_nobody_has_confirmed_does_not_count_and_shows_in_the_review(flooded, campaign):
    assert signed(flooded) == (0, 10)
    found = json.loads(campaign("signatures", "review", SLUG, "--json"))["signatures"]
    assert {(one["state"], tuple(one["flags"]), one["n"]) for one in found} == {
        ("unverified", (), 10), ("pending", ("burst", "unlikely-country"), FLOOD),
    }  # fmt: skip
    shown = campaign("signatures", "review", SLUG)
    assert "1,000 pending      burst, unlikely-country" in shown
    assert "Somebody" not in shown


def test_a_decision_is_previewed_logged_and_can_be_undone(flooded, campaign):
    command = ("signatures", "invalidate", SLUG, "--state", "unverified", "--country", "va", "--reason", "test")
    assert campaign(*command).startswith("10 signature(s) would be invalidated. Nothing was changed")
    assert signed(flooded) == (0, 10)
    batch = campaign(*command, "--apply").split()[-1]
    assert signed(flooded) == (0, 0)
    assert f"Batch {batch}" in campaign("signatures", "review", SLUG)
    assert campaign("signatures", "restore", batch) == "Brought back 10 signature(s).\n"
    assert signed(flooded) == (0, 10)
    with flooded.database.reading() as session:
        lines = [(line.action, line.object) for line in audit.entries(session)]
    assert lines == [
        ("invalidated in review", f"{SLUG}: 10 signature(s), test, batch {batch}"),
        ("batch undone", f"{batch}: 10 signature(s)"),
    ]


def test_signatures_that_waited_for_a_look_are_accepted_and_those_that_wait_for_their_owners_are_not(flooded, campaign):
    held = signatures(flooded, 3, Flag.HELD, asked=True)
    with flooded.database.unit_of_work() as session:
        store_signatures(session, held)
    assert campaign("signatures", "accept", SLUG, "--apply").startswith("3 signature(s) are unverified now.")
    assert signed(flooded) == (0, 13)


def test_switches_and_domains_are_set_from_the_terminal(runtime, campaign):
    campaign("switch", "on", "force-proof", "--appeal", SLUG)
    assert json.loads(campaign("switch", "list", "--json"))["force-proof"] == {"on": [SLUG], "in settings": False}
    campaign("switch", "off", "force-proof", "--appeal", SLUG)
    assert "force-proof    off" in campaign("switch", "list")
    campaign("domains", "block", "Example.ORG")
    assert campaign("domains", "list", "mail.example.org") == "mail.example.org: block\n"
    assert "example" not in campaign("domains", "list")
    with runtime.database.reading() as session:
        assert runtime.guard.lists.is_blocked(session, "x@example.org")
    campaign("domains", "allow", "mailinator.com")
    assert campaign("domains", "list", "mailinator.com") == "mailinator.com: allow, throw-away\n"
    campaign("domains", "forget", "example.org")
    assert len(json.loads(campaign("domains", "list", "--json"))) == 1
    with runtime.database.reading() as session:
        assert not [line.object for line in audit.entries(session) if "example.org" in line.object]
