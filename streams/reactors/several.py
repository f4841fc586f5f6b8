"""Several reactors behind one receipt an event: each event is at most one's matter."""

from __future__ import annotations

from collections.abc import Sequence

from domain.recorded import Recorded
from streams.reactors.receipts import Reaction
from streams.reactors.sink import Reactor


class Several:
    """See :class:`streams.reactors.sink.Reactor`."""

    def __init__(self, reactors: Sequence[Reactor]) -> None:
        self._reactors = reactors

    def wants(self, recorded: Recorded) -> bool:
        """Whether any of them does."""
        return any(reactor.wants(recorded) for reactor in self._reactors)

    async def react(self, recorded: Recorded) -> Reaction:
        """The first one that wants it does it."""
        reactor = next(each for each in self._reactors if each.wants(recorded))
        return await reactor.react(recorded)
