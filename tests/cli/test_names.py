"""``names``: what organisers type to look at names, to let them out and to refuse them."""

import json

import pytest
from click.testing import CliRunner

from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from campaign.signatures.public_names import BATCH, NameState, listed_names, put_name
from tests.names import confirmed
from tests.promises.conftest import campaign
from tests.promises.test_who_withdraws_is_gone import Backup
from tests.visitor import SLUG

__all__ = ["campaign"]


@pytest.fixture
def given(runtime):
    """Twenty-one names that wait, the last of them a doubtful one."""
    for number, row_id in enumerate(confirmed(runtime.database, BATCH + 1, row_key=runtime.keys.row_key)):
        with runtime.database.unit_of_work() as session:
            name = f"Person {chr(97 + number)}" if number < BATCH else "Аdmin"
            put_name(session, runtime.keys.row_key, SLUG, row_id, name)
    with runtime.database.reading() as session:
        return listed_names(session, SLUG)


def states(runtime):
    with runtime.database.reading() as session:
        return {one.name: one.state for one in listed_names(session, SLUG)}


def test_the_list_says_what_to_look_at_twice(campaign, given):
    told = json.loads(campaign("names", "list", SLUG, "--json"))
    assert {one["name"]: one["flags"] for one in told if one["flags"]} == {"Аdmin": ["mixed-script"]}
    text = campaign("names", "list", SLUG, "--state", "waiting")
    assert "Аdmin  [mixed-script]" in text
    assert f"{BATCH + 1} name(s)." in text
    assert "0 name(s)." in campaign("names", "list", SLUG, "--state", "shown")


def test_names_come_out_when_there_are_enough(runtime, campaign, given):
    first, *others = [one for one in given if one.name != "Аdmin"]
    told = campaign("names", "approve", SLUG, *(one.id.hex() for one in others))
    assert f"Approved: {BATCH - 1}. Came out now: 0." in told
    assert f"{BATCH - 1} wait until there are {BATCH}" in told
    assert NameState.SHOWN not in states(runtime).values()
    assert f"Approved: 1. Came out now: {BATCH}." in campaign("names", "approve", SLUG, first.id.hex())
    assert [name for name, state in states(runtime).items() if state is not NameState.SHOWN] == ["Аdmin"]
    assert "name(s) approved" in campaign("audit", "show")


def test_all_leaves_out_what_somebody_should_look_at(runtime, campaign, given):
    assert f"Approved: {BATCH}." in campaign("names", "approve", SLUG, "--all")
    assert states(runtime)["Аdmin"] is NameState.WAITING


def test_a_refused_name_is_gone_at_once(runtime, campaign, given):
    campaign("names", "approve", SLUG, "--all")
    assert "Refused: 1." in campaign("names", "refuse", SLUG, given[0].id.hex())
    assert given[0].name not in states(runtime)
    assert NameState.REFUSED in states(runtime).values()


def test_nothing_is_approved_or_written_down_without_saying_which(runtime, campaign, given):
    done = CliRunner().invoke(cli, ["names", "approve", SLUG])
    assert isinstance(done.exception, CampaignError)
    assert "--all" in str(done.exception)
    assert set(states(runtime).values()) == {NameState.WAITING}
    doubtful = next(one for one in given if one.name == "Аdmin").id.hex()
    for word in ("approve", "refuse"):
        campaign("names", word, SLUG, doubtful)
        lines = campaign("audit", "show").count("names")
        campaign("names", word, SLUG, doubtful if word == "approve" else refused(runtime).hex())
        assert campaign("audit", "show").count("names") == lines, "nothing was done"


def refused(runtime):
    with runtime.database.reading() as session:
        return next(one.id for one in listed_names(session, SLUG, NameState.REFUSED))


def test_a_refused_name_does_not_come_back_with_a_backup(runtime, campaign, given, tmp_path):
    campaign("names", "approve", SLUG, "--all")
    backup = Backup(runtime, tmp_path)
    bad = next(one for one in given if one.name == "Person c")
    with runtime.database.reading() as session:
        bad = next(one for one in listed_names(session, SLUG) if one.name == bad.name)
    campaign("names", "refuse", SLUG, bad.id.hex())
    assert "; 0 of them are in this database" in campaign("restore-check")
    backup.restore()
    assert states(runtime)[bad.name] is NameState.SHOWN, "the backup has brought it back"
    assert "1 erasures are listed; 1 of them are in this database" in campaign("restore-check", "--apply")
    assert bad.name not in states(runtime)


def test_the_list_of_appeals_says_how_many_names_wait(runtime, campaign, given):
    assert f"{SLUG}: {BATCH + 1} name(s) wait for a look: bin/campaign names list {SLUG}" in campaign("appeals", "list")
    assert json.loads(campaign("appeals", "list", "--json"))[0]["names_waiting"] == BATCH + 1
    campaign("names", "approve", SLUG, "--all")
    assert f"{SLUG}: 1 name(s) wait" in campaign("appeals", "list")
    campaign("names", "refuse", SLUG, next(one for one in given if one.name == "Аdmin").id.hex())
    assert "wait for a look" not in campaign("appeals", "list")


def test_an_unknown_name_is_a_sentence(campaign, given):
    for words in (["approve", SLUG, "00" * 16], ["approve", SLUG], ["refuse", SLUG, "xyz"]):
        done = CliRunner().invoke(cli, ["names", *words])
        assert isinstance(done.exception, CampaignError)
        assert "names list" in str(done.exception)
