"""One generation of the search index: its documents are read and written by position."""

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
from projections.listing_search.names import applied, listings, of_generation, writing
from projections.listing_search.projector import (
    Folded,
    decode_folded,
    document,
    document_id,
    encode,
    fold,
)
from projections.parts import Missed, Poison, Refused
from projections.unavailable import ReadModelMissing, ReadModelUnavailable

logger = logging.getLogger(__name__)


def wanted_of(events: Iterable[Recorded]) -> list[str]:
    """The documents that ``events`` change, each once."""
    return sorted({identity for event in events if (identity := document_id(event))})


def folded(documents: Mapping[str, Folded], events: Iterable[Recorded]) -> dict[str, Folded]:
    """``documents`` after ``events``, by listing id; only those that changed."""
    changed: dict[str, Folded] = {}
    for recorded in events:
        identity = document_id(recorded)
        if identity is None:
            continue
        before = changed.get(identity) or documents.get(identity)
        try:
            after = fold(before, recorded)
        except (Missed, MemoryError):
            raise
        except Exception as error:
            raise Poison(recorded, error) from error
        if after is not None and after is not before:
            changed[identity] = after
    return changed


class SearchGeneration:
    """``name`` is the generation's; nothing is ever written to indices that are not there."""

    def __init__(self, client: AsyncElasticsearch, prefix: str, name: str) -> None:
        self._client = client
        self.name = name
        self._listings = of_generation(listings(prefix), name)
        self._positions = of_generation(applied(prefix), name)
        self._applied = SearchApplied(client, prefix, applied_index=self._positions)

    async def stored(self, ids: Sequence[str]) -> dict[str, Folded]:
        """The states in those of the documents ``ids`` that there are, and that can be read."""
        if not ids:
            return {}
        with asking():
            found = await self._client.mget(
                index=self._listings, ids=list(ids), source_includes=["folded"]
            )
        states: dict[str, Folded] = {}
        for item in found["docs"]:
            if "error" in item:
                raise ReadModelMissing(f"the index is not there: {item['error']['type']}")
            if item["found"]:
                try:
                    states[item["_id"]] = decode_folded(item["_source"]["folded"])
                except (msgspec.MsgspecError, Refusal, KeyError) as error:
                    logger.warning("%s is made anew: %s", item["_id"], type(error))
        return states

    async def write(self, before: Mapping[str, Folded], changed: Mapping[str, Folded]) -> None:
        """Store the documents of ``changed``; ``before`` is what they were when they were read."""
        await write_forward(self._client, writing(self._listings), _made(before, changed))

    async def applied(self) -> dict[int, int]:
        """How far each partition is applied."""
        return await self._applied.positions()

    async def advance(self, positions: Positions) -> None:
        """Record that everything up to ``positions`` is applied."""
        made = {str(partition): at(position) for partition, position in positions.items()}
        await write_forward(self._client, writing(self._positions), made)

    async def saved(self) -> int:
        """Up to where the log is in it, as far as whoever builds it has saved."""
        with asking():
            found = await self._client.mget(index=self._positions, ids=["log"])
        [item] = found["docs"]
        if "error" in item:
            raise ReadModelMissing(f"the index is not there: {item['error']['type']}")
        return item["_source"]["position"] if item["found"] else 0

    async def save(self, position: int) -> None:
        """Record that the log up to ``position`` is in it."""
        made = {"log": at(position)} if position else {}
        await write_forward(self._client, writing(self._positions), made)


@dataclass(frozen=True)
class Write:
    """The bytes of a document at a position; ``again`` replaces one at the same position, too."""

    position: int
    data: bytes
    again: bool = False


def at(position: int) -> Write:
    """The document that holds ``position``."""
    return Write(position, b'{"position":%d}' % position)


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
) -> None:
    """Store each document at its position, unless it is there at that or a later one.

    ``index`` must be an alias: a write to a missing index would make it, with guessed types.
    Raises ``ReadModelUnavailable``, or
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
        answer = await client.bulk(index=index, operations=operations, require_alias=True)
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
