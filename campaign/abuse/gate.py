"""Letting signatures in: a few from one neighbourhood just so, more of them for proof of work.

Campuses, mosques and whole mobile networks share a neighbourhood, so being many is no reason to be refused. Who is over
a limit is decided in the transaction that stores the signature, with one statement for all that are stored together. A
process remembers which limits are full until their minute or hour is over: then it asks nothing of the database.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from campaign.abuse.limiting import Hit, count
from campaign.abuse.proof import Proof, use_proof
from campaign.core.errors import RefusedError

_MOST_REMEMBERED = 50_000


class ProofNeededError(RefusedError):
    """This signature comes in with (another) proof of work only."""


class CrowdedError(RefusedError):
    """Too many came without proof of work, also by the way that is left for browsers without scripts."""


@dataclass(frozen=True)
class Ticket:
    """What one signature counts, and the proof it uses up.

    A hit in ``limits`` that is one too many turns the signature away; those in ``noticed`` only remember.
    """

    limits: tuple[Hit, ...] = ()
    noticed: tuple[Hit, ...] = ()
    proof: Proof | None = field(default=None, repr=False)
    way_out: type[RefusedError] = ProofNeededError


FREE = Ticket()
"""What counts nothing: letters without a signature."""


class Gate:
    """Counts and decides; any number of threads may use it."""

    def __init__(self) -> None:
        """Remember nothing yet: what other processes know is in the database."""
        self._full: dict[bytes, int] = {}

    def is_full(self, hit: Hit, now: float) -> bool:
        """Say whether the limit of ``hit`` is known to be full at ``now`` (seconds since 1970)."""
        return self._full.get(hit.key_hash, 0) > now

    def admit(self, connection: Connection, tickets: Sequence[Ticket]) -> list[RefusedError | None]:
        """Count the tickets in the connection's transaction; return for each why it is turned away, or ``None``.

        Proofs are used up in the same transaction: what is not stored has not cost anybody anything. Everything is
        locked in one order, so that transactions which share hits or proofs do not wait for each other in a circle.
        """
        hits = [hit for ticket in tickets for hit in (*ticket.limits, *ticket.noticed)]
        now_counted = count(connection, hits)
        given = Counter(hit.key_hash for hit in hits)
        so_far = {key: n - given[key] for key, n in now_counted.items()}
        refused = [self._refused(ticket, so_far) for ticket in tickets]
        for hit in hits:
            if now_counted[hit.key_hash] >= hit.most:
                self._remember(hit)
        with_proof = [place for place, ticket in enumerate(tickets) if ticket.proof]
        for place in sorted(with_proof, key=lambda place: tickets[place].proof.id):  # type: ignore[union-attr]
            proof = tickets[place].proof
            if proof and refused[place] is None and not use_proof(connection, proof):
                refused[place] = ProofNeededError("This proof of work was used before.")
        return refused

    def _refused(self, ticket: Ticket, so_far: dict[bytes, int]) -> RefusedError | None:
        """Count one ticket on top of those before it; return why it is turned away."""
        error: RefusedError | None = None
        for hit in (*ticket.limits, *ticket.noticed):
            so_far[hit.key_hash] += 1
        if any(so_far[hit.key_hash] > hit.most for hit in ticket.limits):
            error = ticket.way_out("There were too many signatures from this part of the network.")
        return error

    def _remember(self, hit: Hit) -> None:
        if len(self._full) >= _MOST_REMEMBERED:
            now = time.time()
            self._full = {key: end for key, end in self._full.items() if end > now}
        if len(self._full) < _MOST_REMEMBERED:
            self._full[hit.key_hash] = hit.expires_at
