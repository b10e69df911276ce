"""Proof of work: a few seconds of the visitor's own processor instead of a refusal or a puzzle.

ALTCHA's challenge (altcha.org, version 2): find the number whose PBKDF2-SHA-256 (RFC 8018) begins as the challenge
says. It is a price and not a test: it makes a flood expensive and says nothing of who pays. The library accepts the
same solution again and again, so one that was handed in is remembered until it expires, in the transaction of the
signature.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from altcha import create_challenge, verify_solution
from sqlalchemy import Connection, delete
from sqlalchemy.orm import Session

from campaign.abuse.tables import UsedProof
from campaign.core.inserting import insert_once

PROOF_SECONDS = 1800
"""How long a challenge can be answered."""

_ITERATIONS = 2500
_LEAST, _MOST = 1000, 2000  # about 1.5 seconds on one core of a laptop, and never more than twice the least
_LONGEST = 4000


@dataclass(frozen=True)
class Proof:
    """A solution that is right; whether it was used before is found out when it is stored."""

    id: bytes
    expires_at: int


class Proofs:
    """Makes challenges and checks solutions without a word to the database; ``repr`` does not show the secret."""

    def __init__(
        self, secret: bytes, *, iterations: int = _ITERATIONS, numbers: tuple[int, int] = (_LEAST, _MOST)
    ) -> None:
        """Sign with ``secret``, which all machines share; the rest is how hard it is."""
        self._challenge_key = hmac.digest(secret, b"campaign proof of work: challenge", "sha256")
        self._answer_key = hmac.digest(secret, b"campaign proof of work: answer", "sha256")
        self._iterations, self._numbers = iterations, numbers

    def challenge(self) -> dict[str, Any]:
        """Return a new challenge as the browser's script reads it."""
        least, most = self._numbers
        made = create_challenge(
            "PBKDF2/SHA-256",
            self._iterations,
            counter=least + secrets.randbelow(most - least + 1),
            expires_at=int(time.time()) + PROOF_SECONDS,
            hmac_secret=self._challenge_key,
            hmac_key_secret=self._answer_key,
        )
        found: dict[str, Any] = made.to_dict()
        return found

    def check(self, text: str) -> Proof | None:
        """Return the proof that a form brought, or ``None`` when it is none of ours, wrong, or too old."""
        if not text or len(text) > _LONGEST:
            return None
        try:
            result = verify_solution(text, self._challenge_key, hmac_key_secret=self._answer_key)
            if not result.verified:
                return None
            challenge = json.loads(base64.b64decode(text))["challenge"]
            name, end = str(challenge["signature"]), int(challenge["parameters"]["expiresAt"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            return None
        # The signature is over everything the challenge says: no second spelling of it is right.
        return Proof(hashlib.sha256(name.encode()).digest(), end)

    def __repr__(self) -> str:
        return "Proofs(…)"


def use_proof(connection: Connection, proof: Proof) -> bool:
    """Remember a proof as used; say whether it was new."""
    return insert_once(connection, UsedProof, ("id",), {"id": proof.id, "expires_at": proof.expires_at})


def sweep_proofs(session: Session, now: datetime) -> None:
    """Forget used proofs that have expired: they are not accepted any more anyway."""
    session.execute(delete(UsedProof).where(UsedProof.expires_at < int(now.timestamp()) - PROOF_SECONDS))
