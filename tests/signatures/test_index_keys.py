"""Index keys: one file for each appeal, the same on every machine, and gone for good when destroyed."""

import errno
import fcntl
import pickle
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from campaign.core.errors import CampaignError, UnavailableError
from campaign.settings import ROOT
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


def test_a_key_destroyed_by_one_process_is_known_to_none(tmp_path: Path) -> None:
    pages, purge = IndexKeys(tmp_path, SECRET), IndexKeys(tmp_path, SECRET)
    key = pages.of(SLUG)
    assert pages.of(SLUG) == purge.of(SLUG) == key
    purge.destroy(SLUG, DAY)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            pages.of(SLUG)
    assert key not in _bytes_of(pages)


def test_a_key_whose_note_is_half_written_is_waited_for_and_not_called_damaged(tmp_path: Path) -> None:
    """A read beside a write may see the beginning as it was and the end as it will be (ext4 promises no more)."""
    key = IndexKeys(tmp_path, SECRET).of(SLUG).hex()
    file = tmp_path / f"{SLUG}.index"
    note = f"destroyed {DAY}\n".ljust(len(key) + 1, "-")
    with ThreadPoolExecutor(1) as signing, file.open("r+") as destroying:
        fcntl.flock(destroying, fcntl.LOCK_EX)
        destroying.write(key + note[len(key) :])
        destroying.flush()
        asked = signing.submit(IndexKeys(tmp_path, SECRET).of, SLUG)
        assert not wait([asked], timeout=0.2).done
        destroying.seek(0)
        destroying.write(note)
        destroying.flush()
        fcntl.flock(destroying, fcntl.LOCK_UN)
        with pytest.raises(UnavailableError):
            asked.result()


def test_a_note_is_written_by_nobody_while_somebody_reads_the_key(tmp_path: Path) -> None:
    IndexKeys(tmp_path, SECRET).of(SLUG)
    with ThreadPoolExecutor(1) as purging, (tmp_path / f"{SLUG}.index").open() as reading:
        fcntl.flock(reading, fcntl.LOCK_SH)
        done = purging.submit(IndexKeys(tmp_path, SECRET).destroy, SLUG, DAY)
        assert not wait([done], timeout=0.2).done
        assert reading.read().strip() == IndexKeys(tmp_path, SECRET).of(SLUG).hex()
        fcntl.flock(reading, fcntl.LOCK_UN)
        done.result()
    assert IndexKeys(tmp_path, SECRET).is_destroyed(SLUG)


def _bytes_of(index_keys: IndexKeys) -> bytes:
    return pickle.dumps(vars(index_keys))


_ASKING = """
import sys
from pathlib import Path
from campaign.core.errors import UnavailableError
from campaign.signatures import IndexKeys

folder, secret, slug = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3]
print("ready", flush=True)
try:
    while True:
        IndexKeys(folder, secret).of(slug)
except UnavailableError:
    print("gone")
"""


def test_another_process_that_signs_meanwhile_never_makes_a_destroyed_key_again(tmp_path: Path) -> None:
    """It looks for the file all the time, and there is no moment without one."""
    key = IndexKeys(tmp_path, SECRET).of(SLUG)
    with subprocess.Popen(
        [sys.executable, "-c", _ASKING, tmp_path, SECRET.hex(), SLUG], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        IndexKeys(tmp_path, SECRET).destroy(SLUG, DAY)
        assert other.communicate(timeout=60)[0] == "gone\n"
    assert other.returncode == 0
    assert key.hex() not in (tmp_path / f"{SLUG}.index").read_text()


def test_a_destruction_that_is_cut_short_has_destroyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index_keys = IndexKeys(tmp_path, SECRET)
    key = index_keys.of(SLUG)

    def refuse(**_options: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(OSError, match="full"):
        index_keys.destroy(SLUG, DAY)
    assert index_keys.is_destroyed(SLUG)
    assert key.hex() not in (tmp_path / f"{SLUG}.index").read_text()


def test_a_key_brought_back_from_a_backup_is_used_at_once(tmp_path: Path) -> None:
    index_keys = IndexKeys(tmp_path, SECRET)
    index_keys.of(SLUG)
    (tmp_path / "from a backup").write_text(OTHER[:32].hex())
    (tmp_path / "from a backup").replace(tmp_path / f"{SLUG}.index")
    assert index_keys.of(SLUG) == OTHER[:32]


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
