"""Who wants to know how far a verification is."""

from __future__ import annotations

from typing import Protocol


class Told(Protocol):
    """Who wants to know how far it is."""

    def begin(self, what: str, total: int | None = None) -> None:
        """Something new is looked at, ``total`` things of it."""
        ...

    def advance(self, by: int) -> None:
        """So many more were looked at."""
        ...
