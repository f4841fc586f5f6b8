"""All read models in Redis, applied a batch at a time: one read, the folds, one write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from domain.recorded import Recorded
from projections.applied import Positions, advance
from projections.documents import PartKey, read_whole_parts, write_forward
from projections.fed import Fed
from projections.generation import Keys
from projections.parts import ListEntry, Part
from streams.folding import KINDS, LISTS, entries_of, folded, parts_of, wanted_of
from streams.pages_building import begin_pages
from streams.sink import Building

__all__ = ["KINDS", "LISTS", "Pages", "folded", "parts_of"]


class Pages:
    """The Redis sink: it feeds what readers see, and every other generation that is to be fed."""

    name = "pages"

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._fed = Fed(redis, prefix)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        wanted = wanted_of(events)
        entries = entries_of(events)
        for keys in await self._fed.keys():
            stored = await read_whole_parts(self._redis, keys, wanted)
            await self._write(keys, folded(stored, events), entries)

    async def refold(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        changed, entries = folded({}, events), entries_of(events)
        for keys in await self._fed.keys():
            await self._write(keys, changed, entries)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        return await self._fed.look()

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        for keys in await self._fed.keys():
            await advance(self._redis, keys, positions)

    async def build(self) -> Building:
        """See :class:`streams.sink.Sink`."""
        return await begin_pages(self._redis, self._prefix)

    async def _write(
        self, keys: Keys, changed: Mapping[PartKey, Part[Any]], entries: Sequence[ListEntry]
    ) -> None:
        if changed or entries:
            await write_forward(self._redis, keys, changed, entries)
