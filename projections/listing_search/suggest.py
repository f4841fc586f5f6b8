"""What might somebody mean who has typed this much?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from elasticsearch import AsyncElasticsearch

from projections.listing_search.asking import asking
from projections.listing_search.criteria import Near
from projections.listing_search.names import listings

PLACES: Final = ("neighbourhood", "city")
PUBLISHED: Final[dict[str, Any]] = {"term": {"status": "published"}}


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A place with listings, or a listing; a place's location is the middle of its listings."""

    kind: Literal["place", "listing"]
    text: str
    id: str | None
    location: Near | None


async def suggest(
    client: AsyncElasticsearch, prefix: str, text: str, *, limit: int = 10
) -> list[Suggestion]:
    """Up to ``limit`` suggestions: places with the most listings first, then listings.

    Raises :class:`projections.unavailable.ReadModelUnavailable`.
    """
    with asking():
        answer = await client.search(
            index=listings(prefix),
            query={"bool": {"filter": [PUBLISHED], "must": [_begins("title", text)]}},
            sort=[{"_score": "desc"}, {"id": "asc"}],
            size=limit,
            source={"includes": ["id", "title", "location"]},
            track_total_hits=False,
            aggs={"everything": _places(text)},
        )
    found = [
        _place(bucket)
        for field in PLACES
        for bucket in answer["aggregations"]["everything"][field]["values"]["buckets"]
    ]
    found += [_listing(hit["_source"]) for hit in answer["hits"]["hits"]]
    return found[:limit]


def _begins(field: str, text: str) -> dict[str, Any]:
    return {"match": {f"{field}.begun": {"query": text, "operator": "and"}}}


def _places(text: str) -> dict[str, Any]:
    """Of all published listings, those in places that begin so, counted by place."""
    by_field = {
        field: {
            "filter": {"bool": {"filter": [PUBLISHED, _begins(field, text)]}},
            "aggs": {
                "values": {
                    "terms": {"field": field, "size": 5},
                    "aggs": {"centre": {"geo_centroid": {"field": "location"}}},
                }
            },
        }
        for field in PLACES
    }
    return {"global": {}, "aggs": by_field}


def _place(bucket: dict[str, Any]) -> Suggestion:
    centre = bucket["centre"].get("location")
    location = Near(centre["lat"], centre["lon"]) if centre else None
    return Suggestion(kind="place", text=bucket["key"], id=None, location=location)


def _listing(source: dict[str, Any]) -> Suggestion:
    point = source.get("location")
    location = Near(point["lat"], point["lon"]) if point else None
    return Suggestion(kind="listing", text=source["title"], id=source["id"], location=location)
