"""Doing the work of a proof as a browser does, but with an easy challenge."""

from typing import Any

from altcha import Challenge, Payload, solve_challenge

from campaign.abuse import Proofs
from campaign.runtime import Runtime

EASY = {"iterations": 10, "numbers": (5, 20)}


def solved(challenge: dict[str, Any]) -> str:
    """Return what the page's script would put into the form."""
    found = Challenge.from_dict(challenge)
    solution = solve_challenge(found)
    assert solution
    return Payload(found, solution).to_base64()


def easy(runtime: Runtime) -> Runtime:
    """Let a site ask for work that costs a test nothing."""
    runtime.guard.proofs = Proofs(runtime.settings.secret_key.get_secret_value(), **EASY)  # type: ignore[arg-type]
    return runtime
