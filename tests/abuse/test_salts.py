"""Neighbourhoods of the network: what counts as one, and that nobody can tell afterwards which it was."""

import stat
from datetime import date

import pytest

from campaign.abuse import Salts, is_onion, neighbourhood

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.7", "203.0.113.250"),
        ("2001:db8:77:1::5", "2001:db8:77:ffff:1:2:3:4"),
        ("::ffff:203.0.113.7", "203.0.113.9"),
        ("", "unix:"),
    ],
)
def test_who_shares_a_provider_s_block_is_one_neighbourhood(one, other):
    assert neighbourhood(one) == neighbourhood(other)


@pytest.mark.parametrize(
    ("one", "other"), [("203.0.113.7", "203.0.114.7"), ("2001:db8:77::1", "2001:db8:78::1"), ("203.0.113.7", "")]
)
def test_who_does_not_is_another(one, other):
    assert neighbourhood(one) != neighbourhood(other)


def test_every_line_through_the_onion_service_is_one_of_its_own():
    one, other = "fc00:dead:beef:4dad::7:9", "fc00:dead:beef:4dad::7:a"  # as Tor names them for a proxy
    assert neighbourhood(one) != neighbourhood(other)
    assert neighbourhood(one) == neighbourhood("fc00:dead:beef:4dad:0:0:7:9")
    assert is_onion(neighbourhood(one))
    for elsewhere in ("fc00:dead:beef:4dae::7:9", "203.0.113.7", "2001:db8::1", "", "onion"):
        assert not is_onion(neighbourhood(elsewhere))
    assert neighbourhood("fc00:dead:beef:4dae::1") == neighbourhood("fc00:dead:beef:4daf::1")


def test_processes_of_one_machine_make_the_same_hash_and_another_machine_does_not(tmp_path):
    first = Salts(tmp_path / "run").hash(MONDAY, b"x", b"y")
    assert Salts(tmp_path / "run").hash(MONDAY, b"x", b"y") == first
    assert Salts(tmp_path / "elsewhere").hash(MONDAY, b"x", b"y") != first
    assert Salts(tmp_path / "run").hash(MONDAY, b"xy", b"") != first


def test_the_secret_is_another_every_day_and_yesterday_s_is_gone(tmp_path):
    salts = Salts(tmp_path)
    monday = salts.hash(MONDAY, b"x")
    (secret,) = tmp_path.iterdir()
    kept = secret.read_bytes()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert salts.hash(TUESDAY, b"x") != monday
    assert [path.name for path in tmp_path.iterdir()] == [f"salt-{TUESDAY}"]
    assert kept not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_site_that_nobody_visits_forgets_yesterday_too(tmp_path):
    salts = Salts(tmp_path)
    salts.hash(MONDAY, b"x")
    (tmp_path / "something-else").write_text("stays")
    salts.forget_before(TUESDAY)
    assert [path.name for path in tmp_path.iterdir()] == ["something-else"]


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    salts = Salts(tmp_path / "file" / "run")
    assert salts.hash(MONDAY, b"x") == salts.hash(MONDAY, b"x")
    assert "each process alone" in caplog.text


def test_nothing_shows_the_secret(tmp_path):
    salts = Salts(tmp_path)
    salts.hash(MONDAY, b"x")
    assert next(tmp_path.iterdir()).read_bytes().hex() not in repr(salts)
    assert [path.name for path in tmp_path.iterdir()] == [f"salt-{MONDAY}"]
