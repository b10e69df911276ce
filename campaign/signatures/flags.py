"""What was noticed while somebody signed: never a reason to refuse, always one to look twice."""

from enum import IntFlag


class Flag(IntFlag):
    """Signals, added up in one number; several of them make a signature one for review."""

    NONE = 0
    HONEYPOT = 1
    """The field that people do not see was filled in (some browsers fill in everything)."""
    FAST = 2
    """The form was sent sooner after it was shown than anybody can type."""
    DISPOSABLE = 4
    """The address is of a provider of throw-away mailboxes."""
    BURST = 8
    """Many signatures from one neighbourhood of the network within a short time."""
    UNLIKELY_COUNTRY = 16
    """More signatures from a country than can be."""
    SHARED_ADDRESS = 32
    """More than two people signed with this address."""
    BLOCKED = 64
    """The domain of the address is on the organisers' block list."""
