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
    """Many signatures from one neighbourhood of the network, or one mail domain, within a short time."""
    UNLIKELY_COUNTRY = 16
    """More signatures from a country than can be."""
    SHARED_ADDRESS = 32
    """More than two people signed with this address: found out in review, since asking while somebody signs would show
    in the time it takes."""
    BLOCKED = 64
    """The domain of the address is on the organisers' block list."""
    HELD = 128
    """It waits until the organisers have looked, and counts only then: nobody can be asked by mail, and it came without
    the proof of work that was asked for (from a browser that runs no scripts), or from a blocked domain."""

    @property
    def names(self) -> list[str]:
        """Return the signals as people write them: ``["fast", "shared-address"]``."""
        return [str(one.name).lower().replace("_", "-") for one in Flag if one in self and one]


def flag_called(name: str) -> Flag:
    """Return the signal that people write like this; raises :class:`KeyError` for none."""
    return Flag[name.upper().replace("-", "_")]
