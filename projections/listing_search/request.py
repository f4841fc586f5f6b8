"""A guest's criteria in Elasticsearch's words."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

from projections.listing_search.criteria import Box, Criteria
from projections.listing_search.dates import taking
from projections.listing_search.pricing import TOTAL, total_of

Clause = dict[str, Any]

UNREAD: Final = ("full", "description", "tariff")
BESIDE_LISTING: Final = ("folded.claims", "folded.ratings")
"""What is left of the folded state once the listing is taken out, which totals are made of."""
LARGEST: Final = 2**63 - 1
FACETS: Final = ("kind", "room_type", "neighbourhood", "amenities")
CLUSTERS: Final = "clusters"


def request(criteria: Criteria, now: datetime) -> Clause:
    """The body of the search that answers ``criteria`` at ``now``."""
    body: Clause = {
        "query": matching(criteria, now),
        "sort": [_sort(criteria), {"id": "asc"}],
        "size": criteria.limit + 1,
        "track_total_hits": True,
        "source": {"excludes": [*UNREAD, *(BESIDE_LISTING if criteria.stay else ("folded",))]},
        "aggs": _aggregations(criteria),
    }
    if criteria.stay:
        body["runtime_mappings"] = total_of(criteria.stay, criteria.guests or 1, now)
    if criteria.cursor:
        body["search_after"] = [criteria.cursor.value, criteria.cursor.id]
    return body


def matching(criteria: Criteria, now: datetime) -> Clause:
    """Which documents suit, and with ``q`` how well."""
    filters: list[Clause] = [{"term": {"status": "published"}}]
    excluded: list[Clause] = []
    if criteria.guests is not None:
        filters.append({"range": {"capacity": {"gte": min(criteria.guests, LARGEST)}}})
    if criteria.room_type is not None:
        filters.append({"term": {"room_type": criteria.room_type}})
    filters += [{"term": {"amenities": name}} for name in criteria.amenities]
    if criteria.kind is not None:
        filters.append({"term": {"kind": criteria.kind}})
    if criteria.instant is not None:
        filters.append({"term": {"instant": criteria.instant}})
    if criteria.order == "distance":
        filters.append({"exists": {"field": "location"}})
    filters += _place(criteria) + _price(criteria)
    if criteria.stay:
        filters.append(taking(criteria.stay, now))
    query: Clause = {"filter": filters, "must_not": excluded}
    if criteria.q:
        query |= _words(criteria.q)
    return {"bool": query}


def _words(q: str) -> Clause:
    """Every word must be somewhere in the listing; where it is decides how well it suits."""
    everywhere = ["words", "words.stemmed"]
    return {
        "must": [
            {"multi_match": {"query": q, "fields": everywhere, "operator": "and"}},
        ],
        "should": [
            {"multi_match": {"query": q, "fields": ["title^3", "title.stemmed^2"]}},
            {"multi_match": {"query": q, "fields": ["neighbourhood.text^2", "city.text"]}},
            {"match_phrase": {"title": {"query": q, "boost": 2}}},
        ],
    }


def _place(criteria: Criteria) -> list[Clause]:
    found: list[Clause] = []
    if criteria.near and criteria.radius_km is not None:
        centre = {"lat": criteria.near.latitude, "lon": criteria.near.longitude}
        distance = f"{criteria.radius_km}km"
        found.append({"geo_distance": {"distance": distance, "location": centre}})
    if box := criteria.box:
        edges = {"top": box.north, "left": box.west, "bottom": box.south, "right": box.east}
        found.append({"geo_bounding_box": {"location": edges}})
    return found


def _price(criteria: Criteria) -> list[Clause]:
    """Bounds of a night's base price, or of all that a stay costs, which only some can have."""
    bounds: Clause = {"gte": 0} if criteria.stay else {}
    if criteria.price_min is not None:
        bounds["gte"] = min(criteria.price_min, LARGEST)
    if criteria.price_max is not None:
        bounds["lte"] = min(criteria.price_max, LARGEST)
    priced = TOTAL if criteria.stay else "price"
    found: list[Clause] = [{"range": {priced: bounds}}] if bounds else []
    if criteria.currency:
        found.append({"term": {"currency": criteria.currency}})
    return found


def _sort(criteria: Criteria) -> Clause:
    match criteria.order:
        case "relevance":
            return {"_score": "desc"}
        case "price":
            return {TOTAL if criteria.stay else "price": "asc"}
        case "newest":
            return {"listed_at": "desc"}
        case "rating":
            return {"rating": {"order": "desc", "missing": 0}}
        case "distance":
            assert criteria.near is not None, "criteria sort by distance from somewhere"
            centre = {"lat": criteria.near.latitude, "lon": criteria.near.longitude}
            return {"_geo_distance": {"location": centre, "order": "asc", "unit": "m"}}


def _aggregations(criteria: Criteria) -> Clause:
    facets: Clause = {name: {"terms": {"field": name, "size": 100}} for name in FACETS}
    if not criteria.clusters:
        return facets
    return facets | {
        CLUSTERS: {
            "geotile_grid": {"field": "location", "precision": _zoom(criteria.box), "size": 200},
            "aggs": {
                "centre": {"geo_centroid": {"field": "location"}},
                "box": {"geo_bounds": {"field": "location"}},
            },
        }
    }


def _zoom(box: Box | None) -> int:
    """The tile size of which about eight fit across the map's window."""
    width = max(box.width, 1e-9) if box else 360.0
    return min(max(round(math.log2(8 * 360 / width)), 1), 22)
