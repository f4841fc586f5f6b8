"""A new generation of the search index: folded in memory, written in big bulk requests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from typing import Final

from elasticsearch import AsyncElasticsearch

from domain.recorded import Recorded
from projections.applied import Positions
from projections.generation import shape_of
from projections.listing_search.asking import asking
from projections.listing_search.catalogue import FED, READY, Catalogue
from projections.listing_search.index import CURRENT, create_generation
from projections.listing_search.projector import Folded
from streams.search_generation import SearchGeneration, folded, wanted_of

HELD: Final = 1_000
"""How many documents are held in memory between two batches."""

WRITTEN: Final = 100
"""How many documents are written at once."""


async def begin_search(client: AsyncElasticsearch, prefix: str, replicas: int) -> SearchBuilding:
    """Go on with the generation that was begun last, or begin a new one.

    One that is whole counts as begun while readers see an older shape: whoever was to show it died,
    and nobody has fed it since.
    """
    catalogue = Catalogue(client, prefix)
    found = (await catalogue.found()).values()
    unshown = any(each.shown and shape_of(each.name) < shape_of(CURRENT) for each in found)
    begun = [
        each.name
        for each in found
        if not each.shown
        and shape_of(each.name) == shape_of(CURRENT)
        and (READY not in each.marks or unshown)
    ]
    name = begun[0] if begun else await catalogue.next_name(CURRENT)
    await create_generation(client, prefix, name, replicas=replicas)
    generation = SearchGeneration(client, prefix, name)
    return SearchBuilding(catalogue, generation, await generation.saved())


class SearchBuilding:
    """See :class:`streams.sink.Building`."""

    def __init__(self, catalogue: Catalogue, generation: SearchGeneration, position: int) -> None:
        self._catalogue = catalogue
        self._generation = generation
        self._position = position
        self._held: OrderedDict[str, Folded] = OrderedDict()
        self._changed: set[str] = set()

    @property
    def generation(self) -> str:
        """See :class:`streams.sink.Building`."""
        return self._generation.name

    @property
    def position(self) -> int:
        """See :class:`streams.sink.Building`."""
        return self._position

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Applies`; it may be in memory only until it is saved."""
        begun = {event.stream for event in events if event.version == 1}
        unknown = [
            identity
            for identity in wanted_of(events)
            if identity not in self._held and f"listing-{identity}" not in begun
        ]
        self._held.update(await self._generation.stored(unknown))
        changed = folded(self._held, events)
        for identity, state in changed.items():
            self._held[identity] = state
            self._held.move_to_end(identity)
        self._changed.update(changed)
        if len(self._held) > HELD:
            await self._write()
            for identity in list(islice(self._held, len(self._held) - HELD // 2)):
                del self._held[identity]

    async def save(self, position: int, positions: Positions) -> None:
        """See :class:`streams.sink.Building`."""
        await self._write()
        await self._generation.advance(positions)
        await self._generation.save(position)
        self._position = position

    async def hand_over(self) -> None:
        """See :class:`streams.sink.Building`."""
        with asking():
            await self._catalogue.mark(self.generation, FED)
        # From now on workers write, too: what is held may be older than what is stored.
        self._held.clear()

    async def finish(self) -> None:
        """See :class:`streams.sink.Building`."""
        with asking():
            await self._catalogue.mark(self.generation, READY)

    async def show(self) -> None:
        """See :class:`streams.sink.Building`."""
        with asking():
            await self._catalogue.show(self.generation)
            for name in await self._catalogue.found():
                if shape_of(name) < shape_of(CURRENT):
                    await self._catalogue.drop(name)

    async def _write(self) -> None:
        changed = sorted(self._changed)
        for first in range(0, len(changed), WRITTEN):
            part = {key: self._held[key] for key in changed[first : first + WRITTEN]}
            # Read and folded by one process, so that what is stored is never newer.
            await self._generation.write(part, part)
        self._changed.clear()
