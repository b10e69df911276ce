"""``signatures review``, ``invalidate``, ``accept``, ``restore``: decisions about many signatures at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from campaign import audit
from campaign.cli.graph import echo_json, opened
from campaign.core.clock import today
from campaign.core.errors import CampaignError
from campaign.runtime import Runtime
from campaign.signatures import (
    INVALIDATE,
    Decision,
    Finding,
    Flag,
    State,
    Which,
    batches,
    decide,
    findings,
    flag_called,
    preview,
    restore,
    shared_addresses,
)

# A choice and not a text of one's own: the log of what was done must not name anybody.
REASONS = ("flood", "throw-away", "impossible-country", "shared-address", "not-theirs", "test")
_FLAGS = [name for one in Flag for name in one.names]
_Command = Callable[..., None]


def _narrowing(command: _Command) -> _Command:
    """Give a command the options that say which signatures it is about."""
    options = (
        click.argument("appeal"),
        click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Only of this day (UTC)."),
        click.option("--flag", "flags", type=click.Choice(_FLAGS), multiple=True, help="Only with this signal."),
        click.option("--country", default="", help="Only from this country, for example VA."),
        click.option("--apply", "really", is_flag=True, help="Do it; without this option nothing is changed."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog="Example: bin/campaign signatures review ua-61-21")
@click.argument("appeal")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def review(appeal: str, *, as_json: bool) -> None:
    """Count by day, state and signals, to find a flood; no names. Shows also what was decided before."""
    with opened() as runtime, runtime.database.reading() as session:
        runtime.published(appeal)
        found, shared = findings(session, appeal), shared_addresses(session, appeal)
        decided = [_plain_batch(batch, n) for batch, n in batches(session, appeal)]
    if as_json:
        rows = [{"day": one.day, "state": one.state, "flags": one.flags.names, "n": one.n} for one in found]
        echo_json({"appeal": appeal, "signatures": rows, "shared-address": shared, "batches": decided})
        return
    for day in sorted({one.day for one in found}):
        _echo_day(str(day), [one for one in found if one.day == day])
    if shared:
        click.echo(f"{shared:,} signature(s) share an address with at least two others (shared-address).")
    for one in decided:
        undone = f", undone {one['restored']}" if one["restored"] else ""
        click.echo(f"Batch {one['batch']} of {one['day']}: {one['n']:,} {one['verdict']}, {one['reason']}{undone}")


def _plain_batch(batch: Any, n: int) -> dict[str, Any]:
    said = ("day", "verdict", "reason", "restored")
    return {"batch": batch.id, "n": n, **{name: getattr(batch, name) for name in said}}


def _echo_day(day: str, found: Sequence[Finding]) -> None:
    states: Counter[str] = Counter()
    for one in found:
        states[one.state.value] += one.n
    click.echo(f"{day}: " + ", ".join(f"{n:,} {state}" for state, n in states.items()))
    for one in found:
        if one.flags:
            click.echo(f"  {one.n:>8,} {one.state.value:<12} {', '.join(one.flags.names)}")


@click.command(epilog="Example: bin/campaign signatures invalidate ua-61-21 --flag burst --reason flood --apply")
@_narrowing
@click.option("--state", type=click.Choice([one.value for one in INVALIDATE]), help="Only in this state.")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why; it is written into the audit log.")
def invalidate(reason: str, state: str | None, **which: Any) -> None:
    """Strike out many at once; “signatures restore” undoes it.

    Without --apply it says how many they would be, and changes nothing.
    """
    _decide(Decision(State.INVALIDATED, INVALIDATE, reason), State(state) if state else None, **which)


@click.command(epilog="Example: bin/campaign signatures accept ua-61-21 --day 2026-11-21 --apply")
@_narrowing
def accept(**which: Any) -> None:
    """Let signatures count that wait for somebody to look. They count as unverified ones.

    They came without an address from browsers that run no scripts, or from blocked domains where no mail is sent. What
    nobody has accepted in seven days is deleted. Those that wait for their owners to answer a mail stay as they are.
    """
    which["flags"] = (*which["flags"], "held")
    _decide(Decision(State.UNVERIFIED, (State.PENDING,), "accepted"), None, **which)


@click.command("restore", epilog="Example: bin/campaign signatures restore 1f2e3d4c")
@click.argument("batch")
def undo(batch: str) -> None:
    """Undo a batch of “accept” or “invalidate”.

    What it has moved goes back to the state it had; “signatures review” lists the batches.
    """
    with opened() as runtime:
        day = today(runtime.clock)
        done = restore(runtime.database, runtime.keys.row_key, batch, day)
        with runtime.database.unit_of_work() as session:
            audit.record(session, day, audit.Actor.COMMAND, "batch undone", f"{batch}: {done.moved} signature(s)")
    click.echo(f"Brought back {done.moved:,} signature(s).")
    if done.held:
        click.echo(f"{done.held:,} stay as they are: their addresses have been confirmed with another signature since.")


def _decide(
    decision: Decision,
    state: State | None,
    *,
    appeal: str,
    day: datetime | None,
    flags: tuple[str, ...],
    country: str,
    really: bool,
) -> None:
    wanted = Flag.NONE
    for name in flags:
        wanted |= flag_called(name)
    which = Which(appeal, day.date() if day else None, wanted, country.upper(), state)
    with opened() as runtime:
        runtime.published(appeal)
        with runtime.database.reading() as session:
            n = preview(session, which, decision)
        if not n:
            raise CampaignError(f"{appeal} has no such signatures.")
        if not really:
            click.echo(f"{n:,} signature(s) would be {decision.verdict}. Nothing was changed; add --apply to do it.")
            return
        _move(runtime, which, decision)


def _move(runtime: Runtime, which: Which, decision: Decision) -> None:
    day = today(runtime.clock)
    batch, moved = decide(runtime.database, runtime.keys.row_key, which, decision, day)
    with runtime.database.unit_of_work() as session:
        done = f"{which.slug}: {moved} signature(s), {decision.reason}, batch {batch}"
        audit.record(session, day, audit.Actor.COMMAND, f"{decision.verdict} in review", done)
    click.echo(f"{moved:,} signature(s) are {decision.verdict} now. To undo: bin/campaign signatures restore {batch}")
