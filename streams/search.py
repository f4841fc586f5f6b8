"""The search index, applied a batch at a time: one multi-get, the folds, one bulk request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch

from domain.recorded import Recorded
from projections.applied import Positions
from projections.listing_search.applied import SearchApplied
from projections.listing_search.asking import PASSING, asking
from projections.listing_search.index import (
    CURRENT,
    applied,
    create_generation,
    drop_others,
    listings,
    of_generation,
    show_generation,
    shown_generation,
)
from projections.listing_search.projector import (
    Folded,
    decode_folded,
    document,
    document_id,
    encode,
    fold,
)
from projections.unavailable import ReadModelMissing, ReadModelUnavailable


class Refused(Exception):
    """Elasticsearch refuses a document for what it is; asking again won't help."""


def folded(documents: Mapping[str, Folded], events: Iterable[Recorded]) -> dict[str, Folded]:
    """``documents`` after ``events``, by listing id; only those that changed."""
    changed: dict[str, Folded] = {}
    for recorded in events:
        identity = document_id(recorded)
        if identity is None:
            continue
        before = changed.get(identity) or documents.get(identity)
        after = fold(before, recorded)
        if after is not None and after is not before:
            changed[identity] = after
    return changed


class Search:
    """The Elasticsearch sink; ``generation`` pins it to one, else it follows the visible one."""

    name = "search"

    def __init__(
        self,
        client: AsyncElasticsearch,
        prefix: str,
        *,
        replicas: int = 0,
        generation: str | None = None,
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._replicas = replicas
        self._generation = generation
        self._checked = False
        self._listings, self._applied_index = (
            of_generation(alias, generation) if generation else alias
            for alias in (listings(prefix), applied(prefix))
        )
        self._applied = SearchApplied(client, prefix, applied_index=self._applied_index)

    async def apply(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        wanted = {identity for recorded in events if (identity := document_id(recorded))}
        if not wanted:
            return
        changed = folded(await self._stored(sorted(wanted)), events)
        made = {key: (state.position, encode(document(state))) for key, state in changed.items()}
        await self._write(self._listings, made)

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        if self._generation is None and not self._checked:
            await self._check_generation()
            self._checked = True
        return await self._applied.positions()

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        made = {
            str(partition): (position, b'{"position":%d}' % position)
            for partition, position in positions.items()
        }
        await self._write(self._applied_index, made)

    async def fresh(self) -> Search:
        """See :class:`streams.sink.Sink`."""
        with asking():
            await create_generation(self._client, self._prefix, CURRENT, replicas=self._replicas)
        return Search(self._client, self._prefix, replicas=self._replicas, generation=CURRENT)

    async def show(self) -> None:
        """See :class:`streams.sink.Sink`."""
        with asking():
            generation = self._generation or CURRENT
            await show_generation(self._client, self._prefix, generation)
            await drop_others(self._client, self._prefix, generation)

    async def _check_generation(self) -> None:
        with asking():
            shown = await shown_generation(self._client, self._prefix)
        if shown is not None and int(shown) < int(CURRENT):
            raise ReadModelMissing(f"readers see generation {shown}, not {CURRENT}")

    async def _write(self, index: str, documents: Mapping[str, tuple[int, bytes]]) -> None:
        through_alias = self._generation is None
        await write_forward(self._client, index, documents, through_alias=through_alias)

    async def _stored(self, ids: list[str]) -> dict[str, Folded]:
        with asking():
            found = await self._client.mget(
                index=self._listings, ids=ids, source_includes=["folded"]
            )
        for item in found["docs"]:
            if "error" in item:
                raise ReadModelMissing(f"the index is not there: {item['error']['type']}")
        return {
            item["_id"]: decode_folded(item["_source"]["folded"])
            for item in found["docs"]
            if item["found"]
        }


async def write_forward(
    client: AsyncElasticsearch,
    index: str,
    documents: Mapping[str, tuple[int, bytes]],
    *,
    through_alias: bool = True,
) -> None:
    """Store each document at its position, unless it is there at that or a later one.

    ``through_alias`` refuses an ``index`` that is no alias: a write to a missing one would make it,
    with guessed types. Raises ``ReadModelUnavailable``, or :class:`Refused`.
    """
    if not documents:
        return
    operations: list[Any] = []
    for identity, (position, data) in documents.items():
        versioned = {"_id": identity, "version": position, "version_type": "external"}
        operations += ({"index": versioned}, data)
    with asking():
        answer = await client.bulk(index=index, operations=operations, require_alias=through_alias)
    for item in answer["items"]:
        _check(item["index"])


def _check(result: Mapping[str, Any]) -> None:
    status = result["status"]
    # 409: a write at this position or a later one came before.
    if status < 300 or status == 409:
        return
    why = f"{result['_id']}: {result['error']['type']}: {result['error'].get('reason')}"
    if status == 404:
        raise ReadModelMissing(why)
    if status in PASSING or status >= 500:
        raise ReadModelUnavailable(why)
    raise Refused(why)
