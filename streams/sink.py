"""What a worker writes to: a store of read models that takes events as often as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

from domain.recorded import Recorded
from projections.applied import Positions


class Applies(Protocol):
    """What takes events."""

    async def apply(self, events: Sequence[Recorded]) -> None:
        """Fold ``events``, each key's in order, into the documents that they change.

        What was applied before changes nothing. Raises :class:`projections.parts.Missed` when an
        event's predecessor never was, :class:`projections.parts.Poison` when a projector fails on
        one, and
        :class:`projections.parts.Refused` when a document can't be stored.
        """
        ...


class Sink(Applies, Protocol):
    """A generation of one store's read models; by default the one that readers see.

    Every method may raise ``ReadModelUnavailable`` or the store's own errors, and may then be
    called again; ``ReadModelMissing`` says that readers see no generation.
    """

    @property
    def name(self) -> str:
        """What the store is called in logs and metrics."""
        ...

    async def refold(self, events: Sequence[Recorded]) -> None:
        """Fold ``events``, all of their keys, from nothing, in place of what the documents hold."""
        ...

    async def applied(self) -> dict[int, int]:
        """How far each partition is applied."""
        ...

    async def advance(self, positions: Positions) -> None:
        """Record that everything up to ``positions`` is applied."""
        ...

    async def fresh(self) -> Self:
        """A generation for a rebuild that no reader sees yet; half of it may be there already."""
        ...

    async def show(self) -> None:
        """Let readers see this generation."""
        ...
