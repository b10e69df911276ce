"""What a supporter agreed to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Consents:
    """What a supporter agreed to, and the ``version`` of the sentences they read.

    ``count``: count my signature; ``show``: show my name on the page; ``handover``: give my name to the addressees.
    """

    version: str
    count: bool = False
    show: bool = False
    handover: bool = False
