"""Finishes the erasure of people, whoever was killed before it was done."""

from __future__ import annotations

import asyncio
from typing import Protocol
from uuid import UUID

from domain.account.facts import AccountErased
from domain.recorded import Recorded
from streams.reactors.receipts import Reaction


class Forgets(Protocol):
    """What of :class:`eventlog.personal.forgetting.Forgetting` it takes; it blocks."""

    def forget(self, person: UUID) -> None:
        """Delete the person's sign-in and key; repeating it is harmless."""
        ...


class ErasureReactor:
    """See :class:`streams.reactors.sink.Reactor`."""

    def __init__(self, forgetting: Forgets) -> None:
        self._forgetting = forgetting

    def wants(self, recorded: Recorded) -> bool:
        """That somebody is erased."""
        return isinstance(recorded.event, AccountErased)

    async def react(self, recorded: Recorded) -> Reaction:
        """Forget them; whatever fails is tried again, for ever."""
        event = recorded.event
        assert isinstance(event, AccountErased), "only what it wants"
        await asyncio.to_thread(self._forgetting.forget, event.account_id)
        return Reaction(position=recorded.position, stream=recorded.stream, outcome="done")
