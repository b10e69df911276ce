"""How a signature comes in: what is noticed, what it has to bring, and whether it waits for somebody to look.

Nothing that is noticed refuses anybody. Proof of work is asked for without an address, over the limits of a
neighbourhood, and when the organisers have switched it on. A browser that runs no scripts cannot bring any: its
signature is taken all the same, and counts when the mail was answered or, where nobody can be asked by mail, when the
organisers have looked. What waits for them is limited; what waits for a mail is not, since an address gets five mails a
day and only its owner can confirm.

All who come through the onion service share no neighbourhood: each line has limits of its own, and because lines cost
nothing, all of them together may do ten times what one may. So nobody can use up the others' share with a single line.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.abuse import (
    FREE,
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
    is_onion,
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
_ALL_LINES, _AS_MANY_LINES = b"all lines of the onion service", 10

# Thirty people at one table who take several letters each, one after the other, stay far below.
_LETTERS = (Limit(b"letters", 200, 3600), Limit(b"letters", 600, 86400))


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
    """What a signature may come in with: its ticket for the intake, its signals, and whether it waits for review.

    ``letters_count``: its letters go into the public numbers.
    """

    ticket: Ticket
    flags: Flag
    held: bool
    letters_count: bool = True


class Doorkeeper:
    """Looks at arrivals before anything costly is done with them."""

    def __init__(self, gate: Gate, salts: Salts, proofs: Proofs, lists: DomainLists, limits: Collection[Limit]) -> None:
        """Let in what ``limits`` allow one neighbourhood without proof of work."""
        self._gate, self._salts, self._proofs, self._lists, self._limits = gate, salts, proofs, lists, tuple(limits)

    def look(self, arrival: Arrival, house: House, now: datetime) -> Admission:
        """Return how a signature may come in; raises what it lacks: :class:`ProofNeededError`, or `CrowdedError`."""
        seconds = now.timestamp()
        who = neighbourhood(arrival.address)
        hits = self._hits(self._limits, who, now)
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
        letters_count = True
        if proof:
            ticket = Ticket(noticed=free + counted, proof=proof)
        elif not (over or house.forced or not arrival.email):
            ticket = Ticket(free, counted)
        elif arrival.scripts:
            raise ProofNeededError("This signature needs proof of work.")
        else:
            letters, letters_count = self.letters(arrival.address, now)
            waits = self._waiting(who, now) if not (arrival.email and house.asks) else ()
            held = held or bool(waits)
            ticket = Ticket(waits, counted + letters.noticed, way_out=CrowdedError)
        return Admission(ticket, flags | Flag.HELD if held else flags, held, letters_count)

    def letters(self, address: str, now: datetime) -> tuple[Ticket, bool]:
        """Return the ticket of letters that come without a signature, and whether they go into the public numbers.

        Nobody is refused letters. But beyond what people at one table take, a machine takes them to be counted. Without
        limits for signatures there are none for letters either.
        """
        if not self._limits:
            return FREE, True
        who = neighbourhood(address)
        hits = [limit.hit(self._salts, _ALL_LINES if is_onion(who) else who, now) for limit in _LETTERS]
        free = tuple(hit for hit in hits if not self._gate.is_full(hit, now.timestamp()))
        return Ticket(noticed=free), len(free) == len(hits)

    def _waiting(self, who: bytes, now: datetime) -> tuple[Hit, ...]:
        """Return what a signature counts that waits for the organisers, who can look at so many and no more."""
        hits = self._hits([_WITHOUT_SCRIPTS], who, now)
        if any(self._gate.is_full(hit, now.timestamp()) for hit in hits):
            raise CrowdedError("Too many signatures came without proof of work.")
        return tuple(hits)

    def _hits(self, limits: Collection[Limit], who: bytes, now: datetime) -> list[Hit]:
        hits = [limit.hit(self._salts, who, now) for limit in limits]
        if is_onion(who):
            shared = (replace(limit, most=limit.most * _AS_MANY_LINES) for limit in limits)
            hits += [limit.hit(self._salts, _ALL_LINES, now) for limit in shared]
        return hits

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
