"""The same operations for the terminal."""
