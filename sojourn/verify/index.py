"""Invariant 4 in the index: each listing's document is what its events make; none is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from elasticsearch import AsyncElasticsearch

from domain.streams import calendar_stream, listing_stream, subject
from projections.listing_search.asking import asking
from projections.listing_search.index import listings
from projections.listing_search.projector import (
    Folded,
    decode_folded,
    document,
    document_id,
    encode,
    fold,
)
from projections.parts import Missed
from sojourn.verify.claims import check_live
from sojourn.verify.findings import Findings
from sojourn.verify.pages import Refresh
from sojourn.verify.sources import Sources


async def check_index(
    client: AsyncElasticsearch,
    prefix: str,
    sources: Sources,
    applied: Mapping[int, int],
    refresh: Refresh,
    now: datetime,
    documents: Findings,
    claims: Findings,
) -> None:
    """Compare the document of every listing in ``sources`` with what the index has."""
    ids = sorted({name for recorded in sources.events if (name := document_id(recorded))})
    stored = await _read(client, prefix, ids)
    documents.count("documents in Elasticsearch", len(ids))
    for identity in ids:
        name = f"listing {identity} in the search index"
        found = stored.get(identity)
        try:
            state = decode_folded(found["_source"]["folded"]) if found else None
        except (msgspec.MsgspecError, KeyError) as error:
            documents.found(f"{name} can't be read: {error!r}")
            continue
        _check_due(identity, name, state, sources, applied, documents)
        if found is None or state is None:
            continue
        if wrong := _difference(identity, found, state, sources, refresh):
            documents.found(f"{name} {wrong}")
        if state.claims:
            check_live(state.claims.state.claims.values(), now, name, claims)


async def _read(
    client: AsyncElasticsearch, prefix: str, ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    with asking():
        answer = await client.mget(index=listings(prefix), ids=list(ids))
    return {item["_id"]: item for item in answer["docs"] if item.get("found")}


def _versions(identity: str, state: Folded | None) -> dict[str, int]:
    """How far the document has come in each of its two streams."""
    listing_id = subject(f"listing-{identity}")
    return {
        listing_stream(listing_id): state.listing.version if state else 0,
        calendar_stream(listing_id): state.claims.version if state and state.claims else 0,
    }


def _check_due(
    identity: str,
    name: str,
    state: Folded | None,
    sources: Sources,
    applied: Mapping[int, int],
    into: Findings,
) -> None:
    for stream, version in _versions(identity, state).items():
        due = sources.due(stream, applied)
        if version < due:
            lacks = "is missing" if state is None else f"is at version {version} of {stream}"
            into.found(f"{name} {lacks}, though version {due} is applied")
            return


def _difference(
    identity: str, found: dict[str, Any], state: Folded, sources: Sources, refresh: Refresh
) -> str | None:
    """How the stored document is not what its events make, if it is not."""
    versions = _versions(identity, state)
    if any(version > sources.version(stream) for stream, version in versions.items()):
        sources = refresh(identity)
    expected: Folded | None = None
    try:
        for recorded in sources.until(versions):
            expected = fold(expected, recorded)
    except (Missed, AssertionError) as error:
        return f"can't be compared: {error}"
    if expected is None or _versions(identity, expected) != versions:
        return f"is at versions {versions}, which the log never had"
    if found["_version"] != expected.position:
        return f"has version {found['_version']}, and the log says {expected.position}"
    made = cast("dict[str, Any]", msgspec.json.decode(encode(document(expected))))
    stored: dict[str, Any] = found["_source"]
    wrong = sorted(
        field for field in made.keys() | stored.keys() if made.get(field) != stored.get(field)
    )
    return f"is not what its events make: {', '.join(wrong)}" if wrong else None
