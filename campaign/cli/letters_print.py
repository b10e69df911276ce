"""``letters print``: the letters of many people as one PDF for a printer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from campaign.appeals.definition import Appeal
from campaign.cli.graph import echo_json, letters_folder, open_appeal
from campaign.cli.letters import need_translation
from campaign.cli.letters_summary import Printed, progress
from campaign.cli.pack_output import ending_cleanly, finished_or_gone, nameless_file
from campaign.core.clock import SystemClock, today
from campaign.core.errors import CampaignError
from campaign.letters import Renderer
from campaign.letters.envelopes import LABELS, EnvelopeSize, LabelSheet
from campaign.letters.layouts import PAPERS, Layout
from campaign.letters.mailing import Mailing, Wishes
from campaign.letters.pack_file import PackFile
from campaign.letters.people import BadRow, Otherwise, PeopleList
from campaign.letters.people_store import Order, PeopleStore
from campaign.letters.pile import SECONDS_FOR_A_CHUNK, Pile
from campaign.recipients.countries import is_country
from campaign.recipients.directory import MissionsDirectory

_LETTERS_PER_WORKER = 100_000  # A pile takes a few hundred calls; each is a chunk, and memory stays flat.
_EXAMPLE = (
    "Example: bin/campaign letters print ua-61-21 --list people.csv --country CA --sort name --duplex "
    "--envelopes 10 --out pack.pdf"
)


@click.group()
def letters() -> None:
    """Print letters for many people at once."""


@letters.command("print", epilog=_EXAMPLE)
@click.argument("appeal")
@click.option("--list", "people", type=click.File("rb"), required=True, help="The people, as CSV; - is the input.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.pdf")
@click.option("--to", multiple=True, help="Recipient (repeat); default: everybody who is not optional.")
@click.option("--country", default="", help="Country of those whose row names none, two letters.")
@click.option("--locale", default="", help="Language where the row names none; default: the appeal's first.")
@click.option("--translated", is_flag=True, help="Add the reviewed translation the addressee reads, for everybody.")
@click.option("--paper", type=click.Choice(PAPERS), help="Paper; default: what each country uses.")
@click.option(
    "--layout",
    type=click.Choice([one.value for one in Layout if one is not Layout.FAX]),
    help="Window for the address, or none; default: what each country uses, if the address fits.",
)
@click.option("--duplex", is_flag=True, help="For a printer that prints both sides: each letter on a fresh sheet.")
@click.option(
    "--sort", "order", type=click.Choice([one.value for one in Order]), default=Order.LIST.value, show_default=True,
    help="Order of the people.",
)  # fmt: skip
@click.option("--envelopes", type=click.Choice([one.value for one in EnvelopeSize]), help="Add envelopes at the end.")
@click.option("--labels", type=click.Choice([one.value for one in LabelSheet]), help="Add sheets of labels at the end.")
@click.option("--start", type=click.IntRange(1), default=1, show_default=True, help="First free label on its sheet.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that draw letters.")
@click.option("--skip-bad", is_flag=True, help="Leave out the rows nothing can be written from, instead of stopping.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def print_(appeal: str, people: IO[bytes], out: Path, **given: Any) -> None:
    """Write the letters of everybody in a list to one PDF. They come in order, ready to print, sign and post.

    \b
    The first line of the list holds the headings; only the name is a must. In any order:
      name          as it should stand in the letter
      country       where the person lives: CA or Canada; else --country
      city          printed with the name
      address       street address, only ever on the paper; \\n or | starts a new line
      locale        language of the letters: en, French, 简体中文; else --locale
      words         own words, up to 1,000 characters
      recipients    optional recipients this person writes to as well
      demands       what to ask for; empty: everything
      embassy       country whose embassy gets the letter, if not that of country
      case          the case to write about, in appeals that have some; empty: in turn
      translated    yes: with the reviewed translation that the addressee reads
      without_name  yes: a letter without a name

    \b
    Save the list as CSV in UTF-8; commas, semicolons and tabs are all understood. Rows with
    mistakes are told all at once, with their lines, and nothing is written until they are
    mended. The PDF and the list hold names and addresses: delete both when the letters are posted.
    """  # noqa: D301  click reads \b as "keep these lines"
    found = open_appeal(appeal)
    wishes = _wishes(found, given)
    if out.suffix.lower() != ".pdf":
        raise CampaignError(f"“{out.name}” must end in .pdf: letters are printed.")
    with ending_cleanly(), nameless_file(out.resolve().parent) as kept:
        task = _Task(found, wishes, Order(given["order"]), given["jobs"], given["skip_bad"])
        printed = _printed(task, PeopleList(people, _name_of(people), found, _otherwise(found, given)), kept, out)
    if given["as_json"]:
        echo_json(printed.as_json(out))
    else:
        click.echo("\n".join(printed.sentences(out)))


@dataclass(frozen=True)
class _Task:
    appeal: Appeal
    wishes: Wishes
    order: Order
    jobs: int
    skip_bad: bool


def _printed(task: _Task, people: PeopleList, kept: IO[bytes], out: Path) -> Printed:
    """Read everybody, then draw everything; a list with bad rows is not begun."""
    if people.unused:
        click.echo(f"Not used: {', '.join(f'“{heading}”' for heading in people.unused)}.", err=True)
    directory = MissionsDirectory.load(letters_folder() / "directory")
    day = today(SystemClock(), task.appeal.time_zone)
    mailing = Mailing(task.appeal, directory, day, task.wishes)
    store = PeopleStore(kept, task.order)
    bad = _taken_in(people, mailing, store)
    if bad and not task.skip_bad:
        raise CampaignError(
            f"{len(bad):,} row(s) must be mended first; nothing was written. To leave them out, say --skip-bad."
        )
    if not mailing.counted.all_letters:
        raise CampaignError("There is nothing to print: no row of the list makes a letter.")
    with (
        Renderer(workers=task.jobs, seconds=SECONDS_FOR_A_CHUNK, letters_per_worker=_LETTERS_PER_WORKER) as renderer,
        finished_or_gone(out) as file,
    ):
        pile = Pile(mailing, store, task.wishes, renderer, task.jobs)
        title = f"Letters – {task.appeal.reference}"
        pack = PackFile(file, title, task.appeal.letter_locales[0], duplex=task.wishes.duplex)
        with progress(pile.parts) as told:
            drawn = pile.draw(pack, told)
        pack.finish()
    return Printed(task.wishes, mailing.counted, drawn, tuple(bad), people.unused)


def _taken_in(people: PeopleList, mailing: Mailing, store: PeopleStore) -> list[BadRow]:
    """Count and keep everybody; tell of every row that is nobody, and return them."""
    bad: list[BadRow] = []
    for one in people:
        if isinstance(one, BadRow):
            bad.append(one)
            click.echo(f"line {one.line}: {' '.join(one.problems)}", err=True)
        else:
            mailing.count(one)
            store.add(one)
    return bad


def _wishes(appeal: Appeal, given: Mapping[str, Any]) -> Wishes:
    known = [one.id for one in appeal.recipients]
    unknown = [one for one in given["to"] if one not in known]
    if unknown:
        raise CampaignError(f"“{unknown[0]}” gets no letter in this appeal; choose {', '.join(known)}.")
    labels = LabelSheet(given["labels"]) if given["labels"] else None
    if given["start"] > (LABELS[labels].places if labels else 1):
        most = f"from 1 to {LABELS[labels].places}" if labels else "of a sheet chosen with --labels"
        raise CampaignError(f"--start {given['start']} is no place on the sheet; choose one {most}.")
    return Wishes(
        to=given["to"],
        paper=given["paper"] or "",
        layout=Layout(given["layout"]) if given["layout"] else None,
        duplex=given["duplex"],
        envelopes=EnvelopeSize(given["envelopes"]) if given["envelopes"] else None,
        labels=labels,
        start=given["start"],
    )


def _otherwise(appeal: Appeal, given: Mapping[str, Any]) -> Otherwise:
    country = given["country"].upper()
    if country and not is_country(country):
        raise CampaignError(f"“{given['country']}” is not a country code; write two letters such as CA, FR or KZ.")
    locale = given["locale"] or appeal.letter_locales[0]
    if locale not in appeal.letter_locales:
        raise CampaignError(f"There is no letter in “{locale}”; choose {', '.join(appeal.letter_locales)}.")
    need_translation(appeal, wanted=given["translated"])
    return Otherwise(country, locale, given["translated"])


def _name_of(file: IO[bytes]) -> str:
    return Path(file.name).name if isinstance(file.name, str) and file.name != "<stdin>" else "The list"
