"""``names``: what organisers type to look at names, to let them out and to refuse them."""

import json

import pytest
from click.testing import CliRunner

from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from campaign.signatures.public_names import BATCH, NameState, listed_names, put_name
from tests.names import confirmed
from tests.promises.conftest import campaign
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
    told = campaign("names", "show", SLUG, *(one.id.hex() for one in others))
    assert f"Approved: {BATCH - 1}. Came out now: 0." in told
    assert f"{BATCH - 1} wait until there are {BATCH}" in told
    assert NameState.SHOWN not in states(runtime).values()
    assert f"Approved: 1. Came out now: {BATCH}." in campaign("names", "show", SLUG, first.id.hex())
    assert [name for name, state in states(runtime).items() if state is not NameState.SHOWN] == ["Аdmin"]
    assert "name(s) approved" in campaign("audit", "show")


def test_all_leaves_out_what_somebody_should_look_at(runtime, campaign, given):
    assert f"Approved: {BATCH}." in campaign("names", "show", SLUG, "--all")
    assert states(runtime)["Аdmin"] is NameState.WAITING


def test_a_refused_name_is_gone_at_once(runtime, campaign, given):
    campaign("names", "show", SLUG, "--all")
    assert "Refused: 1." in campaign("names", "refuse", SLUG, given[0].id.hex())
    assert given[0].name not in states(runtime)
    assert NameState.REFUSED in states(runtime).values()


def test_an_unknown_name_is_a_sentence(campaign, given):
    for words in (["show", SLUG, "00" * 16], ["refuse", SLUG, "xyz"]):
        done = CliRunner().invoke(cli, ["names", *words])
        assert isinstance(done.exception, CampaignError)
        assert "names list" in str(done.exception)
