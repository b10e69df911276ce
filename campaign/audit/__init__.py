"""The audit log: who did what to an appeal and when, in a chain that shows a changed line. Other rooms import here."""

from campaign.audit.chain import Action, Actor, ChainError, Entry, check, entries, record

__all__ = ["Action", "Actor", "ChainError", "Entry", "check", "entries", "record"]
