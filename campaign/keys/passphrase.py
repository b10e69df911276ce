"""Passphrases the tool makes itself, because the ones people choose are the weak point of every locked key.

Six words of the 7,776 in the long list of the Electronic Frontier Foundation (2016, made for dice): 77.5 bits.
"""

import secrets
import unicodedata
from functools import cache
from importlib.resources import files

WORDS = 6
_LIST_SIZE = 7776


@cache
def word_list() -> tuple[str, ...]:
    """Return the 7,776 words."""
    words = tuple((files("xkcdpass") / "static" / "eff-long").read_text("utf-8").split())
    if len(set(words)) != _LIST_SIZE:
        raise RuntimeError("The word list for passphrases is damaged: reinstall the package xkcdpass.")
    return words


def new_passphrase() -> str:
    """Return six words chosen by the system's random source, separated by spaces."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def as_typed(passphrase: str) -> bytes:
    """Return the bytes to derive a key from: capitals, extra spaces and full-width letters do not matter."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).casefold().split()).encode("utf-8", "surrogatepass")
