"""The program a render worker runs: letters in, PDFs out, until the other side of the socket is gone."""

import contextlib
import gc
import itertools
import pickle
import resource
import signal
import socket
import sys
from collections.abc import Callable

from campaign.letters.errors import UndrawableError
from campaign.letters.frames import BrokenLinkError, Reply, receive_frame, send_frame
from campaign.letters.pdf import Engine

_LARGEST_FILE = 8 * 1024 * 1024  # Only fontconfig writes one: its cache.
# Between two letters nothing is worth collecting early; full collections cost more than they free (measured).
_GC_THRESHOLD = 50_000
_COLLECT_AFTER = 100  # jobs; without it the memory of a thousand whole letters grows by 11 MB, with it by 2 (measured)


def main(descriptor: int, memory_bytes: int, *, stamping: bool) -> None:
    """Serve the socket ``descriptor``: ready, then one answer for each request (job, arguments, seconds)."""
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _limit(resource.RLIMIT_CORE, 0)  # A core dump would be the letter on disk.
    engine = Engine(stamping=stamping)
    jobs = _jobs(engine)
    engine.warm_up()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    with socket.socket(fileno=descriptor) as link, contextlib.suppress(BrokenLinkError):
        send_frame(link, Reply.READY.value)
        for done in itertools.count(1):
            job, arguments, seconds = pickle.loads(receive_frame(link))  # noqa: S301 - whoever started us is there
            # Should the program die meanwhile, nobody is left to stop this process: the kernel does.
            signal.setitimer(signal.ITIMER_REAL, seconds + 1)
            answer = _answer(jobs[job], arguments)
            signal.setitimer(signal.ITIMER_REAL, 0)
            send_frame(link, answer)
            if done % _COLLECT_AFTER == 0:
                gc.collect()


def _limit(kind: int, value: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # macOS knows some limits by name only.
        resource.setrlimit(kind, (value, value))


def _jobs(engine: Engine) -> dict[str, Callable[..., bytes]]:
    return {"letters": engine.pdf, "pack": engine.pack, "envelopes": engine.envelopes, "labels": engine.labels}


def _answer(job: Callable[..., bytes], arguments: tuple[object, ...]) -> bytes:
    try:
        return Reply.PDF.value + job(*arguments)
    except UndrawableError as error:
        return Reply.UNDRAWABLE.value + error.characters.encode()
    except Exception as error:  # noqa: BLE001 - the edge of a process: whatever a text provokes, the next one is served
        return Reply.FAILED.value + type(error).__name__.encode()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), stamping=sys.argv[3] == "1")
