"""A new generation of the Redis read models: folded in memory, written in big pipelines.

What is held in memory is bounded, however long the log is: the documents that changed last.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from redis.asyncio import Redis

from domain.recorded import Recorded
from projections.applied import Positions, advance
from projections.documents import PartKey, read_whole_parts, write_forward
from projections.generation import CURRENT, Keys, shape_of
from projections.parts import ListEntry, Part
from projections.registry import Entry, Registry
from streams.folding import entries_of, folded, wanted_of

HELD: Final = 5_000
"""How many parts are held in memory between two batches."""

WRITTEN: Final = 500
"""How many parts are written at once."""


async def begin_pages(redis: Redis, prefix: str) -> PagesBuilding:
    """Go on with the generation that was begun last, or begin a new one."""
    registry = Registry(redis, prefix)
    return PagesBuilding(redis, prefix, registry, await registry.begin())


class PagesBuilding:
    """See :class:`streams.sink.Building`."""

    def __init__(self, redis: Redis, prefix: str, registry: Registry, entry: Entry) -> None:
        self._redis = redis
        self._prefix = prefix
        self._registry = registry
        self._entry = entry
        self._keys = Keys(prefix, entry.name)
        self._held: OrderedDict[PartKey, Part[Any]] = OrderedDict()
        self._changed: set[PartKey] = set()
        self._entries: list[ListEntry] = []

    @property
    def generation(self) -> str:
        """See :class:`streams.sink.Building`."""
        return self._entry.name

    @property
    def position(self) -> int:
        """See :class:`streams.sink.Building`."""
        return self._entry.position

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Applies`; it may be in memory only until it is saved."""
        wanted = wanted_of(events)
        unknown = [key for key in wanted if key not in self._held]
        self._held.update(await self._stored(unknown, events))
        changed = folded(self._held, events)
        self._entries += entries_of(events)
        for key, part in changed.items():
            self._held[key] = part
            self._held.move_to_end(key)
        self._changed.update(changed)
        if len(self._held) > HELD or len(self._entries) > HELD:
            await self._let_go()

    async def save(self, position: int, positions: Positions) -> None:
        """See :class:`streams.sink.Building`."""
        await self._write(list(self._changed))
        await advance(self._redis, self._keys, positions)
        await self._become(Entry(self._entry.name, self._entry.state, position))

    async def hand_over(self) -> None:
        """See :class:`streams.sink.Building`."""
        await self._become(Entry(self._entry.name, "fed", self._entry.position))
        # From now on workers write, too: what is held may be older than what is stored.
        self._held.clear()

    async def finish(self) -> None:
        """See :class:`streams.sink.Building`."""
        await self._become(Entry(self._entry.name, "ready", self._entry.position))

    async def show(self) -> None:
        """See :class:`streams.sink.Building`."""
        await self._registry.show(self._entry.name)
        for name in await self._registry.entries():
            if shape_of(name) < shape_of(CURRENT):
                await self._registry.drop(name)

    async def _become(self, entry: Entry) -> None:
        await self._registry.change(self._entry, entry)
        self._entry = entry

    async def _stored(
        self, keys: list[PartKey], events: Sequence[Recorded]
    ) -> dict[PartKey, Part[Any]]:
        """Those of ``keys`` that were written before, and let go since."""
        begun = {event.stream for event in events if event.version == 1}
        older = [key for key in keys if f"{key.kind.stream}-{key.document}" not in begun]
        return await read_whole_parts(self._redis, self._keys, older)

    async def _let_go(self) -> None:
        """Write what changed, and forget the half that changed longest ago."""
        await self._write(list(self._changed))
        for key in list(islice(self._held, max(len(self._held) - HELD // 2, 0))):
            del self._held[key]

    async def _write(self, keys: list[PartKey]) -> None:
        entries, self._entries = self._entries, []
        for first in range(0, max(len(keys), 1), WRITTEN):
            parts = {key: self._held[key] for key in keys[first : first + WRITTEN]}
            listed = entries if first == 0 else []
            if parts or listed:
                await write_forward(self._redis, self._keys, parts, listed)
        self._changed.clear()
