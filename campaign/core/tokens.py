"""Random tokens that open one thing each, of which only a hash is kept."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return a fresh URL-safe token of 256 random bits (43 characters)."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return the 32-byte SHA-256 of a token, the only form that may be stored.

    A plain hash is enough because the token itself carries 256 bits of entropy.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
