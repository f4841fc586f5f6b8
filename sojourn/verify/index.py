"""Invariant 4 in the index: each listing's document is what its events make; none is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from elasticsearch import AsyncElasticsearch

from domain.recorded import Recorded
from domain.streams import category
from projections.listing_search.asking import asking
from projections.listing_search.projector import (
    Folded,
    decode_folded,
    document,
    document_id,
    encode,
    fold,
    parts_of,
)
from projections.parts import Missed
from sojourn.verify.claims import check_live
from sojourn.verify.findings import Findings
from sojourn.verify.pages import Refresh
from sojourn.verify.sources import Sources


async def check_index(
    client: AsyncElasticsearch,
    index: str,
    sources: Sources,
    applied: Mapping[int, int],
    refresh: Refresh,
    now: datetime,
    documents: Findings,
    claims: Findings,
) -> None:
    """Compare the document of every listing in ``sources`` with what ``index`` has."""
    made_from = _made_from(sources)
    ids = sorted(made_from)
    stored = await _read(client, index, ids)
    documents.count("documents in Elasticsearch", len(ids))
    for identity in ids:
        name = f"listing {identity} in the search index"
        found = stored.get(identity)
        try:
            state = decode_folded(found["_source"]["folded"]) if found else None
        except (msgspec.MsgspecError, KeyError) as error:
            documents.found(f"{name} can't be read: {error!r}")
            continue
        _check_due(name, state, made_from[identity], applied, documents)
        if found is None or state is None:
            continue
        if wrong := _difference(identity, found, state, made_from[identity], refresh):
            documents.found(f"{name} {wrong}")
        if state.claims:
            check_live(state.claims.state.claims.values(), now, name, claims)


async def _read(
    client: AsyncElasticsearch, index: str, ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    with asking():
        answer = await client.mget(index=index, ids=list(ids))
    return {item["_id"]: item for item in answer["docs"] if item.get("found")}


def _made_from(sources: Sources) -> dict[str, list[Recorded]]:
    """The events of each document, in order."""
    found: dict[str, list[Recorded]] = {}
    for recorded in sources.events:
        if identity := document_id(recorded):
            found.setdefault(identity, []).append(recorded)
    return found


def _had(state: Folded | None) -> dict[str, int]:
    """How many events of each of its sources the document has."""
    return {kind.stream: part.version if part else 0 for kind, part in parts_of(state)}


def _check_due(
    name: str,
    state: Folded | None,
    events: Sequence[Recorded],
    applied: Mapping[int, int],
    into: Findings,
) -> None:
    reached = [each for each in events if each.position <= applied.get(each.partition, 0)]
    due = Counter(category(recorded.stream) for recorded in reached)
    for source, version in _had(state).items():
        if version < due[source]:
            lacks = "is missing" if state is None else f"is at version {version} of its {source}"
            into.found(f"{name} {lacks}, though version {due[source]} is applied")
            return


def _difference(
    identity: str, found: dict[str, Any], state: Folded, events: list[Recorded], refresh: Refresh
) -> str | None:
    """How the stored document is not what its events make, if it is not."""
    versions = _had(state)
    there = Counter(category(recorded.stream) for recorded in events)
    if any(version > there[source] for source, version in versions.items()):
        events = _made_from(refresh(identity)).get(identity, events)
    expected: Folded | None = None
    left = dict(versions)
    try:
        for recorded in events:
            source = category(recorded.stream)
            if left[source] > 0:
                expected = fold(expected, recorded)
                left[source] -= 1
    except (Missed, AssertionError) as error:
        return f"can't be compared: {error}"
    if expected is None or _had(expected) != versions:
        return f"is at versions {versions}, which the log never had"
    if found["_version"] != expected.position:
        return f"has version {found['_version']}, and the log says {expected.position}"
    made = cast("dict[str, Any]", msgspec.json.decode(encode(document(expected))))
    stored: dict[str, Any] = found["_source"]
    wrong = sorted(
        field for field in made.keys() | stored.keys() if made.get(field) != stored.get(field)
    )
    return f"is not what its events make: {', '.join(wrong)}" if wrong else None
