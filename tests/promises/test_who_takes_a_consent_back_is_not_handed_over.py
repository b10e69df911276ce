"""Promise: a consent that was taken back does not come back, with no backup and by no change in the database."""

import csv
import io

import pytest
from sqlalchemy import delete, select, text, update

from campaign.core.errors import CampaignError
from campaign.exports import Purpose, export_signatures, verify_signatures, write_bundle
from campaign.signatures import LinkPurpose, Signature, open_amendment
from campaign.signatures.blind import row_mac
from campaign.signatures.tables import Amendment
from tests.links import link_to, only_id
from tests.promises.test_who_withdraws_is_gone import Backup
from tests.visitor import SLUG, Visitor


class Supporter:
    """Somebody who has signed, agreed to a handover, and holds the link of their own."""

    def __init__(self, app, runtime, key_pair):
        self.runtime, self.pair, self.visitor = runtime, key_pair, Visitor(app)
        assert self.visitor.sign(consent_handover="y", consent_show="y").status_code == 303
        self.id = only_id(runtime.database)
        self.link = f"/m/{link_to(runtime.database, self.id, LinkPurpose.MANAGE)}"

    def choose(self, **ticks):
        """Save other choices."""
        assert self.visitor.post(self.link, ticks).headers["Location"] == f"{self.link}?saved=1"

    def export(self, purpose=Purpose.HANDOVER):
        """Export as the organisers do; return the rows and how many were left out."""
        out = io.BytesIO()
        with self.runtime.database.reading() as session:
            row_key = self.runtime.keys.row_key
            report = export_signatures(session, self.pair.private, SLUG, purpose, out, row_key, with_unverified=True)
        rows = list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
        return rows, len(report.left_out)

    def verified(self):
        """Return how many rows check, and how many do not."""
        with self.runtime.database.reading() as session:
            report = verify_signatures(session, SLUG, self.runtime.keys.row_key)
        return report.rows, len(report.left_out)

    def consents(self):
        """Open the newest choices as the organisers can."""
        with self.runtime.database.reading() as session:
            row = session.execute(select(Amendment.__table__)).mappings().one()
        return open_amendment(self.pair.private, SLUG, self.id, row)


@pytest.fixture
def me(app, runtime, key_pair):
    return Supporter(app, runtime, key_pair)


def write(runtime, *statements):
    """Write into the database, as somebody who has it and none of the server's keys."""
    with runtime.database.unit_of_work() as session:
        for statement in statements:
            session.execute(statement)


def test_it_does_not_come_back_with_yesterdays_database(me, runtime, tmp_path, campaign):
    backup = Backup(runtime, tmp_path)
    me.choose()
    assert me.export() == ([], 0)
    backup.restore()
    assert len(me.export()[0]) == 1, "the backup has brought the consent back"
    told = campaign("restore-check")
    assert "1 signature(s) have older choices than their owners made" in told
    assert len(me.export()[0]) == 1, "without --apply nothing changes"
    assert "1 signature(s) are neither shown nor handed over" in campaign("restore-check", "--apply")
    assert me.export() == ([], 0)
    assert me.verified() == (1, 0)
    [row] = me.export(Purpose.FULL)[0]
    assert (row["consent to show"], row["consent to hand over"], row["consent text"]) == ("no", "no", "restored")
    assert "0 signature(s) have older choices" in campaign("restore-check")


def test_after_a_backup_they_can_choose_anew_and_that_holds(me, runtime, tmp_path, campaign):
    me.choose(consent_handover="y")
    backup = Backup(runtime, tmp_path)
    for ticks in ({}, {"consent_show": "y"}, {}):
        me.choose(**ticks)
    backup.restore()
    campaign("restore-check", "--apply")
    page = me.visitor.get(me.link).text
    assert "checked" not in page
    assert "this page cannot show them" in page
    me.choose(consent_handover="y")
    assert len(me.export()[0]) == 1
    assert "0 signature(s) have older choices" in campaign("restore-check", "--apply")
    assert me.consents().handover, "what was chosen after the backup came back is newer than everything before"


def test_who_chose_anew_before_anybody_looked_is_left_as_they_chose(me, runtime, tmp_path, campaign):
    backup = Backup(runtime, tmp_path)
    me.choose()
    backup.restore()
    me.choose(consent_handover="y")
    assert "0 signature(s) have older choices" in campaign("restore-check", "--apply")
    assert len(me.export()[0]) == 1


def test_the_list_of_another_machine_counts_too(me, runtime, tmp_path, campaign):
    other = tmp_path / "other.log"
    me.choose()
    runtime.journal.path.rename(other)
    with runtime.database.unit_of_work() as session:
        session.execute(delete(Amendment))
        session.execute(update(Signature).values(changes=0))
    assert "0 signature(s) have older" in campaign("restore-check")
    assert "1 signature(s) have older" in campaign("restore-check", "--journal", str(other))


@pytest.mark.parametrize("changes", [1, 3])
def test_deleting_the_change_brings_no_older_consent_back(me, runtime, changes):
    for _ in range(changes):
        me.choose()
    write(runtime, delete(Amendment))
    assert me.export() == ([], 1)
    assert me.verified() == (0, 1)
    out = io.BytesIO()
    with runtime.database.reading() as session:
        report = write_bundle(session, SLUG, runtime.clock.now().date(), out, runtime.keys.row_key)
    assert [one.problem.name for one in report.left_out] == ["NOT_GENUINE"]
    me.choose(consent_handover="y")
    assert len(me.export()[0]) == 1, "what its owner chooses then holds again"


def test_an_older_change_in_place_of_the_newest_is_noticed(me, runtime):
    me.choose(consent_handover="y")
    with runtime.database.reading() as session:
        older = dict(session.execute(select(Amendment.__table__)).mappings().one())
    me.choose()
    write(runtime, delete(Amendment), Amendment.__table__.insert().values(older))
    assert me.export() == ([], 1)
    assert me.verified() == (0, 1)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_the_number_of_changes_cannot_be_altered(me, runtime, n):
    for _ in range(2):
        me.choose()
    write(runtime, update(Signature).values(changes=n))
    assert me.export() == ([], 1)
    assert me.verified() == (0, 1)


def test_the_link_shows_no_older_choices_that_were_put_back(me, runtime):
    own_key = runtime.keys.own_key_of(SLUG, "aygul@example.org", me.id)
    me.link = f"/m/{link_to(runtime.database, me.id, LinkPurpose.MANAGE, own_key=own_key)}"
    with runtime.database.reading() as session:
        older = session.scalars(select(Signature.own_consents)).one()
    assert "Your name and country may be handed" in me.visitor.get(me.link).text
    me.choose()
    assert "Your name and country may not be handed" in me.visitor.get(me.link).text
    write(runtime, delete(Amendment), update(Signature).values(own_consents=older))
    assert "this page cannot show them" in me.visitor.get(me.link).text


def test_the_command_says_that_a_change_was_deleted(me, runtime, campaign):
    me.choose()
    assert "1 signature(s) are as they were written, 0 are not" in campaign("signatures", "verify", SLUG)
    write(runtime, delete(Amendment))
    with pytest.raises(CampaignError, match="changed or forged"):
        campaign("signatures", "verify", SLUG)


def test_the_list_of_changes_says_no_more_than_that_there_was_one(me, runtime):
    me.choose(consent_handover="y")
    me.choose()
    assert runtime.journal.path.read_text().splitlines() == [
        f"2026-11-21 changed {n} {SLUG} {me.id.hex()}" for n in (1, 2)
    ]


def test_a_change_that_cannot_be_remembered_is_not_made(me, runtime):
    runtime.journal.path = runtime.journal.path / "no" / "folder"
    answer = me.visitor.post(me.link, {})
    assert answer.status_code == 503
    assert "cannot be written" in answer.text
    assert len(me.export()[0]) == 1


def test_who_changed_before_there_were_numbers_is_brought_along_by_setup(me, runtime, campaign):
    me.choose()
    with runtime.database.unit_of_work() as session:
        older = session.execute(select(Signature.__table__)).mappings().one()
        session.execute(text("UPDATE signature SET changes = 0"))
        session.execute(update(Signature).values(mac=mac_of_before(runtime, older)))
    assert me.export() == ([], 0), "its change still counts"
    runtime.journal.path.unlink()
    campaign("setup")
    with runtime.database.reading() as session:
        assert session.scalars(select(Signature.changes)).one() == 1
    assert runtime.journal.path.read_text().split()[1:3] == ["changed", "1"]
    write(runtime, delete(Amendment))
    assert me.export() == ([], 1)


def test_what_a_version_without_numbers_has_forgotten_is_brought_back_by_setup(me, runtime, campaign):
    me.choose(consent_handover="y")
    write(runtime, update(Signature).values(changes=0))
    assert me.verified() == (0, 1)
    campaign("setup")
    assert me.verified() == (1, 0)
    write(runtime, update(Signature).values(changes=0), update(Amendment).values(mac=b"f" * 32))
    campaign("setup")
    assert me.verified() == (0, 1), "a forged change is not taken"


def mac_of_before(runtime, row):
    """Return the mark of a row as it was before its changes were numbered."""
    return row_mac(runtime.keys.row_key, {**row, "changes": 0})
