"""The command group: what every command shares, and how failures become one sentence."""

import sys

import click

from campaign.cli.appeals import appeals
from campaign.cli.audit import audit
from campaign.cli.domains import domains
from campaign.cli.drill import drill
from campaign.cli.keys import keys
from campaign.cli.letters import envelope, letter, mailto
from campaign.cli.letters_print import letters
from campaign.cli.missions import missions
from campaign.cli.names import names
from campaign.cli.purge import purge
from campaign.cli.restore import restore_check
from campaign.cli.setup import setup
from campaign.cli.signatures import signatures
from campaign.cli.switches import switch
from campaign.cli.worker import worker
from campaign.core.errors import CampaignError

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=_HELP, epilog="Every command has --help with examples.")
def cli() -> None:
    """Letters and signatures for an urgent action, from the terminal."""


_WRITING = (letter, letters, mailto, envelope, missions)
_RUNNING = (setup, worker, audit, purge, restore_check, drill)
_GUARDING = (domains, names, switch)
for command in (appeals, keys, signatures, *_WRITING, *_GUARDING, *_RUNNING):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a failure somebody can mend is one sentence and exit status 1, never a traceback."""
    try:
        cli(prog_name="bin/campaign", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except CampaignError as error:
        click.echo(f"{error}", err=True)
        sys.exit(1)
    except OSError as error:  # the disk, a stick, a terminal that went away: what they refuse says enough
        click.echo(f"Stopped: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.", err=True)
        sys.exit(1)
