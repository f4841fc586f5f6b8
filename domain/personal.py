"""Marks what in a fact a person wrote or is known by, and whose it is; not how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Personal:
    """A mark on a field of a fact: its text is of the person whose id is in the field ``of``.

    ``actor`` stands for whoever decided, ``subject`` for whom the stream is about. Whatever says
    something of a person belongs into such a field, or is an id.
    """

    of: str


ERASED = "erased"
"""What is read in the place of text whose person is erased."""

OfSubject = Annotated[str, Personal("subject")]
"""Text of the person whom the stream is about."""

Typed = Annotated[str | None, Personal("actor")]
"""What whoever decided typed, if anything."""
