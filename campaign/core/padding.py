"""JSON in blocks of one size, so that the length of a sealed row says little about who wrote it."""

import json
from typing import Any

BLOCK = 256
_LENGTH_BYTES = 4


def pack(record: dict[str, Any]) -> bytes:
    """Return the record as length, JSON in UTF-8 and zero bytes, a multiple of 256 bytes long."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    size = -(-(_LENGTH_BYTES + len(text)) // BLOCK) * BLOCK
    return (len(text).to_bytes(_LENGTH_BYTES) + text).ljust(size, b"\0")


def unpack(block: bytes) -> dict[str, Any]:
    """Return the record in a block made by :func:`pack`; ``ValueError`` for anything else."""
    length = int.from_bytes(block[:_LENGTH_BYTES])
    if len(block) % BLOCK or length > len(block) - _LENGTH_BYTES:
        raise ValueError("This is not a padded record.")
    record = json.loads(block[_LENGTH_BYTES : _LENGTH_BYTES + length])
    if not isinstance(record, dict):
        raise ValueError("The padded record is not a JSON object.")  # noqa: TRY004 - the bytes are wrong, not a type
    return record
