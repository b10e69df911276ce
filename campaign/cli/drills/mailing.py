"""Mail that has to wait: a mail server that comes and goes, and workers that are killed while they send."""

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from campaign.abuse import Salts
from campaign.cli.drills.counting import whole
from campaign.cli.drills.mail_sink import MailSink, mail_sink
from campaign.cli.drills.outcome import DrillError, Orders, Outcome
from campaign.cli.drills.signers import Signers
from campaign.cli.drills.site import Site, end, throw_away_site
from campaign.jobs.queue import Queue
from campaign.jobs.tasks import SEND_MAIL
from campaign.mail.delivery import Delivery, transport_for
from campaign.mail.message import Sender
from campaign.mail.outbox import count_waiting
from campaign.signatures import MailWriter

_TIMES_DOWN, _WORKER_KILLS, _PEOPLE = 3, 10, 300
_AHEAD = timedelta(hours=2)
_MOST_ROUNDS = 20
_PATIENCE_SECONDS = 180.0


class _ClockAhead:
    """A clock that goes before, so that nobody has to sit out the pauses between two tries."""

    def now(self) -> datetime:
        return datetime.now(UTC) + _AHEAD


def smtp_down(orders: Orders) -> Outcome:
    """Take the mail server away again and again while people sign and the site sends."""
    times = orders.kills or _TIMES_DOWN
    with mail_sink() as sink, throw_away_site(orders.folder / "site", **_settings(sink)) as site:
        site.start()
        signers = Signers(site.port, site.appeal, hands=1, twice=False)
        for n in range(1, times + 1):
            signers.start()
            signers.wait_for(60)
            signers.stop()
            sink.up()
            some = len(sink.taken) + random.randint(5, 40)  # noqa: S311  a moment, not a secret
            _until(lambda some=some: _ring(site) or len(sink.taken) >= some, "mails leave")  # type: ignore[misc]
            sink.down()
            orders.tell(f"away {n} of {times} times, {len(signers.acknowledged):,} people thanked")
        site.stop()
        sink.up()
        _send_the_rest(site)
        return _mail_outcome(
            "smtp-down", site, sink, signers, f"{times} times no mail server, cut off while it took mail"
        )


def kill_mail_workers(orders: Orders) -> Outcome:
    """Kill workers in the middle of their mails."""
    kills = orders.kills or _WORKER_KILLS
    with mail_sink() as sink, throw_away_site(orders.folder / "site", RUN_JOBS="false", **_settings(sink)) as site:
        site.start()
        signers = Signers(site.port, site.appeal, twice=False)
        signers.start()
        signers.wait_for(_PEOPLE)
        signers.stop()
        site.stop()
        sink.up()
        at_a_kill: set[str] = set()
        for n in range(1, kills + 1):
            worker = site.run(sys.executable, "-m", "campaign.cli", "worker")
            enough = len(sink.taken) + random.randint(1, 12)  # noqa: S311  a moment, not a secret
            try:
                _until(lambda enough=enough: _ring(site) or len(sink.taken) >= enough, "mails leave")  # type: ignore[misc]
                time.sleep(random.random() * 0.05)  # noqa: S311  else every kill would follow an acceptance at once
            finally:
                end(worker, signal.SIGKILL)
            time.sleep(0.1)  # the server still takes what was on its way
            at_a_kill.update(sink.taken[-1:])
            orders.tell(f"kill {n} of {kills}, {len(sink.taken):,} mails")
        _send_the_rest(site)
        return _mail_outcome("kill-worker", site, sink, signers, f"{kills} kills of a worker that sends", at_a_kill)


def _settings(sink: MailSink) -> dict[str, str]:
    return {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "MAIL_FROM": "drill@example.org"}


def _ring(site: Site) -> bool:
    """Ask for mail to be sent, as every signature does."""
    queue = Queue("", site.folder / "instance")
    queue.ring(SEND_MAIL)
    queue.close()
    time.sleep(0.02)
    return False


def _until(there: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not there():
        if time.monotonic() > give_up:
            raise DrillError(f"Waited in vain until {what}.")
        time.sleep(0.005)


def _send_the_rest(site: Site) -> None:
    """Do the rounds that are due within the next hours, now."""
    sender = Sender(site.environment["PUBLIC_URL"], site.environment["MAIL_FROM"])
    transport = transport_for(site.environment["SMTP_URL"], sender, sys.stderr)
    writer = MailWriter(salts=Salts(site.folder / "ahead"))  # not the site's: after midnight it would end its secret
    delivery = Delivery(site.database, _ClockAhead(), site.secret("OUTBOX_KEY"), writer, sender, transport)
    for _ in range(_MOST_ROUNDS):
        delivery.run()
        with site.database.reading() as session:
            if not count_waiting(session):
                return


def _mail_outcome(
    name: str,
    site: Site,
    sink: MailSink,
    signers: Signers,
    done: str,
    at_a_kill: set[str] = frozenset(),  # type: ignore[assignment]
) -> Outcome:
    got = Counter(sink.taken)
    copies = {to: n - 1 for to, n in got.items() if n > 1}
    excused = sum(to in at_a_kill for to in copies)
    lost = len(set(signers.acknowledged) - got.keys())
    if excused:
        done += f"; {excused} second copies of what was accepted in the moment of a kill"
    broken = whole(site.database)
    return Outcome(name, len(signers.acknowledged), lost, sum(copies.values()), done, excused, broken)
