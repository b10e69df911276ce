"""Mail domains: throw-away mailboxes, and the organisers' own lists of allowed and blocked ones.

The lists hold keyed hashes: a stolen database does not tell whom the organisers block, and neither do we. A rule for a
domain is one for everything below it; the longest that fits decides.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import idna
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campaign.abuse.tables import DomainRule
from campaign.core.errors import RefusedError

_LIST = Path(__file__).with_name("disposable-domains.txt")
_MOST_PARTS = 5

# Where many people have their mailbox, a burst says nothing. Rough: whatever is missing can be put on the allow list.
_LARGE = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.fr",
        "hotmail.co.uk",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "yahoo.ca",
        "yahoo.co.uk",
        "icloud.com",
        "me.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "wanadoo.fr",
        "sfr.fr",
        "videotron.ca",
        "bell.net",
        "rogers.com",
        "shaw.ca",
        "telus.net",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "tuta.com",
        "riseup.net",
        "libero.it",
        "seznam.cz",
        "wp.pl",
        "btinternet.com",
        "comcast.net",
    ]
)


class Verdict(StrEnum):
    """What the organisers decided about a domain."""

    ALLOW = "allow"
    BLOCK = "block"


@dataclass(frozen=True)
class Rule:
    """One line of the lists; the hash is all there is of the domain."""

    domain_hash: bytes
    verdict: Verdict
    day: date


def domain_of(address: str) -> str:
    """Return the domain of an address (or of a bare domain) in lower case and in ASCII (IDNA 2008)."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def checked_domain(text: str) -> str:
    """Return a domain somebody typed, in ASCII; raises :class:`RefusedError` for what is none."""
    domain = domain_of(text)
    try:
        idna.encode(domain)
    except idna.IDNAError:
        domain = ""
    if "." not in domain:
        raise RefusedError(f"“{text[:80]}” is no domain. Write it like example.org, without anything before it.")
    return domain


def _above(domain: str) -> Iterator[str]:
    """Give a domain and those it lies in, the longest first, but no top-level domain."""
    parts = domain.split(".")[-_MOST_PARTS:]
    for start in range(len(parts) - 1):
        yield ".".join(parts[start:])


@lru_cache(maxsize=1)
def _disposable() -> frozenset[str]:
    return frozenset(one for one in _LIST.read_text(encoding="ascii").split("\n") if one and not one.startswith("#"))


def is_disposable(domain: str) -> bool:
    """Say whether mailboxes there are thrown away; also true of what lies below such a domain."""
    return any(one in _disposable() for one in _above(domain))


def is_large(domain: str) -> bool:
    """Say whether so many people have a mailbox there that many of them at once are nothing strange."""
    return domain in _LARGE


class DomainLists:
    """Looks domains up in the lists; ``repr`` does not show the key."""

    def __init__(self, secret: bytes) -> None:
        """Make hashes with a key derived from ``secret``, which is outside the database."""
        self._key = hmac.digest(secret, b"campaign mail domains", "sha256")

    def hash(self, domain: str) -> bytes:
        """Return the 32-byte keyed hash of a domain."""
        return hmac.digest(self._key, domain.encode("utf-8", "replace"), "sha256")

    def verdict(self, rules: Mapping[bytes, Verdict], domain: str) -> Verdict | None:
        """Return what was decided about a domain, or ``None``."""
        if not rules:
            return None
        found = (rules.get(self.hash(one)) for one in _above(domain))
        return next((one for one in found if one), None)

    def is_blocked(self, session: Session, address: str) -> bool:
        """Say of an address whether its domain gets no mail."""
        return self.verdict(verdicts(session), domain_of(address)) is Verdict.BLOCK

    def put(self, session: Session, domain: str, verdict: Verdict | None, day: date) -> None:
        """Put a domain on a list, or take it off both with ``None``; raises :class:`RefusedError` for no domain."""
        name = self.hash(checked_domain(domain))
        session.execute(delete(DomainRule).where(DomainRule.domain_hash == name))
        if verdict:
            session.execute(insert(DomainRule).values(domain_hash=name, verdict=verdict.value, day=day))

    def __repr__(self) -> str:
        return "DomainLists(…)"


def domain_rules(session: Session) -> list[Rule]:
    """Return every rule, by day."""
    query = select(DomainRule.domain_hash, DomainRule.verdict, DomainRule.day)
    found = (Rule(name, Verdict(verdict), day) for name, verdict, day in session.execute(query))
    return sorted(found, key=lambda rule: (rule.day, rule.domain_hash))


def verdicts(session: Session) -> dict[bytes, Verdict]:
    """Return every rule by the hash of its domain."""
    return {rule.domain_hash: rule.verdict for rule in domain_rules(session)}
