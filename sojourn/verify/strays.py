"""Invariant 4, the other way round: no document and no list entry that the log knows nothing of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from elasticsearch import AsyncElasticsearch
from psycopg import Connection
from redis.asyncio import Redis

from projections.generation import Keys
from projections.listing_search.asking import asking
from projections.listing_search.names import listings
from projections.parts import ListEntry
from sojourn.verify.findings import Findings
from sojourn.verify.log_rows import at_positions, streams_among
from sojourn.verify.sources import Sources
from streams.pages import KINDS, LISTS

CHUNK = 1_000

_STREAMS_OF: dict[str, list[str]] = {}
for _kind in KINDS:
    _STREAMS_OF.setdefault(_kind.model, []).append(_kind.named_by)


async def check_redis_strays(
    redis: Redis, keys: Keys, connection: Connection[Any], into: Findings
) -> None:
    """Look at every key of the generation; ``connection`` must see the log as it is now."""
    prefix = keys.document("", "")[:-2]
    documents: list[tuple[str, str]] = []
    async for name in _names(redis, f"{prefix}:*"):
        model, _, identity = name.removeprefix(f"{prefix}:").partition(":")
        if model in _STREAMS_OF:
            documents.append((model, identity))
        elif identity:
            await _check_list(redis, keys, model, identity, connection, into)
        if len(documents) >= CHUNK:
            _check_documents(documents, connection, into)
            documents.clear()
    _check_documents(documents, connection, into)


async def check_index_strays(
    client: AsyncElasticsearch, prefix: str, connection: Connection[Any], into: Findings
) -> None:
    """Look at every document of the index that readers see."""
    after: list[Any] | None = None
    while True:
        with asking():
            await client.indices.refresh(index=listings(prefix))
            answer = await client.search(
                index=listings(prefix),
                sort=[{"id": "asc"}],
                size=CHUNK,
                source=False,
                search_after=after,
            )
        hits: list[Any] = answer["hits"]["hits"]
        if not hits:
            return
        ids = [str(hit["_id"]) for hit in hits]
        known = streams_among(connection, [f"listing-{identity}" for identity in ids])
        for identity in ids:
            if f"listing-{identity}" not in known:
                into.found(f"listing {identity} in the search index is not in the log")
        after = hits[-1]["sort"]


def _check_documents(
    documents: Sequence[tuple[str, str]], connection: Connection[Any], into: Findings
) -> None:
    wanted = [f"{stream}-{identity}" for model, identity in documents
              for stream in _STREAMS_OF[model]]  # fmt: skip
    known = streams_among(connection, wanted)
    for model, identity in documents:
        if not any(f"{stream}-{identity}" in known for stream in _STREAMS_OF[model]):
            into.found(f"{model} {identity} in Redis is not in the log")


async def _check_list(
    redis: Redis, keys: Keys, model: str, owner: str, connection: Connection[Any], into: Findings
) -> None:
    name = keys.document(model, owner)
    if await redis.type(name) != b"zset":
        into.found(f"{name} in Redis belongs to no read model")
        return
    stored: list[tuple[bytes, float]] = await cast("Any", redis).zrange(
        name, 0, -1, withscores=True
    )
    found = [(member.decode(), int(score)) for member, score in stored]
    for first in range(0, len(found), CHUNK):
        part = found[first : first + CHUNK]
        sources = Sources.of(at_positions(connection, [position for _, position in part]))
        known = {entry for event in sources.events for list_of in LISTS for entry in list_of(event)}
        for member, position in part:
            if ListEntry(model, owner, member, position) not in known:
                into.found(f"{member} in the {model} of {owner} is not so in the log")


async def _names(redis: Redis, pattern: str) -> AsyncIterator[str]:
    found: AsyncIterator[bytes] = cast("Any", redis).scan_iter(match=pattern, count=CHUNK)
    async for name in found:
        yield name.decode()
