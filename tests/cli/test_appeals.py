"""``appeals``: an appeal whose keys are destroyed stays over, and one without an end is pointed out."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from campaign.appeals.tables import Edition
from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from tests.promises.conftest import campaign
from tests.site import FILES
from tests.visitor import SLUG, Visitor

__all__ = ["campaign"]
NO_DEADLINE = b"keep_days_after_close ="


@pytest.fixture
def pack(tmp_path):
    """Write the appeal into a folder, with some more lines."""

    def make(more=""):
        folder = tmp_path / "letters" / SLUG
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in FILES.items():
            (folder / name).write_bytes(content.replace(NO_DEADLINE, more.encode() + b"\n" + NO_DEADLINE))
        return str(folder)

    return make


@pytest.fixture
def ended(runtime, app, clock, publish_changed):
    """The appeal was signed, has closed, and everything of it was deleted when the day came."""
    publish_changed("time_zone =", "deadline = 2026-11-21\ntime_zone =")
    assert Visitor(app).sign().status_code == 303
    clock.advance(timedelta(days=90))
    assert runtime.retention.purge().over == [SLUG]


def refused(*words):
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    assert isinstance(done.exception, CampaignError)
    return f"{done.output}{done.exception}"


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize("more", ["", "deadline = 2099-12-24", "opens = 2098-12-24"])
def test_an_appeal_whose_keys_are_destroyed_cannot_be_opened_again(campaign, runtime, pack, more):
    for command in ("check", "publish"):
        told = refused("appeals", command, pack(more))
        assert f"{SLUG} is over: its keys were destroyed together with its signatures" in told
        assert "under a new name" in told
    with runtime.database.reading() as session:
        assert session.scalar(select(func.max(Edition.number))) == 2


@pytest.mark.usefixtures("ended")
def test_its_texts_can_still_be_mended(campaign, pack):
    assert "published as edition 3" in campaign("appeals", "publish", pack("closed = true"))
    assert "ready to publish" in campaign("appeals", "check", pack("closed = true"))


def test_its_totals_stay_when_later_texts_name_no_day(campaign, app, clock, runtime, publish_changed, pack):
    def counted():
        return json.loads(campaign("signatures", "count", "--appeal", SLUG, "--json"))["states"]

    publish_changed("time_zone =", "deadline = 2026-11-21\ntime_zone =")
    Visitor(app).sign()
    before = counted()
    assert sum(before.values()) == 1
    clock.advance(timedelta(days=90))
    assert runtime.retention.purge().over == [SLUG]
    campaign("appeals", "publish", pack("closed = true"))  # closed today: by itself it would be over in some weeks
    assert counted() == before
    campaign("restore-check", "--apply")
    assert counted() == before


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize("date", ["deadline", "opens"])
def test_one_that_was_opened_again_all_the_same_is_shown_as_closed(app, publish_changed, date):
    publish_changed("time_zone =", f"{date} = 2099-12-24\ntime_zone =")
    visitor = Visitor(app)
    assert "The organisers have closed" in visitor.get(f"/{SLUG}").text
    assert visitor.get(f"/{SLUG}/sign").status_code == 410
    assert visitor.client.post(f"/{SLUG}/sign", data={"name": "Aygül"}).status_code == 410


def test_an_appeal_without_an_end_is_pointed_out(campaign, publish_changed, pack):
    assert "advice: There is no “deadline”" in campaign("appeals", "check", pack())
    assert "has no closing date: every name is kept" in campaign("appeals", "list")
    assert json.loads(campaign("appeals", "list", "--json"))[0]["kept_until"] is None
    for more in ("deadline = 2099-12-24", "closed = true"):
        assert "“deadline”" not in campaign("appeals", "check", pack(more))
        publish_changed("time_zone =", f"{more}\ntime_zone =")
        assert "no closing date" not in campaign("appeals", "list")
    publish_changed("time_zone =", "deadline = 2099-12-24\ntime_zone =")
    assert json.loads(campaign("appeals", "list", "--json"))[0]["kept_until"] == "2100-03-24"


@pytest.mark.parametrize("name", ["president.en.md", "appeal.toml"])
def test_a_pack_with_a_character_that_no_font_can_draw_is_not_ready_and_not_published(campaign, runtime, pack, name):
    folder = Path(pack())
    text = (folder / name).read_text(encoding="utf-8")
    marked = text.replace("Subject: ", "Subject: ✊ ").replace('"Zhongnanhai"', '"Zhongnanhai ✊"')
    (folder / name).write_text(marked, encoding="utf-8")
    for command in ("check", "publish"):
        told = refused("appeals", command, str(folder))
        assert f"{name}:{marked[: marked.index('✊')].count(chr(10)) + 1}: " in told
        assert "No font here has “✊” (U+270A)" in told
        assert "ready to publish" not in told
    with runtime.database.reading() as session:
        assert session.scalar(select(func.max(Edition.number))) == 1


def test_setup_does_not_publish_one_either(campaign, runtime, pack, monkeypatch):
    folder = Path(pack())
    letter = folder / "president.en.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("Subject: ", "Subject: ✊ "), encoding="utf-8")
    monkeypatch.setenv("LETTERS_DIR", str(folder.parent))
    assert "president.en.md:1: No font here has “✊” (U+270A)" in campaign("setup", "--offline-keys")
    with runtime.database.reading() as session:
        assert session.scalar(select(func.max(Edition.number))) == 1


def test_a_deadline_that_is_over_is_pointed_out(campaign, pack):
    sentence = "is over: nobody can sign this, or write its letters."
    assert f"The deadline, 2026-11-20, {sentence}" in campaign("appeals", "check", pack("deadline = 2026-11-20"))
    assert sentence not in campaign("appeals", "check", pack("deadline = 2026-11-21"))


def test_a_letter_without_the_demands_is_pointed_out(campaign, pack):
    folder = Path(pack())
    letter = folder / "embassy.fr.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("((demands))\n\n", ""), encoding="utf-8")
    told = campaign("appeals", "check", str(folder))
    assert [line for line in told.splitlines() if "There is no “((demands))”" in line] == [
        line for line in told.splitlines() if "embassy.fr.md:1: advice:" in line
    ]
    assert "embassy.fr.md:1: advice: There is no “((demands))”" in told
