"""How a form arrived: what is noticed of it, for as long as the request lives."""

import time
from base64 import urlsafe_b64decode

from flask import request

from campaign.signatures import Arrival, SignatureRecord

TRAP = "reference_mark"
"""The field that people neither see nor reach; its name means nothing to a browser that fills in forms by itself."""


def arrival_of(record: SignatureRecord) -> Arrival:
    """Return how the form of this signature came; the network address is what our own proxies say of it."""
    sent = request.form
    return Arrival(
        address=request.remote_addr or "",
        email=record.email,
        country=record.country,
        proof=sent.get("proof", ""),
        scripts="no_scripts" not in sent,
        trapped=bool(sent.get(TRAP)),
        seconds=_seconds_since(sent.get("csrf_token", "")),
    )


def _seconds_since(token: str) -> float | None:
    """Return how long ago a form token was made: the moment is part of what its signature covers, and was checked.

    It stands between the dots, in whole seconds (itsdangerous, ``TimestampSigner``).
    """
    try:
        stamp = token.split(".")[1]
        made = int.from_bytes(urlsafe_b64decode(stamp + "=" * (-len(stamp) % 4)))
    except (IndexError, ValueError):
        return None
    return time.time() - made
