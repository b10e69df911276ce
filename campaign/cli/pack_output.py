"""Where ``letters print`` writes: for its owner alone, beside the result, and nothing is left when something fails."""

import contextlib
import signal
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from campaign.cli.private_files import FULL_DISK, private_file
from campaign.core.errors import CampaignError

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def finished_or_gone(path: Path) -> AbstractContextManager[IO[bytes]]:
    """Give a binary file that becomes ``path``, also in place of one that was there, when all went well."""
    return private_file(path, overwrite=True)


@contextlib.contextmanager
def nameless_file(folder: Path) -> Iterator[IO[bytes]]:
    """Give an empty binary file in a folder that has no name there: it is gone with the program, however that ends."""
    try:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
    except OSError as error:
        raise CampaignError(f"Nothing can be written in {folder}: {error.strerror}.") from None
    with _room_in(folder), file:
        yield file


@contextlib.contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise CampaignError(f"There is no room left in {folder}; nothing was written.") from None


@contextlib.contextmanager
def ending_cleanly() -> Iterator[None]:
    """Treat a request to end (SIGTERM, SIGHUP) as Ctrl-C, so that nothing is left behind."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt  # No error: it comes at any moment, and no library may take it for one of its own.

    before = {number: signal.signal(number, stop) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
