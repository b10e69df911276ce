"""``appeals publish``: what a new edition must keep to, and the day that it is stored with."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from campaign.appeals.closing import closing_moment, deletion_day
from campaign.appeals.tables import Edition
from campaign.audit.tables import AuditLine
from campaign.cli.main import cli
from tests.promises.conftest import campaign
from tests.site import FILES
from tests.visitor import SLUG

__all__ = ["campaign"]
KEPT = "keep_days_after_close = 90"


@pytest.fixture
def pack(tmp_path):
    """Write the appeal into a folder, with some lines of its appeal.toml changed."""

    def make(*changes):
        folder = tmp_path / "letters" / SLUG
        folder.mkdir(parents=True, exist_ok=True)
        toml = FILES["appeal.toml"].decode()
        for old, new in changes:
            assert old in toml
            toml = toml.replace(old, new, 1)
        for name, content in {**FILES, "appeal.toml": toml.encode()}.items():
            (folder / name).write_bytes(content)
        return folder

    return make


def refused(command, folder):
    done = CliRunner().invoke(cli, ["appeals", command, str(folder)])
    assert done.exit_code == 1
    return f"{done.output}{done.exception}"


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.usefixtures("campaign")
def test_a_pack_that_keeps_signatures_for_less_than_two_days_is_refused(runtime, pack, days):
    folder = pack((KEPT, f"keep_days_after_close = {days}"))
    line = (folder / "appeal.toml").read_text().splitlines().index(f"keep_days_after_close = {days}") + 1
    for command in ("check", "publish"):
        assert f"appeal.toml:{line}: “keep_days_after_close” must be at least 2:" in refused(command, folder)
    with runtime.database.reading() as session:
        assert session.scalar(select(func.max(Edition.number))) == 1


def test_two_days_are_enough(campaign, pack):
    assert "published as edition 2" in campaign("appeals", "publish", str(pack((KEPT, "keep_days_after_close = 2"))))


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Auckland", "2026-11-22 10:00"),  # 21 November in UTC
        ("America/Los_Angeles", "2026-11-20 20:00"),  # 21 November in UTC
        ("Europe/London", "2026-11-21 12:00"),
    ],
)
def test_the_day_of_an_edition_is_the_day_where_the_appeal_is_at_home(campaign, runtime, clock, pack, zone, moment):
    clock.moment = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    changes = ('time_zone = "Europe/London"', f'time_zone = "{zone}"'), (KEPT, f"closed = true\n{KEPT}")
    campaign("appeals", "publish", str(pack(*changes)))
    runtime.shelf.forget()
    book = runtime.published(SLUG)
    day = datetime.fromisoformat(moment).date()
    assert book.day == day
    with runtime.database.reading() as session:
        # The day of closing still counts, to its end: people have until then, and 24 hours more to confirm.
        ends = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
        assert closing_moment(session, book.appeal) == ends
        assert deletion_day(session, book.appeal) == day + timedelta(days=90)
        # The log is in UTC, whatever it tells of: its days never go back.
        assert session.scalar(select(AuditLine.day).order_by(AuditLine.n.desc()).limit(1)) == clock.now().date()


@pytest.mark.usefixtures("campaign")
def test_a_pack_that_cannot_be_read_is_refused_with_its_errors(pack):
    folder = pack((KEPT, "keep_days_after_close = 0"), ('reference = "UA 61/21"', 'referense = "UA 61/21"'))
    assert "There is no key “referense”" in refused("publish", folder)


@pytest.mark.usefixtures("campaign")
def test_the_days_are_told_in_one_round_with_other_mistakes(pack):
    told = refused("check", pack((KEPT, "keep_days_after_close = 0"), ("source = ", "sauce = ")))
    assert "is it misspelt?" in told
    assert "must be at least 2" in told
