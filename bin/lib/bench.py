"""The benchmarks: each a ratio to a bare equivalent, measured in turns in the same run; see BENCHMARKS.md."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

import bench_export
import bench_letter
import bench_oracle
import bench_slow
import bench_stamped
import bench_variants
import bench_web
import bench_workers
from bench_child import BenchError
from bench_figures import Figure
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

_LONGEST_SECONDS = 240


class Benchmark(Protocol):
    """A function that measures."""

    def __call__(self, folder: Path, *, quick: bool) -> list[Figure]:
        """Measure in an empty folder; ``quick`` gives a first impression and no more."""
        ...


BENCHMARKS: dict[str, Benchmark] = {
    "letter-http": bench_letter.measure,
    "tagged": bench_variants.measure_tagged,
    "naive": bench_variants.measure_naive,
    "stamped": bench_stamped.measure,
    "stamped-batch": bench_stamped.measure_batch,
    "workers": bench_workers.measure,
    "letter-memory": bench_workers.measure_memory,
    "sign": bench_web.measure_sign,
    "no-oracle": bench_oracle.measure,
    "appeal-page": bench_web.measure_page,
    "slow-visitors": bench_slow.measure,
    "export": bench_export.measure,
}


def run(names: Sequence[str], *, quick: bool) -> list[Figure]:
    """Measure one benchmark after the other, in a temporary folder that is gone afterwards."""
    figures: list[Figure] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            signal.alarm(_LONGEST_SECONDS)
            figures += BENCHMARKS[name](Path(folder), quick=quick)
            signal.alarm(0)
    return figures


def table_of(figures: Sequence[Figure]) -> Table:
    """Return the figures for people."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("benchmark", "unit"):
        table.add_column(heading, min_width=20 if heading == "benchmark" else 12)
    for heading in ("ours", "other", "ratio", "target"):
        table.add_column(heading, justify="right")
    table.add_column("holds")
    for one in figures:
        holds = "yes" if one.holds else "[bold red]NO[/]"
        sides = [f"{side:,.{0 if side >= 100 else 1}f}" for side in (one.ours, one.other)]
        numbers = (*sides, f"{one.ratio:.2f}", str(one.target))
        table.add_row(one.name, one.unit, *numbers, holds)
    return table


def main(arguments: Sequence[str]) -> None:
    """Read the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)}; without a name, all")
    parser.add_argument("--json", action="store_true", help="print a list of {name, ours, other, ratio, target, holds}")
    parser.add_argument("--quick", action="store_true", help="few rounds: a first impression, no result")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark called “{unknown[0]}”; there are: {', '.join(BENCHMARKS)}")
    signal.signal(signal.SIGTERM, _stop("The benchmarks were stopped."))
    signal.signal(signal.SIGALRM, _stop(f"A benchmark took longer than {_LONGEST_SECONDS} seconds."))
    try:
        figures = run(asked.names or list(BENCHMARKS), quick=asked.quick)
    except BenchError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    if asked.json:
        print(json.dumps([one.as_json() for one in figures], indent=2))
    else:
        Console().print(table_of(figures))


def _stop(sentence: str) -> Callable[[int, object], NoReturn]:
    def stop(_number: int, _frame: object) -> NoReturn:
        sys.exit(sentence)  # ends like an error, so that everything that was started is stopped

    return stop


if __name__ == "__main__":
    main(sys.argv[1:])
