"""Killing the server, its database and its render workers while people sign."""

import contextlib
import http.client
import os
import random
import signal
import time
from http import HTTPStatus

from campaign.cli.drills.counting import count_signatures
from campaign.cli.drills.outcome import LeftOutError, Orders, Outcome
from campaign.cli.drills.postgresql import PostgresServer, own_database, own_server
from campaign.cli.drills.processes import running
from campaign.cli.drills.signers import Signers
from campaign.cli.drills.site import Site, throw_away_site

_SQLITE_KILLS, _POSTGRESQL_KILLS, _RESTARTS, _RENDER_KILLS = 40, 12, 6, 10
_MOST_BEFORE_A_KILL = 150
_LETTER_SECONDS = 60.0


def kill_sqlite(orders: Orders) -> Outcome:
    """Kill the web server, over SQLite."""
    kills = orders.kills or _SQLITE_KILLS
    with throw_away_site(orders.folder / "site") as site:
        return _outcome("kill-sqlite", site, _killed(site, kills, orders), f"{kills} kills of the server")


def kill_postgresql(orders: Orders) -> Outcome:
    """Kill the web server, and by turns the database server with all its processes."""
    kills = orders.kills or _POSTGRESQL_KILLS
    with contextlib.ExitStack() as stack:
        own = None if orders.postgresql else stack.enter_context(own_server())
        address = stack.enter_context(own_database(own.address if own else orders.postgresql))
        site = stack.enter_context(throw_away_site(orders.folder / "site", address))
        signers = _killed(site, kills, orders, own)
        what = "kills, of the server and of PostgreSQL by turns" if own else "kills of the server"
        return _outcome("kill-postgresql", site, signers, f"{kills} {what}")


def _killed(site: Site, kills: int, orders: Orders, database: PostgresServer | None = None) -> Signers:
    chance = random.Random()  # noqa: S311  moments, not secrets
    site.start()
    signers = Signers(site.port, site.appeal)
    signers.start()
    for n in range(1, kills + 1):
        signers.wait_for(chance.randint(1, _MOST_BEFORE_A_KILL))
        time.sleep(chance.random() * 0.02)
        if database is not None and n % 2 == 0:
            database.kill()
            database.start()
        else:
            site.kill()
            site.start()
        orders.tell(f"kill {n} of {kills}, {len(signers.acknowledged):,} people thanked")
    signers.wait_for(10)
    signers.stop()
    site.stop()
    return signers


def _outcome(name: str, site: Site, signers: Signers, done: str) -> Outcome:
    count = count_signatures(site, signers.acknowledged, signers.tried)
    return Outcome(name, len(signers.acknowledged), count.lost, count.duplicated, done, broken=count.broken)


def restart_postgresql(orders: Orders) -> Outcome:
    """Restart the database under a server that goes on: by turns as an administrator does, and by kill -9."""
    if orders.postgresql:
        raise LeftOutError("restarts only a PostgreSQL server of its own: leave --postgresql out")
    restarts = orders.kills or _RESTARTS
    with (
        own_server() as server,
        own_database(server.address) as address,
        throw_away_site(orders.folder / "site", address) as site,
    ):
        site.start()
        signers = Signers(site.port, site.appeal)
        signers.start()
        for n in range(1, restarts + 1):
            signers.wait_for(40)
            if n % 2:
                server.stop()
            else:
                server.kill()
            server.start()
            orders.tell(f"restart {n} of {restarts}, {len(signers.acknowledged):,} people thanked")
        signers.wait_for(40)
        signers.stop()
        site.stop()
        return _outcome("restart-postgresql", site, signers, f"{restarts} restarts, half of them by kill -9")


def kill_render_workers(orders: Orders) -> Outcome:
    """Kill the process that draws letters: everybody gets theirs all the same, when they ask again."""
    kills = orders.kills or _RENDER_KILLS
    chance = random.Random()  # noqa: S311  moments, not secrets
    with throw_away_site(orders.folder / "site") as site:
        site.start()
        signers = Signers(site.port, site.appeal)
        without = 0
        for n in range(1, kills + 1):
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
            address = signers.next_address()
            status, cookies = signers.sign(connection, address)
            if status == HTTPStatus.SEE_OTHER:
                signers.acknowledged.append(address)
                path = f"/{site.appeal.slug}/letters/{site.appeal.recipients[0].id}.pdf"
                connection.request("GET", path, headers={"Cookie": cookies})
                time.sleep(chance.random() * 0.3)
                for pid in running(site.pid, "campaign.letters.render_process"):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                without += not _comes(connection, path, cookies)
            connection.close()
            orders.tell(f"kill {n} of {kills}")
        signers.stop()
        site.stop()
        count = count_signatures(site, signers.acknowledged, signers.tried)
        done = f"{kills} kills of the process that draws letters; {without} people without their letter"
        thanked = len(signers.acknowledged)
        return Outcome("kill-render", thanked, count.lost + without, count.duplicated, done, broken=count.broken)


def _comes(connection: http.client.HTTPConnection, path: str, cookies: str) -> bool:
    """Say whether a letter comes, now or when it is asked for again, as the page advises."""
    give_up = time.monotonic() + _LETTER_SECONDS
    while time.monotonic() < give_up:
        answer = connection.getresponse()
        if answer.read().startswith(b"%PDF"):
            return True
        time.sleep(0.2)
        connection.request("GET", path, headers={"Cookie": cookies})
    return False
