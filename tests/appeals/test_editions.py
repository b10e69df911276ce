"""Publishing: editions are immutable, numbered, and the same for every node."""

import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.editions import Shelf, publish, published
from campaign.appeals.pack import PackError, files_in_folder, to_zip
from campaign.appeals.tables import Edition
from campaign.settings import ROOT

DAY = date(2026, 11, 21)
FILES = files_in_folder(ROOT / "letters" / "ua-61-21")
CHANGED = {**FILES, "page.en.md": b"Another background text.\n"}


def test_publishing_the_same_pack_twice_makes_one_edition(database):
    with database.unit_of_work() as session:
        assert publish(session, "ua-61-21", FILES, DAY)[1]
        again, new = publish(session, "ua-61-21", FILES, DAY + timedelta(days=1))
    assert (again.edition, again.day, new) == (1, DAY, False)


def test_a_changed_pack_becomes_the_next_edition_and_the_old_one_stays(database):
    with database.unit_of_work() as session:
        publish(session, "ua-61-21", FILES, DAY)
        assert publish(session, "ua-61-21", CHANGED, DAY)[0].edition == 2
    with database.reading() as session:
        assert session.scalars(select(Edition.number)).all() == [1, 2]
        [book] = published(session)
    assert book.edition == 2
    assert "Another background" in book.appeal.pages["en"]


def test_a_pack_with_errors_is_not_published(database):
    with pytest.raises(PackError), database.unit_of_work() as session:
        publish(session, "x", {**FILES, "president.en.md": b"no header"}, DAY)
    with database.reading() as session:
        assert published(session) == []


def test_the_shelf_sees_a_new_edition_after_a_moment_and_without_being_told(database):
    seconds = [0.0]
    shelf = Shelf(database, seconds=2.0, now=lambda: seconds[0])
    assert shelf.get("ua-61-21") is None
    with database.unit_of_work() as session:
        publish(session, "ua-61-21", FILES, DAY)
    assert shelf.get("ua-61-21") is None
    seconds[0] = 2.0
    assert shelf.get("ua-61-21").edition == 1
    with database.unit_of_work() as session:
        publish(session, "ua-61-21", CHANGED, DAY)
    shelf.forget()
    assert [book.edition for book in shelf.all()] == [2]


@pytest.fixture
def unreadable(database):
    """Store an edition as a version of the program did whose format this one does not know; or no zip at all."""

    def store(slug="old", number=1, files=None):
        toml = FILES["appeal.toml"].replace(b"format = 1", b"format = 1\nunknown_key = 2")
        content = to_zip({**FILES, "appeal.toml": toml}) if files is None else files
        with database.unit_of_work() as session:
            digest = hashlib.sha256(content).digest()
            session.add(Edition(slug=slug, number=number, digest=digest, day=DAY, files=content))

    return store


@pytest.mark.parametrize("files", [None, b"no zip", b"PK\x05\x06" + bytes(18)])
def test_an_edition_that_cannot_be_read_any_more_takes_no_other_appeal_with_it(database, unreadable, files):
    with database.unit_of_work() as session:
        publish(session, "ua-61-21", FILES, DAY)
    unreadable(files=files)
    shelf = Shelf(database, seconds=0)
    assert [book.appeal.slug for book in shelf.all()] == ["ua-61-21"]
    assert shelf.get("old") is None
    [lost] = shelf.unreadable()
    assert (lost.slug, lost.edition, lost.day) == ("old", 1, DAY)


def test_an_edition_that_cannot_be_read_is_logged_once_without_its_content(database, unreadable, caplog):
    unreadable()
    shelf = Shelf(database, seconds=0)
    for _ in range(3):
        assert shelf.all() == []
    [record] = caplog.records
    assert record.getMessage() == "edition 1 of old cannot be read (PackError), so its pages are away"
    assert "unknown_key" not in caplog.text


def test_an_older_edition_does_not_come_back_in_place_of_one_that_cannot_be_read(database, unreadable):
    """It may be open where the newer one is closed, or say what was taken back."""
    shelf = Shelf(database, seconds=0)
    with database.unit_of_work() as session:
        publish(session, "old", FILES, DAY)
    assert shelf.get("old").edition == 1
    unreadable(number=2)
    assert shelf.get("old") is None
    assert Shelf(database).get("old") is None


def test_the_next_edition_mends_one_that_cannot_be_read(database, unreadable):
    unreadable()
    shelf = Shelf(database, seconds=0)
    assert shelf.all() == []
    with database.unit_of_work() as session:
        assert publish(session, "old", FILES, DAY)[0].edition == 2
    assert shelf.get("old").edition == 2
    assert shelf.unreadable() == []
