"""The list outside the database: erasures and changes stand beside each other, and half a line hides neither."""

import os
import re
from pathlib import Path

import pytest

from campaign.core.database import Database
from campaign.core.errors import UnavailableError
from campaign.signatures import Change, Erasure, ErasureJournal
from campaign.signatures.journal import CANNOT_CHANGE, CANNOT_ERASE, note_changed, note_erased
from tests.clock import FixedClock
from tests.full_disk import room_for
from tests.links import DAY, SLUG

ROW, OTHER = b"a" * 16, b"b" * 16
ERASURE, CHANGE = Erasure(DAY, SLUG, ROW), Change(DAY, "an appeal / of ours", OTHER, 12)
AS_BEFORE = re.compile(r"(\d{4}-\d\d-\d\d) (\S+) ([0-9a-f]{32})$", re.MULTILINE)
"""How the version before read its list."""


@pytest.fixture
def journal(tmp_path: Path, clock: FixedClock) -> ErasureJournal:
    return ErasureJournal(tmp_path / "erasures.log", clock)


def test_erasures_and_changes_come_back_apart(journal: ErasureJournal) -> None:
    journal.write([ERASURE, CHANGE, ERASURE])
    assert journal.read() == [ERASURE, ERASURE]
    assert journal.changes() == [CHANGE]


def test_a_list_of_the_version_before_is_read_and_that_version_reads_this_one(journal: ErasureJournal) -> None:
    journal.path.write_text(f"2026-11-21 {SLUG} {ROW.hex()}\n")
    journal.write([CHANGE, ERASURE])
    assert journal.read() == [ERASURE, ERASURE]
    assert AS_BEFORE.findall(journal.path.read_text()) == [("2026-11-21", SLUG, ROW.hex())] * 2


@pytest.mark.parametrize("after", [ERASURE, CHANGE])
@pytest.mark.parametrize("torn", [ERASURE, CHANGE])
def test_wherever_a_power_cut_tears_a_line_nobody_else_is_erased_or_changed(
    journal: ErasureJournal, torn: Erasure | Change, after: Erasure | Change
) -> None:
    line = str(torn)
    for length in range(len(line) + 1):
        journal.path.write_text(line[:length])
        whole = [torn] if length == len(line) else []
        assert [*journal.read(), *journal.changes()] == whole
        journal.write([after])
        assert [*journal.read(), *journal.changes()] == [after]
        assert len(AS_BEFORE.findall(journal.path.read_text())) == isinstance(after, Erasure)


def test_what_is_noted_stands_there_before_the_commit(journal: ErasureJournal, database: Database) -> None:
    database.before_commit(journal.note)
    with database.unit_of_work() as session:
        note_erased(session, SLUG, [ROW])
        note_changed(session, SLUG, OTHER, 3)
    with database.unit_of_work():
        pass  # each is noted once
    assert journal.path.read_text() == f"2026-11-21 {SLUG} {ROW.hex()}\n2026-11-21 changed 3 {SLUG} {OTHER.hex()}\n"


@pytest.mark.parametrize(("entries", "sentence"), [([CHANGE], CANNOT_CHANGE), ([CHANGE, ERASURE], CANNOT_ERASE)])
def test_what_cannot_be_noted_says_what_is_not_done(
    tmp_path: Path, clock: FixedClock, entries: list[Erasure | Change], sentence: str
) -> None:
    with pytest.raises(UnavailableError, match=re.escape(sentence)):
        ErasureJournal(tmp_path / "no" / "folder" / "erasures.log", clock).write(entries)


def test_what_a_full_disk_takes_only_in_part_is_refused_and_nothing_of_it_is_in_the_list(
    journal: ErasureJournal,
) -> None:
    more = [CHANGE, Erasure(DAY, SLUG, OTHER), CHANGE]
    for room in range(sum(len(f"{one}\n") for one in more)):
        journal.path.unlink(missing_ok=True)
        journal.write([ERASURE])
        with room_for(journal.path.stat().st_size + room), pytest.raises(UnavailableError, match=CANNOT_ERASE):
            journal.write(more)
        assert (journal.read(), journal.changes()) == ([ERASURE], [])
        journal.write([CHANGE, ERASURE])
        assert (journal.read(), journal.changes()) == ([ERASURE, ERASURE], [CHANGE])
        assert len(AS_BEFORE.findall(journal.path.read_text())) == 2


def test_what_somebody_else_adds_behind_a_half_line_stays(
    journal: ErasureJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, real = len(f"{ERASURE}\n"), os.write

    def overtaken(descriptor: int, content: bytes) -> int:
        with room_for(size + 20):
            written = real(descriptor, content)
        other = os.open(journal.path, os.O_WRONLY | os.O_APPEND)
        real(other, f"{CHANGE}\n".encode())
        os.close(other)
        return written

    journal.write([ERASURE])
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", overtaken)
        with pytest.raises(UnavailableError):
            journal.write([Erasure(DAY, SLUG, OTHER)])
    assert (journal.read(), journal.changes()) == ([ERASURE], [CHANGE])
