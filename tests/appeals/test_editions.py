"""Publishing: editions are immutable, numbered, and the same for every node."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.appeals.editions import Shelf, publish, published
from campaign.appeals.pack import PackError, files_in_folder
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
