"""Exports go into a new file that only its owner can read; nothing that was there before is touched."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import pytest

from campaign.cli.private_files import check_new, private_file, write_new, write_private
from campaign.core.errors import CampaignError
from tests.full_disk import room_for


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _fail(out: Path) -> None:
    with private_file(out) as file:
        file.write(b"half a list of na")
        raise RuntimeError


def test_an_export_can_be_read_by_its_owner_only_and_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    with private_file(out) as file:
        file.write(b"name\n")
        assert not out.exists()
        (part,) = tmp_path.iterdir()
        assert part.stat().st_mode & 0o777 == 0o600
    assert out.read_bytes() == b"name\n"
    assert out.stat().st_mode & 0o777 == 0o600
    assert _names(tmp_path) == ["list.csv"]


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _fail(tmp_path / "list.csv")
    assert _names(tmp_path) == []


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_file_that_is_there_is_refused_and_stays_as_it_is(tmp_path: Path, mode: int) -> None:
    out = tmp_path / "ua-61-21-1.key"
    out.write_text("the only key")
    out.chmod(mode)
    with pytest.raises(CampaignError, match=r"exists already, and is not overwritten: choose another name\."):
        _fail(out)
    with pytest.raises(CampaignError, match="exists already"):
        check_new(out)
    assert (out.read_text(), out.stat().st_mode & 0o777, _names(tmp_path)) == ("the only key", mode, [out.name])


def test_nothing_is_written_through_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    out.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(CampaignError, match="exists already"):
        _fail(out)
    assert _names(tmp_path) == ["list.csv"]


@pytest.mark.parametrize("hard_links", [True, False])
def test_what_appears_under_the_name_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hard_links: bool
) -> None:
    out = tmp_path / "list.csv"
    if not hard_links:
        monkeypatch.setattr(Path, "hardlink_to", _no_hard_links)

    def export() -> None:
        with private_file(out) as file:
            file.write(b"mine")
            out.write_text("somebody else's")

    with pytest.raises(CampaignError, match="exists already"):
        export()
    assert (out.read_text(), _names(tmp_path)) == ("somebody else's", ["list.csv"])


def test_a_stick_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", _no_hard_links)
    with private_file(tmp_path / "list.csv") as file:
        file.write(b"name\n")
    assert _names(tmp_path) == ["list.csv"]


def _no_hard_links(*_paths: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"cannot be written: No such file or directory\."):
        _fail(tmp_path / "no" / "list.csv")


@pytest.mark.parametrize("write", [write_new, write_private])
def test_a_text_that_does_not_fit_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    with room_for(10), pytest.raises(CampaignError, match=r"key cannot be written: there is no room left in"):
        write(tmp_path / "a.key", "x" * 100_000)
    assert _names(tmp_path) == []


def test_only_the_instance_gets_a_folder_that_was_not_there(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"cannot be written: No such file or directory\."):
        write_new(tmp_path / "stick" / "a.key", "x")
    assert _names(tmp_path) == []
    write_private(tmp_path / "secrets" / "row_key", "x")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets" / "row_key").stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(CampaignError, match="is no file that can be written"), _overwriting(tmp_path / name):
            pass
    assert _names(tmp_path) == ["folder", "pipe"]


def _overwriting(path: Path) -> AbstractContextManager[IO[bytes]]:
    return private_file(path, overwrite=True)
