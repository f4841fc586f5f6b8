"""What a worker writes to: a store of read models that takes events as often as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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


class Building(Applies, Protocol):
    """A generation that is built from the log by one process, and that no reader sees yet."""

    @property
    def generation(self) -> str:
        """What it is called."""
        ...

    @property
    def position(self) -> int:
        """Up to where the log is in it: it goes on behind that."""
        ...

    async def save(self, position: int, positions: Positions) -> None:
        """Everything up to ``position``, which takes each partition to ``positions``, is stored.

        Raises ReadModelMissing when the store was emptied meanwhile.
        """
        ...

    async def hand_over(self) -> None:
        """From their next batch on, workers feed it."""
        ...

    async def finish(self) -> None:
        """It is whole: readers may be shown it."""
        ...

    async def show(self) -> None:
        """Let readers see it, from one moment on, and drop what no worker can feed any more."""
        ...


class Sink(Applies, Protocol):
    """One store's read models: what readers see, and every other generation that is to be fed.

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

    async def build(self) -> Building:
        """Begin a new generation beside what there is, or go on with one that was begun."""
        ...
