"""The search index, applied a batch at a time: one multi-get, the folds, one bulk request."""

from __future__ import annotations

from collections.abc import Sequence

from elasticsearch import AsyncElasticsearch

from domain.recorded import Recorded
from projections.applied import Positions
from projections.generation import shape_of
from projections.listing_search.asking import asking
from projections.listing_search.catalogue import Catalogue
from projections.listing_search.index import CURRENT
from projections.unavailable import ReadModelMissing, ReadModelUnavailable
from streams.search_building import begin_search
from streams.search_generation import SearchGeneration, folded, wanted_of
from streams.sink import Building


class Search:
    """The Elasticsearch sink: it feeds what readers see, and all else that is to be fed."""

    name = "search"

    def __init__(self, client: AsyncElasticsearch, prefix: str, *, replicas: int = 0) -> None:
        self._client = client
        self._prefix = prefix
        self._replicas = replicas
        self._catalogue = Catalogue(client, prefix)
        self._fed: tuple[SearchGeneration, ...] = ()

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        wanted = wanted_of(events)
        if not wanted:
            return
        for generation in await self._generations():
            stored = await generation.stored(wanted)
            await generation.write(stored, folded(stored, events))

    async def refold(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        changed = folded({}, events)
        for generation in await self._generations():
            # At the version that is stored, or a later one.
            await generation.write(changed, changed)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        await self._look()
        first, *others = [await generation.applied() for generation in self._fed]
        return {
            partition: min([position, *(other[partition] for other in others)])
            for partition, position in first.items()
            if all(partition in other for other in others)
        }

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        for generation in await self._generations():
            await generation.advance(positions)

    async def build(self) -> Building:
        """See :class:`streams.sink.Sink`."""
        with asking():
            return await begin_search(self._client, self._prefix, self._replicas)

    async def _generations(self) -> tuple[SearchGeneration, ...]:
        if not self._fed:
            await self._look()
        return self._fed

    async def _look(self) -> None:
        """Find out which generations are to be fed; see :class:`projections.fed.Fed`."""
        with asking():
            found = (await self._catalogue.found()).values()
        live = next((each.name for each in found if each.shown), None)
        if live is None:
            raise ReadModelMissing("readers see no generation of the index")
        if shape_of(live) < shape_of(CURRENT):
            raise ReadModelMissing(f"readers see generation {live}, not one of shape {CURRENT}")
        if shape_of(live) > shape_of(CURRENT):
            raise ReadModelUnavailable(f"generation {live} was made by newer code than this")
        fed = sorted(
            each.name for each in found if each.fed and shape_of(each.name) == shape_of(CURRENT)
        )
        if fed != [generation.name for generation in self._fed]:
            self._fed = tuple(SearchGeneration(self._client, self._prefix, name) for name in fed)
