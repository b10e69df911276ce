"""Everything that stands before signing, wired together: limits, proof of work, lists of domains, and switches."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from campaign.abuse import (
    DomainLists,
    Gate,
    On,
    Proofs,
    Salts,
    Switch,
    Ticket,
    is_on,
    read_limits,
    read_switches,
    small_countries,
    sweep_expired,
    switched_on,
    verdicts,
)
from campaign.appeals.definition import Appeal
from campaign.core.clock import Clock
from campaign.core.database import Database
from campaign.core.errors import UnavailableError
from campaign.signatures.arrivals import Admission, Arrival, Doorkeeper, House, crowded_countries

_T = TypeVar("_T")


class Lately(Protocol):
    """Reads something about an appeal at most once a second: ``(what, slug, read)``."""

    def __call__(self, what: str, slug: str, read: Callable[[Session, str], _T], /) -> _T:
        """Return what ``read`` gives, or gave a moment ago."""
        ...


class Guard:
    """Asks the database for nothing that it has not written anyway, but the lists and switches once a second."""

    def __init__(
        self, clock: Clock, lately: Lately, run_folder: Path, secrets: tuple[bytes, bytes], limits: str, switches: str
    ) -> None:
        """Keep the day's secret in ``run_folder``; ``secrets`` sign challenges and key the lists of domains."""
        self._clock, self._lately = clock, lately
        self._always_on = read_switches(switches)
        self._seen: On = frozenset()
        self.gate, self.salts, self.lists = Gate(), Salts(run_folder), DomainLists(secrets[1])
        self.proofs = Proofs(secrets[0])
        self._limits = read_limits("sign", limits)

    def on(self, switch: Switch, slug: str = "") -> bool:
        """Say whether a switch is on for an appeal, as of a second ago, or as last seen while the database is away."""
        return is_on(self._always_on, switch, slug) or is_on(self._switches(), switch, slug)

    def look(self, appeal: Appeal, arrival: Arrival, *, asks: bool) -> Admission:
        """Return how a signature may come in; raises what it lacks (:meth:`Doorkeeper.look`)."""
        crowded = appeal.keep_country and arrival.country in small_countries()
        house = House(
            asks=asks,
            forced=self.on(Switch.FORCE_PROOF, appeal.slug),
            rules=self._lately("domains", "", lambda session, _slug: verdicts(session)),
            crowded=self._lately("crowded", appeal.slug, crowded_countries) if crowded else frozenset(),
        )
        return self._keeper().look(arrival, house, self._clock.now())

    def letters(self, address: str) -> tuple[Ticket, bool]:
        """Return the ticket of letters without a signature, and whether they go into the public numbers."""
        return self._keeper().letters(address, self._clock.now())

    def _keeper(self) -> Doorkeeper:
        return Doorkeeper(self.gate, self.salts, self.proofs, self.lists, self._limits)

    def challenge(self) -> dict[str, Any]:
        """Return a new challenge for a browser's script."""
        return self.proofs.challenge()

    def sweep(self, database: Database) -> None:
        """Delete what has expired, and the secrets of earlier days."""
        now = self._clock.now()
        self.salts.forget_before(now.date())
        with database.unit_of_work(durable=False) as session:
            sweep_expired(session, now)

    def _switches(self) -> On:
        # A form that cannot be saved must still be shown again with all that was typed.
        with suppress(UnavailableError):
            self._seen = self._lately("switches", "", lambda session, _slug: switched_on(session))
        return self._seen
