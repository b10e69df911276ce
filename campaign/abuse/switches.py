"""Emergency switches: what organisers turn off while a site is under attack or a storm of visitors.

They are rows, so that every process of every machine sees them within a second, and settings for what shall be on
whatever the rows say.
"""

from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.abuse.tables import SwitchedOn
from campaign.core.inserting import insert_once

On = frozenset[tuple[str, str]]
"""The switches that are on: (name, slug of the appeal or "" for the whole site)."""


class Switch(StrEnum):
    """What can be turned on in an emergency."""

    PAUSE_SIGNING = "pause-signing"
    """Nobody signs; letters go on."""
    PAUSE_PDFS = "pause-pdfs"
    """No PDF is drawn; texts and mails go on, and so do the blank letters that were drawn before."""
    FORCE_PROOF = "force-proof"
    """Every signature needs proof of work."""
    STATIC_ONLY = "static-only"
    """Only pages that are the same for everybody, and the links of mails: nothing new is taken in."""


def read_switches(text: str) -> On:
    """Read names separated by commas, each for the whole site; raises :class:`ValueError` for an unknown one."""
    return frozenset((Switch(name.strip()).value, "") for name in text.split(",") if name.strip())


def switched_on(session: Session) -> On:
    """Return every switch that is on."""
    return frozenset((name, slug) for name, slug in session.execute(select(SwitchedOn.name, SwitchedOn.slug)))


def turn(session: Session, switch: Switch, slug: str, *, on: bool) -> None:
    """Turn a switch on or off, for one appeal or (with an empty slug) for the whole site; twice changes nothing."""
    if on:
        insert_once(session.connection(), SwitchedOn, ("name", "slug"), {"name": switch.value, "slug": slug})
    else:
        session.execute(delete(SwitchedOn).where(SwitchedOn.name == switch.value, SwitchedOn.slug == slug))


def is_on(switches: On, switch: Switch, slug: str) -> bool:
    """Say whether a switch is on for an appeal: for itself, or for the whole site."""
    return (switch.value, "") in switches or (switch.value, slug) in switches
