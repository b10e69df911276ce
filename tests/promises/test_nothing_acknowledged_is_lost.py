"""Nothing acknowledged is lost: whoever was thanked is there afterwards, once, whatever was killed in between.

Real servers and databases, killed with ``kill -9`` while people sign, a few times here; ``bin/campaign drill`` does it
for minutes, and lets disks fail as well.
"""

import contextlib
import http.client
import json
import tempfile
import time
from html import unescape
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from campaign.cli.drills.counting import count_signatures
from campaign.cli.drills.postgresql import own_database, own_server
from campaign.cli.drills.signers import Signers, cookies_of
from campaign.cli.drills.site import throw_away_site
from campaign.cli.main import cli
from tests.visitor import JOURNEY, form_token

KILLS = 3
MEMORY_SECONDS = 2.5
"""Longer than a process goes by what it has read without asking the database again."""


def test_killing_the_server_again_and_again_loses_nobody_who_was_thanked_and_counts_nobody_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("INSTANCE", "DATABASE_URL", "INDEX_KEY"):  # those of a site that must not be touched
        monkeypatch.setenv(name, f"{tmp_path}/nowhere")
    done = CliRunner().invoke(cli, ["drill", "kill-sqlite", "--kills", str(KILLS), "--json"])
    assert done.exit_code == 0, done.output
    [outcome] = json.loads(done.stdout)
    assert set(outcome) == {"name", "acknowledged", "lost", "duplicated"}
    assert outcome["acknowledged"] > 10 + KILLS
    assert (outcome["lost"], outcome["duplicated"]) == (0, 0)
    assert list(tmp_path.iterdir()) == [], "the drill leaves nothing behind"


@pytest.fixture
def site_and_database(tmp_path):
    """A running site, and the PostgreSQL server of its own that can be taken away from it."""
    with (
        own_server() as server,
        own_database(server.address) as address,
        throw_away_site(tmp_path / "site", address) as site,
    ):
        site.start()
        yield site, server
        site.stop()


def send(port, cookies, path, fields=None):
    """Ask the server for a page, or send it a form; return status, page and cookies."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields, doseq=True) if fields else None
        connection.request("POST" if fields else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, unescape(answer.read().decode()), cookies_of(answer)


@pytest.mark.postgresql
def test_killing_server_and_database_loses_nobody_and_meanwhile_everything_typed_comes_back_to_be_sent_again(
    site_and_database,
):
    site, server = site_and_database
    path = f"/{site.appeal.slug}/sign"
    _, page, cookies = send(site.port, "", path)
    journey = {**JOURNEY, "csrf_token": form_token(page)}
    others = Signers(site.port, site.appeal)
    others.start()
    others.wait_for(30)
    site.kill()
    site.start()
    others.wait_for(30)
    server.kill()
    for moment in (0, MEMORY_SECONDS):
        time.sleep(moment)
        status, page, _ = send(site.port, cookies, path, journey)
        assert status == 503
        assert "try again" in page
        for field in ("name", "email", "city", "address", "words"):
            assert JOURNEY[field] in page, field
    server.start()
    status, _, _ = send(site.port, cookies, path, journey)
    assert status == 303
    others.wait_for(30)
    others.stop()
    count = count_signatures(site, [*others.acknowledged, JOURNEY["email"]], {*others.tried, JOURNEY["email"]})
    assert (count.lost, count.duplicated, count.broken) == (0, 0, [])
