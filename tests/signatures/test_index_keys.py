"""Index keys: one file for each appeal, the same on every machine, and gone for good when destroyed."""

import errno
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaign.core.errors import CampaignError, UnavailableError
from campaign.signatures import IndexKeys
from campaign.signatures.blind import appeal_key
from campaign.signatures.index_keys import shred
from tests.links import DAY, SLUG

SECRET, OTHER = b"index" * 8, b"other" * 8


def test_the_key_of_an_appeal_is_the_one_it_had_before_there_were_files(tmp_path: Path) -> None:
    assert IndexKeys(tmp_path / "keys", SECRET).of(SLUG) == appeal_key(SECRET, SLUG)
    file = tmp_path / "keys" / f"{SLUG}.index"
    assert file.read_text().strip() == appeal_key(SECRET, SLUG).hex()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_outlives_the_secret_it_was_made_from(tmp_path: Path) -> None:
    first = IndexKeys(tmp_path, SECRET).of(SLUG)
    assert IndexKeys(tmp_path, OTHER).of(SLUG) == first
    assert IndexKeys(tmp_path, OTHER).of("another") == appeal_key(OTHER, "another")


def test_machines_without_a_common_folder_agree(tmp_path: Path) -> None:
    assert IndexKeys(tmp_path / "one", SECRET).of(SLUG) == IndexKeys(tmp_path / "two", SECRET).of(SLUG)


def test_where_nothing_can_be_written_the_key_is_made_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert IndexKeys(tmp_path, SECRET).of(SLUG) == appeal_key(SECRET, SLUG)
    assert not IndexKeys(tmp_path, SECRET).keep([SLUG])


def test_processes_that_ask_at_the_same_moment_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda number: IndexKeys(tmp_path, bytes([number]) * 32).of(SLUG), range(24)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"{SLUG}.index"]


def test_a_destroyed_key_is_never_made_again(tmp_path: Path) -> None:
    index_keys = IndexKeys(tmp_path, SECRET)
    key = index_keys.of(SLUG)
    index_keys.destroy(SLUG, DAY)
    for one in (index_keys, IndexKeys(tmp_path, SECRET)):
        assert one.is_destroyed(SLUG)
        with pytest.raises(UnavailableError):
            one.of(SLUG)
    assert key.hex() not in (tmp_path / f"{SLUG}.index").read_text()
    assert index_keys.keep([SLUG, "another"])
    assert not index_keys.is_destroyed("another")


def test_a_damaged_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / f"{SLUG}.index").write_text("half a k")
    with pytest.raises(CampaignError, match="damaged"):
        IndexKeys(tmp_path, SECRET).of(SLUG)


def test_shredding_leaves_no_file_and_minds_none_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("secret")
    shred(file)
    shred(file)
    assert not file.exists()


def test_the_keys_are_not_shown(tmp_path: Path) -> None:
    assert "index" not in repr(IndexKeys(tmp_path, SECRET))
