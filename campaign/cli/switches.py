"""``switch``: what organisers turn off while a site is under attack or a storm of visitors."""

import click

from campaign import audit
from campaign.abuse import Switch, read_switches, switched_on, turn
from campaign.cli.graph import echo_json, opened
from campaign.core.clock import today

_MEANING = {
    Switch.PAUSE_SIGNING: "nobody can sign; letters go on",
    Switch.PAUSE_PDFS: "no PDF is made; texts, mails and the blank letters that were made before go on",
    Switch.FORCE_PROOF: "every browser calculates for a few seconds before it signs",
    Switch.STATIC_ONLY: "only pages that are the same for everybody, and the links in mails; nothing new is taken in",
}
_name = click.argument("name", type=click.Choice([one.value for one in Switch]))
_appeal = click.option("--appeal", default="", help="For this appeal alone; without it, for the whole site.")


@click.group()
def switch() -> None:
    """Turn parts of the site off for a while. Every process sees it within a second.

    Each page then says what people can do instead, with status 503 and the time to come back; what they typed stays in
    their form.
    """


@switch.command("list", epilog="Example: bin/campaign switch list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """Show what there is to switch, and what is on."""
    with opened() as runtime:
        with runtime.database.reading() as session:
            found = sorted(switched_on(session))
        always = {name for name, _slug in read_switches(runtime.settings.switches)}
    where = {one: [slug or "everywhere" for name, slug in found if name == one] for one in Switch}
    if as_json:
        echo_json({one.value: {"on": where[one], "in settings": one.value in always} for one in Switch})
        return
    for one in Switch:
        places = ["everywhere, by the setting SWITCHES"] * (one.value in always) + where[one]
        click.echo(f"{one.value:<14} {', '.join(places) or 'off':<12} {_MEANING[one]}")


@switch.command(epilog="Example: bin/campaign switch on pause-signing --appeal ua-61-21")
@_name
@_appeal
def on(name: str, appeal: str) -> None:
    """Turn a switch on."""
    _turn(Switch(name), appeal, on=True)


@switch.command(epilog="Example: bin/campaign switch off pause-signing")
@_name
@_appeal
def off(name: str, appeal: str) -> None:
    """Turn a switch off; one that stands in the setting SWITCHES stays on."""
    _turn(Switch(name), appeal, on=False)


def _turn(which: Switch, slug: str, *, on: bool) -> None:
    word, where = "on" if on else "off", f"for {slug}" if slug else "everywhere"
    with opened() as runtime:
        if slug:
            runtime.published(slug)
        with runtime.database.unit_of_work() as session:
            turn(session, which, slug, on=on)
            audit.record(session, today(runtime.clock), audit.Actor.COMMAND, f"switch {word}", f"{which}, {where}")
        still = (which.value, "") in read_switches(runtime.settings.switches) and not on
    click.echo(f"{which} is {word} {where}.")
    if still:
        click.echo("It stays on all the same: the setting SWITCHES names it.", err=True)
