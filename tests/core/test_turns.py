"""One writer at a time, whichever process it is in."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from campaign.core.turns import Leadership, Turns
from campaign.settings import ROOT

_COUNT = """
import sys
from pathlib import Path
from campaign.core.turns import Turns
turns, number = Turns(Path(sys.argv[1])), Path(sys.argv[2])
for _ in range(200):
    with turns.taken():
        found = int(number.read_text())
        number.write_text(str(found + 1))
"""


def test_two_processes_never_write_at_the_same_moment(tmp_path: Path) -> None:
    number = tmp_path / "number"
    number.write_text("0")
    command = [sys.executable, "-c", _COUNT, str(tmp_path / "turn"), str(number)]
    running = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert number.read_text() == "400"


def test_threads_of_one_process_take_turns_too(tmp_path: Path) -> None:
    turns, inside, most = Turns(tmp_path / "turn"), [0], [0]

    def work() -> None:
        for _ in range(50):
            with turns.taken():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_turn_is_given_back_when_the_work_fails(tmp_path: Path) -> None:
    turns, other = Turns(tmp_path / "turn"), Turns(tmp_path / "turn")
    with pytest.raises(ZeroDivisionError), turns.taken():
        _ = 1 // 0
    with other.taken():
        pass


def test_where_no_file_can_be_made_writers_of_one_process_still_take_turns() -> None:
    with Turns(Path(os.devnull) / "nowhere").taken():
        pass


def test_closed_turns_can_be_taken_again(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turn")
    with turns.taken():
        pass
    turns.close()
    turns.close()
    with turns.taken():
        assert (tmp_path / "turn").stat().st_mode & 0o777 == 0o600


def test_one_process_leads_and_when_it_is_killed_another_follows(tmp_path: Path) -> None:
    path = tmp_path / "lead"
    first = Leadership(path)
    assert first.won(threading.Event())
    stop, leading = threading.Event(), threading.Event()

    def follow() -> None:
        if Leadership(path).won(stop, seconds=0.01):
            leading.set()

    thread = threading.Thread(target=follow)
    thread.start()
    assert not leading.wait(0.2)
    first.give_up()
    assert leading.wait(10)
    thread.join()


def test_a_process_that_stands_by_can_be_stopped(tmp_path: Path) -> None:
    path, stop = tmp_path / "lead", threading.Event()
    first = Leadership(path)
    assert first.won(stop)
    stop.set()
    assert not Leadership(path).won(stop)
    first.give_up()
