"""Random tokens that open one thing each, of which only a hash is kept; ids of rows that live for hours."""

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


def row_place(expires_at: int) -> bytes:
    """Return the first 5 bytes of the id of a row that expires (seconds since 1970), in the order of time.

    Rows that come together and go together then lie together, and a database writes one page for many of them. It is
    for rows that say when they expire anyway.
    """
    return expires_at.to_bytes(5)


def new_row_id(expires_at: int, size: int) -> bytes:
    """Return a new id of ``size`` bytes for a row that expires: its place, and the rest random."""
    return row_place(expires_at) + secrets.token_bytes(size - len(row_place(expires_at)))
