"""Stamped letters: a sheet is laid out once, and for each supporter only their own few lines are drawn on it."""
