"""The newest consents count, wherever signatures are opened, and older ones are never fallen back to."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from campaign.exports import Problem, Purpose
from campaign.keys import CurrentKey, new_key_pair, store_public_key
from campaign.signatures import Amendment
from tests.exports.conftest import DAY, SLUG, Campaign, Exported, opened

Way = Callable[[Campaign, Purpose], Exported]
WAYS = pytest.mark.parametrize(
    "take",
    [
        pytest.param(lambda campaign, purpose: campaign.export(purpose), id="on the server"),
        pytest.param(lambda campaign, purpose: opened(campaign.bundle(), purpose, campaign.pair), id="from a bundle"),
    ],
)


def _names(found: Exported) -> set[str]:
    return {row["name"] for row in found.rows}


@WAYS
def test_the_newest_change_decides_who_is_handed_over(campaign: Campaign, take: Way) -> None:
    for name in ("Agrees later", "Takes it back", "Changes often"):
        campaign.sign(name, handover=name == "Takes it back")
    campaign.change("Agrees later", 1, handover=True)
    campaign.change("Takes it back", 1, handover=False)
    for n, answer in ((1, True), (2, False), (3, True), (4, False)):
        campaign.change("Changes often", n, handover=answer)
    assert _names(take(campaign, Purpose.HANDOVER)) == {"Agrees later"}
    answers = {row["name"]: row["consent to hand over"] for row in take(campaign, Purpose.FULL).rows}
    assert answers == {"Agrees later": "yes", "Takes it back": "no", "Changes often": "no"}


@WAYS
def test_a_forged_change_takes_the_row_out_instead_of_bringing_older_consents_back(
    campaign: Campaign, take: Way
) -> None:
    campaign.sign("Forged", handover=True)
    campaign.change("Forged", 1, handover=False)
    with campaign.database.unit_of_work() as session:
        session.execute(update(Amendment).values(sealed=b"\x02" + bytes(1400)))
    found = take(campaign, Purpose.HANDOVER)
    assert found.rows == []
    assert [one.problem for one in found.report.left_out] == [Problem.NOT_GENUINE]


@WAYS
def test_a_change_sealed_to_a_key_that_is_not_at_hand_takes_the_row_out(campaign: Campaign, take: Way) -> None:
    campaign.sign("Went on", handover=True)
    newer = new_key_pair()
    with campaign.database.unit_of_work() as session:
        store_public_key(session, SLUG, newer.public, DAY)
    campaign.change("Went on", 1, handover=False, key=CurrentKey(2, newer.public))
    found = take(campaign, Purpose.HANDOVER)
    assert found.rows == []
    assert [one.problem for one in found.report.left_out] == [Problem.OTHER_KEY]
    both = opened(campaign.bundle(), Purpose.FULL, campaign.pair, newer)
    assert [row["consent to hand over"] for row in both.rows] == ["no"]
