"""A program for tests: on every line it reads it starts ``bin/campaign worker`` as a process that may be killed.

The workers are forks of it, so that a test that kills many of them waits for the imports only once.
"""

import os
import sys
from datetime import timedelta

import click

from campaign.cli.worker import worker
from campaign.mail import delivery

# What a killed worker had claimed is due again after a second here, and not after ten minutes.
delivery.LEASE = timedelta(seconds=1)

click.echo("ready")
for _line in sys.stdin:
    pid = os.fork()
    if not pid:
        worker.main(args=[], standalone_mode=False)
        os._exit(0)
    click.echo(pid)
    os.waitpid(pid, 0)
    click.echo("gone")
