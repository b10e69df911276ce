"""``export``: many sealed signatures to CSV in a process of its own, beside opening the same records and no more."""

import io
import resource
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench_child import BenchError, Child, answer_questions
from bench_figures import Figure, Target, Turns, tell
from bench_site import SLUG, prepared
from sqlalchemy import select

from campaign.core.clock import today
from campaign.exports import Purpose, export_signatures
from campaign.keys import new_key_pair, store_public_key, unseal
from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from campaign.signatures import Consents, Signature, SignatureRecord, sign

_RECORD = SignatureRecord(
    name="Aygül Qadir",
    email="",
    country="CA",
    city="Montréal",
    locale="en",
    consents=Consents(version="1", count=True, handover=True),
)
_MADE_AT_A_TIME = 2_000
_ROWS_PER_TURN = 2_000
_OPENED_PER_TURN = 1_000
_SPEED_TARGET = Target(0.5)
_MEMORY_MIB = 200.0


def measure(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of ``export``: rows per second, and the peak memory of the process that exports."""
    number = 20_000 if quick else 100_000
    environment = prepared(folder / "export")
    key, out = folder / "export.key", folder / "export.csv"
    with Child("bench_export.py", str(key), environment=environment) as maker:
        for made in range(0, number, _MADE_AT_A_TIME):
            tell(f"export: {made:,} of {number:,} signatures made", passing=True)
            maker.ask({"make": _MADE_AT_A_TIME})
    tell(f"export: {number:,} signatures made; exporting them")
    with Child("bench_export.py", str(key), environment=environment) as exporter:
        exported = exporter.ask({"export": str(out)})
    if exported["rows"] != number or out.read_bytes().count(b"\n") != number + 1:
        raise BenchError(f"{exported['rows']:,} of {number:,} signatures were exported.")
    return [
        Turns(exported["ours"], exported["other"]).figure("export", "rows/s", _SPEED_TARGET),
        Figure("export-memory", exported["peak_mib"], _MEMORY_MIB, "MiB", Target(1.0, at_most=True)),
    ]


class _TakingTurns(io.FileIO):
    """The file of the export; every few rows the export is held up and its clock stopped, and ``bare`` measured."""

    def __init__(self, path: Path, bare: Callable[[], float]) -> None:
        super().__init__(path, "w")
        self.turns = Turns()
        self._bare = bare
        self._rows = 0
        self._began = time.perf_counter()

    def write(self, piece: Any) -> int:
        """Write, count the rows, and take a turn when it is due."""
        written = super().write(piece)
        self._rows += bytes(piece).count(b"\n")
        if self._rows >= _ROWS_PER_TURN:
            self.turns.ours.append(self._rows / (time.perf_counter() - self._began))
            self.turns.other.append(self._bare())
            self._rows, self._began = 0, time.perf_counter()
        return written


class _Worker:
    """Makes signatures, or exports them, as it is asked."""

    def __init__(self, runtime: Runtime, key: Path) -> None:
        self._runtime = runtime
        self._key = key

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do the one or the other."""
        if "make" in question:
            return self._make(question["make"])
        return self._export(Path(question["export"]))

    def _make(self, number: int) -> dict[str, Any]:
        day = today(self._runtime.clock)
        book = self._runtime.published(SLUG)
        with self._runtime.database.unit_of_work() as session:
            if not self._key.exists():
                pair = new_key_pair()
                store_public_key(session, SLUG, pair.public, day)
                self._key.write_bytes(pair.private)
            for _ in range(number):
                record = replace(_RECORD, email=f"visitor-{secrets.token_hex(8)}@example.org")
                sign(session, self._runtime.keys, book.appeal, book.edition, self._runtime.clock.now(), record)
        return {}

    def _export(self, out: Path) -> dict[str, Any]:
        private, row_key = self._key.read_bytes(), self._runtime.keys.row_key
        columns = select(Signature.id, Signature.key_epoch, Signature.sealed).where(Signature.slug == SLUG)
        with self._runtime.database.reading() as session:
            some = [(row.id, row.key_epoch, row.sealed) for row in session.execute(columns.limit(_OPENED_PER_TURN))]
            with _TakingTurns(out, lambda: _opened_per_second(private, some)) as file:
                report = export_signatures(session, private, SLUG, Purpose.FULL, file, row_key)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB here
        turns = file.turns
        return {"rows": report.rows, "ours": turns.ours, "other": turns.other, "peak_mib": peak * unit / 1024**2}


def _opened_per_second(private: bytes, rows: Sequence[tuple[bytes, int, bytes]]) -> float:
    """Open sealed records that lie ready in memory: what no export can do without, and nothing else."""
    begin = time.perf_counter()
    for row_id, epoch, sealed in rows:
        unseal(private, SLUG, row_id, epoch, sealed)
    return len(rows) / (time.perf_counter() - begin)


if __name__ == "__main__":
    answer_questions(_Worker(build_runtime(load_settings()), Path(sys.argv[1])).answer)
