"""What the topics beside the event topic are called."""

from __future__ import annotations


def dead_letters_of(topic: str) -> str:
    """The topic of records that could not be read."""
    return f"{topic}.dead"
