"""How a signature comes in: what is noticed, what it has to bring, and whether it waits for somebody to look.

Nothing that is noticed refuses anybody. Proof of work is asked for without an address, over the limits of a
neighbourhood, and when the organisers have switched it on. A browser that runs no scripts cannot bring any: its
signature is taken all the same, within a limit of its own, and counts when the mail was answered or, where nobody can
be asked by mail, when the organisers have looked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.abuse import (
    CrowdedError,
    DomainLists,
    Gate,
    Hit,
    Limit,
    ProofNeededError,
    Proofs,
    Salts,
    Ticket,
    Verdict,
    domain_of,
    is_disposable,
    is_large,
    most_likely,
    neighbourhood,
    small_countries,
)
from campaign.signatures.flags import Flag
from campaign.signatures.tables import State, Total

FAST_SECONDS = 3
"""Nobody fills in the form in less time after it was shown; some browsers do."""

_DOMAIN_AN_HOUR = Limit(b"mail domain", 100, 3600)
_WITHOUT_SCRIPTS = Limit(b"without scripts", 50, 3600)


@dataclass(frozen=True)
class Arrival:
    """How a form came. It lives as long as the request, and ``repr`` shows nothing of it.

    ``address`` is the visitor's network address, ``seconds`` the time since the form was shown (``None``: unknown),
    ``proof`` what the page's script calculated, ``scripts`` whether the browser runs any, ``trapped`` whether the field
    was filled in that people do not see.
    """

    address: str = field(repr=False)
    email: str = field(repr=False)
    country: str = field(repr=False)
    proof: str = field(default="", repr=False)
    scripts: bool = True
    trapped: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class House:
    """What holds just now: whether mail can ask for confirmation, whether all need proof of work, and the lists.

    ``crowded`` are the small countries that more signatures came from than is likely.
    """

    asks: bool
    forced: bool = False
    rules: Mapping[bytes, Verdict] = field(default_factory=dict)
    crowded: Collection[str] = frozenset()


@dataclass(frozen=True)
class Admission:
    """What a signature may come in with: its ticket for the intake, its signals, and whether it waits for review."""

    ticket: Ticket
    flags: Flag
    held: bool


class Doorkeeper:
    """Looks at arrivals before anything costly is done with them."""

    def __init__(self, gate: Gate, salts: Salts, proofs: Proofs, lists: DomainLists, limits: Collection[Limit]) -> None:
        """Let in what ``limits`` allow one neighbourhood without proof of work."""
        self._gate, self._salts, self._proofs, self._lists, self._limits = gate, salts, proofs, lists, tuple(limits)

    def look(self, arrival: Arrival, house: House, now: datetime) -> Admission:
        """Return how a signature may come in; raises what it lacks: :class:`ProofNeededError`, or `CrowdedError`."""
        seconds = now.timestamp()
        who = neighbourhood(arrival.address)
        hits = [limit.hit(self._salts, who, now) for limit in self._limits]
        free = tuple(hit for hit in hits if not self._gate.is_full(hit, seconds))
        over = len(free) < len(hits)
        domain = domain_of(arrival.email) if arrival.email else ""
        verdict = self._lists.verdict(house.rules, domain) if domain else None
        counted, burst = self._domain(domain, verdict, now)
        proof = self._proofs.check(arrival.proof) if arrival.proof else None
        flags = _flags(arrival, house, domain, verdict)
        if over or burst:
            flags |= Flag.BURST
        held = verdict is Verdict.BLOCK and not house.asks
        if proof:
            ticket = Ticket(noticed=free + counted, proof=proof)
        elif not (over or house.forced or not arrival.email):
            ticket = Ticket(free, counted)
        elif arrival.scripts:
            raise ProofNeededError("This signature needs proof of work.")
        else:
            ticket = self._without_scripts(who, now, counted)
            held = held or not (arrival.email and house.asks)
        return Admission(ticket, flags | Flag.HELD if held else flags, held)

    def _without_scripts(self, who: bytes, now: datetime, counted: tuple[Hit, ...]) -> Ticket:
        """Return the ticket for a browser that cannot calculate."""
        hit = _WITHOUT_SCRIPTS.hit(self._salts, who, now)
        if self._gate.is_full(hit, now.timestamp()):
            raise CrowdedError("Too many signatures came without proof of work.")
        return Ticket((hit,), counted, way_out=CrowdedError)

    def _domain(self, domain: str, verdict: Verdict | None, now: datetime) -> tuple[tuple[Hit, ...], bool]:
        """Return what to count of a mail domain, and whether it is known for a burst."""
        if not domain or verdict is Verdict.ALLOW or is_large(domain):
            return (), False
        hit = _DOMAIN_AN_HOUR.hit(self._salts, domain.encode("utf-8", "replace"), now)
        burst = self._gate.is_full(hit, now.timestamp())
        return (() if burst else (hit,)), burst


def _flags(arrival: Arrival, house: House, domain: str, verdict: Verdict | None) -> Flag:
    flags = Flag.NONE
    if arrival.trapped:
        flags |= Flag.HONEYPOT
    if arrival.seconds is not None and arrival.seconds < FAST_SECONDS:
        flags |= Flag.FAST
    if verdict is Verdict.BLOCK:
        flags |= Flag.BLOCKED
    if domain and verdict is None and is_disposable(domain):
        flags |= Flag.DISPOSABLE
    if arrival.country in house.crowded:
        flags |= Flag.UNLIKELY_COUNTRY
    return flags


def crowded_countries(session: Session, slug: str) -> frozenset[str]:
    """Return the small countries that an appeal has more signatures from than is likely, as last counted."""
    query = select(Total.country, func.sum(Total.n)).where(
        Total.slug == slug, Total.state != State.INVALIDATED, Total.country.in_(small_countries())
    )
    found = session.execute(query.group_by(Total.country)).all()
    return frozenset(country for country, n in found if n >= (most_likely(country) or 0))
