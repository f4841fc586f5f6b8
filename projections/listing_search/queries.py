"""Which listings suit these words, this place, this price and these dates?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from domain.kind import Kind
from domain.listing.facts import Location
from domain.listing.state import Listing
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.pricing import price as price_of
from domain.review.rating import Rating
from projections.listing_ratings.rated import Rated
from projections.listing_search.asking import asking
from projections.listing_search.criteria import Box, Criteria, Cursor, Near
from projections.listing_search.names import listings
from projections.listing_search.request import CLUSTERS, FACETS, request


@dataclass(frozen=True, kw_only=True)
class FoundListing:
    """A listing that suits; ``total`` is the price of the days that were asked about.

    A listing by the hour has none: its price is that of a slot. ``rating`` is what is published at
    the time of the search, if anything is.
    """

    id: str
    kind: Kind
    title: str
    location: Location | None
    room_type: str | None
    price: Money | None
    total: Money | None
    rating: Rating | None = None


@dataclass(frozen=True)
class FacetCount:
    """How many of all that suit have this value."""

    value: str
    count: int


@dataclass(frozen=True)
class Cluster:
    """Listings that lie together on the map."""

    location: Near
    count: int
    box: Box


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what suits; ``total`` is exact, facets and clusters are of all that suits."""

    items: list[FoundListing]
    total: int
    facets: dict[str, list[FacetCount]]
    clusters: list[Cluster] | None
    next: Cursor | None


async def search(
    client: AsyncElasticsearch, prefix: str, criteria: Criteria, now: datetime
) -> Found:
    """The listings that suit ``criteria`` at ``now``.

    Raises :class:`projections.unavailable.ReadModelUnavailable`.
    """
    with asking():
        answer = await client.search(index=listings(prefix), **request(criteria, now))
    hits: list[Any] = answer["hits"]["hits"]
    shown = hits[: criteria.limit]
    return Found(
        items=[_item(hit["_source"], criteria, now) for hit in shown],
        total=answer["hits"]["total"]["value"],
        facets={name: _facet(answer["aggregations"][name]) for name in FACETS},
        clusters=_clusters(answer["aggregations"]) if criteria.clusters else None,
        next=_cursor(shown[-1], criteria) if len(hits) > len(shown) and shown else None,
    )


def _item(source: dict[str, Any], criteria: Criteria, now: datetime) -> FoundListing:
    price = Money(source["price"], source["currency"]) if source["price"] is not None else None
    return FoundListing(
        id=source["id"],
        kind=source["kind"],
        title=source["title"],
        location=_location(source),
        room_type=source["room_type"],
        price=price,
        total=_total(source, criteria, now) if source["kind"] != "slot" else None,
        rating=_rating(source.get("rated"), now),
    )


def _rating(rated: Any, now: datetime) -> Rating | None:
    if rated is None:
        return None
    found = msgspec.convert(rated, Rated).at(now)
    return found if found.count else None


def _location(source: dict[str, Any]) -> Location | None:
    point = source["location"]
    if point is None:
        return None
    return Location(
        latitude=point["lat"],
        longitude=point["lon"],
        neighbourhood=source["neighbourhood"],
        city=source["city"],
        country=source["country"],
    )


def _total(source: dict[str, Any], criteria: Criteria, now: datetime) -> Money | None:
    """What a quote would say: computed by the domain, from the listing as it was folded."""
    if criteria.stay is None:
        return None
    part = source["folded"]["listing"]
    listing = msgspec.convert(part["state"], Listing)
    guests = criteria.guests or 1
    units = -(-guests // listing.max_guests)
    asked = Asked(stay=criteria.stay, guests=guests, units=units)
    return price_of(listing, part["version"], asked, now).total


def _facet(aggregation: dict[str, Any]) -> list[FacetCount]:
    return [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in aggregation["buckets"]]


def _clusters(aggregations: dict[str, Any]) -> list[Cluster]:
    return [_cluster(bucket) for bucket in aggregations[CLUSTERS]["buckets"]]


def _cluster(bucket: dict[str, Any]) -> Cluster:
    centre, bounds = bucket["centre"]["location"], bucket["box"]["bounds"]
    north_west, south_east = bounds["top_left"], bounds["bottom_right"]
    return Cluster(
        location=Near(centre["lat"], centre["lon"]),
        count=bucket["doc_count"],
        box=Box(north_west["lon"], south_east["lat"], south_east["lon"], north_west["lat"]),
    )


def _cursor(hit: dict[str, Any], criteria: Criteria) -> Cursor:
    value, identity = hit["sort"]
    return Cursor(criteria.order, value, identity)
