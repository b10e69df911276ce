"""What ``letters print`` says: how far it is, and what came of it."""

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from campaign.letters.mailing import Counted, Wishes
from campaign.letters.people import BadRow
from campaign.letters.pile import Drawn
from campaign.recipients.countries import country_name

_SHOWN_COUNTRIES = 8
_TOLD_EVERY = 1_000


@dataclass(frozen=True)
class Printed:
    """A finished pack: what was asked for and counted, the pages drawn, rows left out, headings not used."""

    wishes: Wishes
    counted: Counted
    drawn: Drawn
    bad: tuple[BadRow, ...]
    unused: tuple[str, ...]

    def as_json(self, out: Path) -> Mapping[str, Any]:
        """Return the summary for machines."""
        counted, drawn = self.counted, self.drawn
        return {
            "file": str(out),
            "people": counted.people,
            "letters": counted.all_letters,
            "letters_by_paper": dict(counted.letters),
            "pages": {"letters": drawn.letters, "envelopes": drawn.envelopes, "labels": drawn.labels},
            "no_embassy": dict(counted.no_mission),
            "no_confirmed_address": dict(counted.no_address),
            "not_in_the_window": dict(counted.no_window),
            "skipped": [{"line": one.line, "problems": list(one.problems)} for one in self.bad],
            "unused_columns": list(self.unused),
        }

    def sentences(self, out: Path) -> Iterator[str]:
        """Yield the summary for people."""
        counted, drawn = self.counted, self.drawn
        pages = drawn.letters + drawn.envelopes + drawn.labels
        what = f"{_number(counted.all_letters, 'letter')} of {counted.people:,} people on {_number(pages, 'page')}"
        yield f"Wrote {out}: {what}."
        if self.wishes.envelopes or self.wishes.labels:
            first = drawn.letters + 1
            yield f"Pages 1 to {drawn.letters:,} are letters; envelopes and labels begin on page {first:,}."
        if len(counted.letters) > 1:
            papers = ", ".join(f"{number:,} on {paper}" for paper, number in sorted(counted.letters.items()))
            yield f"Two kinds of paper: {papers}. Choose one for all with --paper."
        for countries, words in (
            (counted.no_mission, "not written, because no embassy serves"),
            (counted.no_address, "not written, because the embassy's address is not confirmed, for"),
            (counted.no_window, "for an envelope without a window, because the address is too long, from"),
        ):
            if countries:
                yield f"{_number(countries.total(), 'letter')} {words}: {_listed(countries)}."
        if self.bad:
            yield f"{_number(len(self.bad), 'row')} left out."
        yield "The file holds names and addresses: delete it when the letters are posted."


def _number(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _listed(countries: Counter[str]) -> str:
    shown = [f"{country_name(code, 'en')} ({number:,})" for code, number in countries.most_common(_SHOWN_COUNTRIES)]
    more = len(countries) - len(shown)
    return ", ".join([*shown, f"{more} more countries"] if more > 0 else shown)


@contextlib.contextmanager
def progress(parts: int) -> Iterator[Callable[[int], None]]:
    """Give what is told of each chunk: a bar on a terminal, else a line for every thousand."""
    if not sys.stderr.isatty():
        yield _lines(parts)
        return
    columns = TextColumn("Drawing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=parts)
        yield lambda number: bar.advance(task, number)


def _lines(parts: int) -> Callable[[int], None]:
    done = 0

    def told(number: int) -> None:
        nonlocal done
        before, done = done, done + number
        if done // _TOLD_EVERY > before // _TOLD_EVERY and done < parts:
            click.echo(f"{done:,} of {parts:,} drawn", err=True)

    return told
