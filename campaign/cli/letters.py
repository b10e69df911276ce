"""``letter``, ``envelope`` and ``mailto``: for one supporter, without a browser and without a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from campaign.appeals.definition import Appeal
from campaign.cli.graph import letters_folder, open_appeal
from campaign.cli.letter_refusals import address_of, city_of, name_of, no_way
from campaign.cli.private_files import private_file, read_words
from campaign.core.clock import SystemClock, today
from campaign.core.errors import CampaignError
from campaign.core.text import clean_line, clean_text
from campaign.letters import Renderer, as_text, compose, eml
from campaign.letters import mailto as mail_link
from campaign.letters.envelopes import EnvelopeSize, envelope_for
from campaign.letters.layouts import PAPERS, PAPERS_OF, Layout, choose_layout
from campaign.letters.letter import MOST_WORDS, MOST_WORDS_LINES, Letter, LetterValues
from campaign.letters.sheet import with_translations
from campaign.recipients.countries import country_name, is_country, paper_for
from campaign.recipients.directory import MissionsDirectory

_EXAMPLE = (
    'Example: bin/campaign letter ua-61-21 --to embassy --country CA --name "Aygül Qadir" --locale fr --out letter.pdf'
)


# What a supporter may choose instead of what is usual; every command that writes a letter has it.
_CHOICES = (
    click.option("--embassy", default="", help="Write to the embassy in this country instead, two letters."),
    click.option("--case", default="", help="Case to write about, in appeals that have some; default: the first."),
)
_TRANSLATED = click.option(
    "--translated", is_flag=True, help="Add the reviewed translation that the addressee reads, where the pack has one."
)


def _values_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe the supporter; both commands have the same."""
    options = (
        click.argument("appeal"),
        click.option("--to", "recipient", required=True, help="Recipient, for example president or embassy."),
        click.option("--country", required=True, help="Country the supporter lives in, two letters: CA, FR, KZ."),
        *_CHOICES,
        _TRANSLATED,
        click.option("--name", default="", help="Name as it should stand in the letter."),
        click.option("--without-name", is_flag=True, help="Write the letter without a name."),
        click.option("--city", default="", help="Town, printed with the name."),
        click.option("--address", default="", help="Street address, printed on the PDF only; \\n starts a new line."),
        click.option("--locale", default="en", show_default=True, help="Language of the letter."),
        click.option("--words", type=click.File(encoding="utf-8"), help="File with own words, up to 1,000 characters."),
        click.option("--demand", "demands", multiple=True, help="Demand to include (repeat); default: all."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _letter(appeal: Appeal, given: dict[str, Any]) -> tuple[Letter, LetterValues]:
    directory = MissionsDirectory.load(letters_folder() / "directory")
    values = _values(appeal, given, directory)
    letter = compose(appeal, given["recipient"], values, today(SystemClock(), appeal.time_zone), directory)
    if letter is None:
        where = country_name(values.mission_country or values.country, "en")
        raise CampaignError(f"There is no embassy for {where}, so there is no letter to “{given['recipient']}”.")
    return letter, values


def _values(appeal: Appeal, given: dict[str, Any], directory: MissionsDirectory) -> LetterValues:
    country = _country(given["country"])
    if given["locale"] not in appeal.letter_locales:
        raise CampaignError(f"There is no letter in “{given['locale']}”; choose {', '.join(appeal.letter_locales)}.")
    if not appeal.recipient(given["recipient"]):
        known = ", ".join(one.id for one in appeal.recipients)
        raise CampaignError(f"“{given['recipient']}” gets no letter in this appeal; choose {known}.")
    name = name_of(given["name"])
    if not name and not given["without_name"]:
        raise CampaignError("Give a name with --name, or write the letter without one: --without-name.")
    everything = tuple(demand.id for demand in appeal.demands)
    unknown = set(given["demands"]) - set(everything)
    if unknown:
        raise CampaignError(f"There is no demand “{sorted(unknown)[0]}”; choose from {', '.join(everything)}.")
    words = clean_text(read_words(given["words"])) if given["words"] else ""
    if len(words) > MOST_WORDS:
        raise CampaignError(f"Your own words are {len(words)} characters long; please keep them to {MOST_WORDS:,}.")
    if words.count("\n") >= MOST_WORDS_LINES:
        raise CampaignError(f"Please keep your own words to {MOST_WORDS_LINES} lines.")
    need_translation(appeal, wanted=given["translated"])
    return LetterValues(
        country=country,
        locale=given["locale"],
        name=name,
        without_name=given["without_name"],
        city=city_of(given["city"]),
        address=address_of(given["address"]),
        demands=tuple(one for one in everything if not given["demands"] or one in given["demands"]),
        words=words,
        mission_country=_embassy(appeal, given["embassy"], country, directory),
        case=_case(appeal, given["case"]),
        translated=given["translated"],
    )


def need_translation(appeal: Appeal, *, wanted: bool) -> None:
    """Refuse a translation that nobody has reviewed."""
    if wanted and not appeal.translations:
        raise CampaignError("This appeal has no reviewed translation; leave --translated out.")


def _country(given: str) -> str:
    if not is_country(given.upper()):
        raise CampaignError(f"“{given}” is not a country code; write two letters such as CA, FR or KZ.")
    return given.upper()


def _embassy(appeal: Appeal, given: str, country: str, directory: MissionsDirectory) -> str:
    """Return the country whose embassy was asked for, "" for the one that serves the supporter's own."""
    if not given:
        return ""
    embassy, day = _country(given), today(SystemClock(), appeal.time_zone)
    states = {one.mission for one in appeal.recipients if one.mission}
    if not states:
        raise CampaignError("This appeal writes to no embassy; leave --embassy out.")
    if not any(directory.choose(state, embassy, day).mission for state in states):
        raise CampaignError(f"There is no embassy for {country_name(embassy, 'en')}; choose another with --embassy.")
    return "" if embassy == country else embassy


def _case(appeal: Appeal, given: str) -> str:
    known = [case.id for case in appeal.cases]
    if given and not known:
        raise CampaignError("This appeal has no cases; leave --case out.")
    if given and given not in known:
        raise CampaignError(f"There is no case “{given}”; choose {', '.join(known)}.")
    return given


@click.command(epilog=_EXAMPLE)
@_values_options
@click.option("--paper", type=click.Choice(PAPERS), help="Paper; default: what the country uses.")
@click.option(
    "--layout",
    type=click.Choice([one.value for one in Layout]),
    help="Window the address stands in, none, or fax; default: what the country uses, if the address fits.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.pdf, .eml or .txt")
def letter(appeal: str, paper: str | None, layout: str | None, out: Path, **given: Any) -> None:
    """Write one letter of APPEAL to a .pdf, .eml or .txt file. The ending chooses PDF, e-mail draft or plain text."""
    written, values = _letter(open_appeal(appeal), given)
    ending = out.suffix.lower()
    if ending == ".pdf":
        content = _pdf(written, values.country, paper, Layout(layout) if layout else None)
    elif ending == ".eml":
        content = eml(written)
    elif ending == ".txt":
        content = as_text(written).encode()
    else:
        raise CampaignError(f"“{out.name}” must end in .pdf, .eml or .txt, so that we know what to write.")
    _write(out, content)


def _write(out: Path, content: bytes) -> None:
    with private_file(out, overwrite=True) as file:
        file.write(content)
    click.echo(f"Wrote {out} ({len(content):,} bytes).")


def _pdf(written: Letter, country: str, paper: str | None, wanted: Layout | None) -> bytes:
    if wanted is Layout.FAX and not written.addressee.fax:
        raise no_way("fax number", written.addressee)
    if wanted is not Layout.FAX and not written.addressee.postable:
        raise no_way("confirmed postal address", written.addressee)
    if wanted and paper and paper not in PAPERS_OF[wanted]:
        raise CampaignError(f"Layout “{wanted}” is made for {PAPERS_OF[wanted][0]} paper only; leave --paper out.")
    usual = paper_for(country)
    paper = paper or (usual if wanted is None or usual in PAPERS_OF[wanted] else PAPERS_OF[wanted][0])
    choice = choose_layout(written.addressee, country, paper, wanted)
    if wanted and choice.reason:
        raise CampaignError(f"{choice.reason} Write it with --layout none, and its envelope with “envelope”.")
    if choice.reason:
        click.echo(choice.reason, err=True)
    sheets = with_translations([written], [choice.layout])
    with Renderer(workers=1) as renderer:
        return renderer.pdf(sheets[0], paper, sheets[1])


@click.command(
    epilog='Example: bin/campaign envelope ua-61-21 --to embassy --country CA --name "Aygül Qadir" --out envelope.pdf'
)
@click.argument("appeal")
@click.option("--to", "recipient", required=True, help="Recipient, for example president or embassy.")
@click.option("--country", required=True, help="Country it is posted in, two letters: CA, FR, KZ.")
@_CHOICES[0]
@_CHOICES[1]
@click.option(
    "--size",
    type=click.Choice([one.value for one in EnvelopeSize]),
    help="Envelope; default: No. 10 in North America, DL.",
)
@click.option("--name", default="", help="Sender's name; without one no sender stands on the envelope.")
@click.option("--city", default="", help="Sender's town.")
@click.option("--address", default="", help="Sender's street address; \\n starts a new line.")
@click.option("--locale", default="en", show_default=True, help="Language of the letter, and so of the address.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.pdf")
def envelope(appeal: str, size: str | None, out: Path, **given: Any) -> None:
    """Write the envelope of one letter of APPEAL to a PDF."""
    plain = {"without_name": not clean_line(given["name"]), "demands": (), "words": None, "translated": False}
    written, values = _letter(open_appeal(appeal), given | plain)
    if out.suffix.lower() != ".pdf":
        raise CampaignError(f"“{out.name}” must end in .pdf: envelopes are printed.")
    if not written.addressee.postable:
        raise CampaignError("No confirmed postal address is known for this recipient, so there is nothing to print.")
    with Renderer(workers=1) as renderer:
        content = renderer.envelopes([written], EnvelopeSize(size) if size else envelope_for(values.country))
    _write(out, content)


@click.command(
    epilog='Example: bin/campaign mailto ua-61-21 --to president --country FR --name "Aygül Qadir" --locale fr'
)
@_values_options
def mailto(appeal: str, **given: Any) -> None:
    """Print the mailto link (RFC 6068) of one letter of APPEAL."""
    written, _values_used = _letter(open_appeal(appeal), given)
    link = mail_link(written)
    if link is None:
        raise no_way("e-mail address", written.addressee)
    click.echo(link.uri)
    if not link.complete:
        click.echo("The text is too long for a link: it opens address and subject only; paste the text.", err=True)
