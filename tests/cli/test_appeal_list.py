"""``appeals`` in a terminal: its lines fit, its paths open, and nobody is left without the next step."""

import hashlib
import json
from pathlib import Path

import pytest

from campaign.appeals.pack import to_zip
from campaign.appeals.tables import Edition
from campaign.cli.server_keys import OFFLINE
from campaign.keys import add_key, lock, new_key_pair, read_public_file, write_public_file
from campaign.keys.locked_file import Cost
from tests.promises.conftest import campaign
from tests.site import FILES
from tests.visitor import SLUG

__all__ = ["campaign"]
NEW = "a-second-appeal-with-a-name-of-fifty-characters-xx"


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "letters" / NEW
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_new_appeal_without_a_key_names_the_next_step(campaign, pack):
    for told in (campaign("appeals", "publish", str(pack)), campaign("appeals", "list")):
        assert f"{NEW}: nobody can sign yet. “bin/campaign setup” makes a key here" in told
        assert f"“bin/campaign keys add {NEW} FILE.pub” brings your own" in told
        assert f"{SLUG}: nobody" not in told


def test_a_site_that_makes_no_keys_names_the_other_way_alone(campaign, pack, runtime):
    (runtime.settings.instance / OFFLINE).touch()
    told = campaign("appeals", "publish", str(pack))
    assert f"nobody can sign yet. Bring a key: “bin/campaign keys add {NEW} FILE.pub”" in told
    assert "setup" not in told


def test_a_key_that_was_brought_and_not_tried_out_is_not_asked_for_again(campaign, pack, runtime):
    campaign("appeals", "publish", str(pack))
    pair = new_key_pair()
    public = read_public_file(write_public_file([lock(pair, "words", Cost(8, 1, 1)) for _ in range(2)]))
    with runtime.database.unit_of_work() as session:
        add_key(session, NEW, public, runtime.clock.now().date())
    assert f"{NEW}: nobody can sign yet. Its key waits to be tried out" in campaign("appeals", "list")


def test_a_closed_appeal_needs_no_key(campaign, pack):
    toml = pack / "appeal.toml"
    toml.write_text(toml.read_text().replace("keep_days_after_close", "closed = true\nkeep_days_after_close"))
    assert "nobody can sign" not in campaign("appeals", "publish", str(pack))


def test_the_list_fits_eighty_columns_and_cuts_nothing_that_a_command_asks_for(campaign, pack):
    campaign("appeals", "publish", str(pack))
    told = campaign("appeals", "list")
    block = told[told.index(f"{NEW}  open") :].splitlines()[:4]
    assert "Free the people arbitrarily detained in Xinjiang" in block[1]
    assert "UA 61/21, edition 1, published 2026-11-21" in block[2]
    assert "0 confirmed, 0 unverified" in block[3]
    assert max(map(len, block)) <= 80
    assert "…" not in told


@pytest.fixture
def unreadable(runtime, clock):
    """Store an edition as a version of the program did whose format this one does not know."""
    content = to_zip({**FILES, "appeal.toml": b"unknown_key = 2\n" + FILES["appeal.toml"]})
    with runtime.database.unit_of_work() as session:
        digest = hashlib.sha256(content).digest()
        session.add(Edition(slug=NEW, number=3, digest=digest, day=clock.now().date(), files=content))


@pytest.mark.usefixtures("unreadable")
def test_an_edition_that_cannot_be_read_is_listed_with_what_to_do(campaign, pack, monkeypatch, tmp_path):
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path / "letters"))
    told = campaign("appeals", "list")
    block = told[told.index(f"{NEW}  unreadable") :].splitlines()[:3]
    assert "edition 3, published 2026-11-21" in block[1]
    assert "0 confirmed, 0 unverified" in block[2]
    assert f"{NEW}: this version of the program cannot read edition 3 (PackError). Until it can" in told
    assert f"bin/campaign appeals publish {pack}" in told
    assert f"{SLUG}  open" in told
    campaign("appeals", "publish", str(pack))
    assert "unreadable" not in campaign("appeals", "list")


@pytest.mark.usefixtures("unreadable")
def test_an_edition_that_cannot_be_read_and_has_no_pack_here_needs_the_folder(campaign):
    told = campaign("appeals", "list")
    assert "cannot read edition 3 (PackError). Until it can" in told
    assert f"Bring its folder “{NEW}” into" in told


@pytest.mark.usefixtures("unreadable")
def test_machines_find_an_edition_that_cannot_be_read_by_its_state(campaign):
    rows = {row["slug"]: row for row in json.loads(campaign("appeals", "list", "--json"))}
    assert list(rows) == sorted([NEW, SLUG])
    assert (rows[NEW]["state"], rows[NEW]["edition"], rows[NEW]["title"]) == ("unreadable", 3, None)
    assert rows[NEW].keys() == rows[SLUG].keys()


@pytest.mark.parametrize("here", [".", "letters", "elsewhere"])
def test_a_path_that_check_prints_opens_from_the_current_folder(campaign, pack, tmp_path, monkeypatch, here):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / here)
    (pack / "spare.md").write_text("Nobody asks for this.")
    told = campaign("appeals", "check", str(pack))
    paths = [line.split(":")[0] for line in told.splitlines() if "advice:" in line]
    assert any(path.endswith(f"{NEW}/spare.md") for path in paths)
    assert all(Path(path).exists() and ".." not in path for path in paths)
