"""``domains``: which mail domains are never a signal, and which get no mail."""

import click

from campaign import audit
from campaign.abuse import Rule, Verdict, domain_of, domain_rules, is_disposable, verdicts
from campaign.cli.graph import echo_json, opened
from campaign.core.clock import today

_domain = click.argument("domain")


@click.group()
def domains() -> None:
    """Allow and block mail domains. A rule for a domain is one for everything below it.

    The lists hold keyed hashes, so that a stolen database does not tell whom you block. They cannot be read back: keep
    your own list where your other secrets are.
    """


@domains.command(epilog="Example: bin/campaign domains allow example.org")
@_domain
def allow(domain: str) -> None:
    """Never take this domain for a throw-away one or for a burst."""
    _put(domain, Verdict.ALLOW)


@domains.command(epilog="Example: bin/campaign domains block example.org")
@_domain
def block(domain: str) -> None:
    """Send no mail to this domain. Signatures from there are never confirmed, and nobody is told."""
    _put(domain, Verdict.BLOCK)


@domains.command(epilog="Example: bin/campaign domains forget example.org")
@_domain
def forget(domain: str) -> None:
    """Take a domain off both lists."""
    _put(domain, None)


@domains.command("list", epilog="Example: bin/campaign domains list example.org")
@click.argument("domain", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(domain: str | None, *, as_json: bool) -> None:
    """Show the rules, or with DOMAIN what holds for it. Rules are shown by the beginning of their hash."""
    with opened() as runtime, runtime.database.reading() as session:
        if domain:
            name = domain_of(domain)
            verdict = runtime.guard.lists.verdict(verdicts(session), name)
            click.echo(f"{name}: {verdict or 'no rule'}{', throw-away' if is_disposable(name) else ''}")
            return
        rules = domain_rules(session)
    if as_json:
        echo_json([_plain(rule) for rule in rules])
        return
    click.echo(f"{len(rules)} rule(s)")
    for rule in rules:
        click.echo(f"  {rule.verdict:<6} {rule.domain_hash.hex()[:16]}…  since {rule.day}")


def _plain(rule: Rule) -> dict[str, str]:
    return {"hash": rule.domain_hash.hex(), "verdict": rule.verdict.value, "day": rule.day.isoformat()}


def _put(domain: str, verdict: Verdict | None) -> None:
    with opened() as runtime:
        day = today(runtime.clock)
        with runtime.database.unit_of_work() as session:
            runtime.guard.lists.put(session, domain, verdict, day)
            done = f"a mail domain, {verdict or 'no rule any more'}"  # not which: the log is read by more people
            audit.record(session, day, audit.Actor.COMMAND, "domain rule", done)
    click.echo(f"{domain_of(domain)}: {verdict or 'no rule'}.")
