"""The appeal: packs, their checks, editions, dates and state."""
