"""Keeping floods out without watching people: limits, proof of work, domains, switches; others import from here."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.abuse.domains import (
    DomainLists,
    Rule,
    Verdict,
    domain_of,
    domain_rules,
    is_disposable,
    is_large,
    verdicts,
)
from campaign.abuse.gate import FREE, CrowdedError, Gate, ProofNeededError, Ticket
from campaign.abuse.limiting import Hit, Limit, SqlStorage, read_limits, sweep_counts
from campaign.abuse.populations import most_likely, small_countries
from campaign.abuse.proof import PROOF_SECONDS, Proof, Proofs, sweep_proofs
from campaign.abuse.salts import Salts, is_onion, neighbourhood
from campaign.abuse.switches import On, Switch, is_on, read_switches, switched_on, turn

__all__ = [
    "FREE",
    "PROOF_SECONDS",
    "CrowdedError",
    "DomainLists",
    "Gate",
    "Hit",
    "Limit",
    "On",
    "Proof",
    "ProofNeededError",
    "Proofs",
    "Rule",
    "Salts",
    "SqlStorage",
    "Switch",
    "Ticket",
    "Verdict",
    "domain_of",
    "domain_rules",
    "is_disposable",
    "is_large",
    "is_on",
    "is_onion",
    "most_likely",
    "neighbourhood",
    "read_limits",
    "read_switches",
    "small_countries",
    "sweep_counts",
    "sweep_expired",
    "switched_on",
    "turn",
    "verdicts",
]


def sweep_expired(session: Session, now: datetime) -> None:
    """Delete counts and used proofs whose time is over."""
    sweep_counts(session, now)
    sweep_proofs(session, now)
