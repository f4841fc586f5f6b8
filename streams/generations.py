"""The generations of a store's read models, as operators see and change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis

from projections import generation as of_pages
from projections.applied import Positions, RedisApplied
from projections.generation import Generations, shape_of
from projections.listing_search import index as of_search
from projections.listing_search.applied import SearchApplied
from projections.listing_search.asking import asking
from projections.listing_search.catalogue import BEFORE, Catalogue
from projections.listing_search.names import applied, of_generation
from projections.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Generation:
    """One of them; ``before`` says that readers saw it before the one that they see now."""

    name: str
    state: str
    shown: bool
    before: bool
    feedable: bool
    applied: Positions

    @property
    def whole(self) -> bool:
        """Whether readers may be shown it: it is ready, and the workers of this code feed it."""
        return self.state == "ready" and self.feedable


class Store(Protocol):
    """One store's generations."""

    @property
    def name(self) -> str:
        """What its sink is called."""
        ...

    async def generations(self) -> list[Generation]:
        """All that were not dropped, the oldest first."""
        ...

    async def show(self, generation: str) -> bool:
        """Let readers see it, and only it, from one moment on; false when it is not whole."""
        ...

    async def drop(self, generation: str) -> None:
        """Delete it."""
        ...


class PagesStore:
    """See :class:`Store`; those in Redis."""

    name = "pages"

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._registry = Registry(redis, prefix)

    async def generations(self) -> list[Generation]:
        """See :class:`Store`."""
        shown, before = await self._registry.shown(), await self._registry.before()
        states = {name: entry.state for name, entry in (await self._registry.entries()).items()}
        if shown is not None:
            states.setdefault(shown, "ready")
        return [
            Generation(
                name=name,
                state=states[name],
                shown=name == shown,
                before=name == before,
                feedable=shape_of(name) == shape_of(of_pages.CURRENT),
                applied=await self._applied(name),
            )
            for name in sorted(states, key=_order)
        ]

    async def show(self, generation: str) -> bool:
        """See :class:`Store`."""
        return await self._registry.show(generation)

    async def drop(self, generation: str) -> None:
        """See :class:`Store`."""
        await self._registry.drop(generation)

    async def _applied(self, name: str) -> Positions:
        pinned = Generations(self._redis, self._prefix, pinned=name)
        return await RedisApplied(self._redis, self._prefix, pinned).positions()


class SearchStore:
    """See :class:`Store`; those in Elasticsearch."""

    name = "search"

    def __init__(self, client: AsyncElasticsearch, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._catalogue = Catalogue(client, prefix)

    async def generations(self) -> list[Generation]:
        """See :class:`Store`."""
        with asking():
            found = await self._catalogue.found()
        return [
            Generation(
                name=name,
                state=found[name].state,
                shown=found[name].shown,
                before=BEFORE in found[name].marks,
                feedable=shape_of(name) == shape_of(of_search.CURRENT),
                applied=await self._applied(name),
            )
            for name in sorted(found, key=_order)
        ]

    async def show(self, generation: str) -> bool:
        """See :class:`Store`."""
        with asking():
            return await self._catalogue.show(generation)

    async def drop(self, generation: str) -> None:
        """See :class:`Store`."""
        with asking():
            await self._catalogue.drop(generation)

    async def _applied(self, name: str) -> Positions:
        index = of_generation(applied(self._prefix), name)
        return await SearchApplied(self._client, self._prefix, applied_index=index).positions()


def _order(name: str) -> tuple[int, int]:
    return shape_of(name), int(name.partition("-")[2] or 0)
