"""How far the search index has come, a position a partition, and waiting until it is far enough."""

from __future__ import annotations

from elasticsearch import AsyncElasticsearch

from projections.applied import Positions, wait_until
from projections.listing_search.asking import asking
from projections.listing_search.index import PARTITIONS
from projections.listing_search.names import applied, listings
from projections.together import Together
from projections.unavailable import ReadModelMissing


class SearchApplied:
    """The positions that the search index has applied.

    ``applied_index`` names another generation's; by default it is the one that readers see.
    """

    def __init__(
        self, client: AsyncElasticsearch, prefix: str, *, applied_index: str | None = None
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._index = applied_index or applied(prefix)
        # If each refreshed by itself, twenty a second would keep Elasticsearch busy with that.
        self._positions = Together(self.positions)
        self._refreshed = Together(self._refresh)

    async def positions(self) -> dict[int, int]:
        """The applied position of each partition that had events; reads are never stale.

        Raises :class:`projections.unavailable.ReadModelUnavailable`.
        """
        with asking():
            found = await self._client.mget(
                index=self._index, ids=[str(partition) for partition in range(PARTITIONS)]
            )
        for item in found["docs"]:
            if "error" in item:
                raise ReadModelMissing(f"the index is not there: {item['error']['type']}")
        return {
            int(item["_id"]): item["_source"]["position"] for item in found["docs"] if item["found"]
        }

    async def wait(
        self,
        positions: Positions,
        timeout: float,  # noqa: ASYNC109 - running out of time is an answer here
    ) -> bool:
        """Whether a search that starts afterwards sees ``positions``, within ``timeout`` seconds.

        Refreshes the index, so that it does not take the usual refresh interval; once for all who
        wait for that.
        """
        if not await wait_until(self._positions, positions, timeout, first=0.01, longest=0.03):
            return False
        await self._refreshed()
        return True

    async def _refresh(self) -> None:
        with asking():
            await self._client.indices.refresh(index=listings(self._prefix))
