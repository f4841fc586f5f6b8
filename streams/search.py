"""The search index, applied a batch at a time: one multi-get, the folds, one bulk request."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from domain.recorded import Recorded
from domain.refusals import Refusal
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
from projections.parts import Refused, folding
from projections.unavailable import ReadModelMissing, ReadModelUnavailable

logger = logging.getLogger(__name__)


def folded(documents: Mapping[str, Folded], events: Iterable[Recorded]) -> dict[str, Folded]:
    """``documents`` after ``events``, by listing id; only those that changed."""
    changed: dict[str, Folded] = {}
    for recorded in events:
        identity = document_id(recorded)
        if identity is None:
            continue
        before = changed.get(identity) or documents.get(identity)
        with folding(recorded):
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
        stored = await self._stored(sorted(wanted))
        changed = folded(stored, events)
        await self._write(self._listings, _made(stored, changed))

    async def refold(self, events: Sequence[Recorded]) -> None:
        """See :class:`streams.sink.Sink`."""
        changed = folded({}, events)
        # At the version that is stored, or a later one.
        await self._write(self._listings, _made(changed, changed))

    async def applied(self) -> dict[int, int]:
        """See :class:`streams.sink.Sink`."""
        if self._generation is None and not self._checked:
            await self._check_generation()
            self._checked = True
        return await self._applied.positions()

    async def advance(self, positions: Positions) -> None:
        """See :class:`streams.sink.Sink`."""
        made = {
            str(partition): Write(position, b'{"position":%d}' % position)
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

    async def _write(self, index: str, documents: Mapping[str, Write]) -> None:
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
        stored: dict[str, Folded] = {}
        for item in found["docs"]:
            if item["found"]:
                try:
                    stored[item["_id"]] = decode_folded(item["_source"]["folded"])
                except (msgspec.MsgspecError, Refusal, KeyError) as error:
                    logger.warning("%s is made anew: %s", item["_id"], type(error))
        return stored


@dataclass(frozen=True)
class Write:
    """The bytes of a document at a position; ``again`` replaces one at the same position, too."""

    position: int
    data: bytes
    again: bool = False


def _made(before: Mapping[str, Folded], changed: Mapping[str, Folded]) -> dict[str, Write]:
    made: dict[str, Write] = {}
    for key, state in changed.items():
        # What comes late from the log changes a document without moving it.
        known = before.get(key)
        again = known is not None and known.position >= state.position
        made[key] = Write(state.position, _encoded(key, state), again)
    return made


def _encoded(key: str, state: Folded) -> bytes:
    try:
        return encode(document(state))
    except Exception as error:
        raise Refused(f"listing {key} can't be encoded: {type(error).__name__}") from error


async def write_forward(
    client: AsyncElasticsearch,
    index: str,
    documents: Mapping[str, Write],
    *,
    through_alias: bool = True,
) -> None:
    """Store each document at its position, unless it is there at that or a later one.

    ``through_alias`` refuses an ``index`` that is no alias: a write to a missing one would make it,
    with guessed types. Raises ``ReadModelUnavailable``, or
    :class:`projections.parts.Refused`.
    """
    if not documents:
        return
    operations: list[Any] = []
    for identity, write in documents.items():
        kind = "external_gte" if write.again else "external"
        versioned = {"_id": identity, "version": write.position, "version_type": kind}
        operations += ({"index": versioned}, write.data)
    with asking():
        answer = await client.bulk(index=index, operations=operations, require_alias=through_alias)
    for item in answer["items"]:
        _check(item["index"])


def _check(result: Mapping[str, Any]) -> None:
    status = result["status"]
    # 409: a write at this position or a later one came before.
    if status < 300 or status == 409:
        return
    # The reason may repeat a value of the document.
    cause = result["error"].get("caused_by", {}).get("type")
    why = f"{result['_id']}: {result['error']['type']}" + (f" ({cause})" if cause else "")
    if status == 404:
        raise ReadModelMissing(why)
    if status in PASSING or status >= 500:
        raise ReadModelUnavailable(why)
    raise Refused(why)
