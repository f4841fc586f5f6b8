"""What a search finds."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.representations.listing import Location
from api.representations.rating import Rating
from api.representations.values import Money, is_absent
from domain.kind import Kind
from projections.listing_search.criteria import Near
from projections.listing_search.queries import Found, FoundListing
from projections.listing_search.suggest import Suggestion


class Point(BaseModel):
    """A place on the map."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, near: Near) -> Self:
        """As the read model has it."""
        return cls.model_construct(latitude=near.latitude, longitude=near.longitude)


class FoundItem(BaseModel):
    """A listing that suits."""

    id: UUID
    kind: Kind
    title: str
    location: Location | None
    room_type: str | None
    price: Money | None
    total: Money | None = Field(default=None, exclude_if=is_absent)
    rating: Rating | None = Field(default=None, exclude_if=is_absent)
    degraded: bool | None = Field(
        default=None,
        exclude_if=is_absent,
        description="true when later changes of the listing could not be applied yet",
    )

    @classmethod
    def of(cls, found: FoundListing, *, degraded: bool = False) -> Self:
        """As the read model has it."""
        return cls.model_construct(
            id=UUID(found.id),
            kind=found.kind,
            title=found.title,
            location=Location.of(found.location) if found.location else None,
            room_type=found.room_type,
            price=Money.of(found.price) if found.price else None,
            total=Money.of(found.total) if found.total else None,
            rating=Rating.of(found.rating) if found.rating else None,
            degraded=True if degraded else None,
        )


class Facet(BaseModel):
    """How many of all that suit have a value."""

    value: str
    count: int


class ClusterItem(BaseModel):
    """Listings that lie together on the map."""

    location: Point
    count: int
    bbox: Annotated[list[float], Field(description="west, south, east, north")]


class SearchPage(BaseModel):
    """A page of what suits; ``total`` is exact."""

    items: list[FoundItem]
    total: int
    facets: dict[str, list[Facet]]
    clusters: list[ClusterItem] | None = Field(default=None, exclude_if=is_absent)
    next: str | None

    @classmethod
    def of(
        cls, found: Found, following: str | None, degraded: Container[str] = frozenset()
    ) -> Self:
        """As the read model has it; ``degraded`` are the ids of listings that stand still."""
        clusters = None
        if found.clusters is not None:
            clusters = [
                ClusterItem.model_construct(
                    location=Point.of(each.location),
                    count=each.count,
                    bbox=[each.box.west, each.box.south, each.box.east, each.box.north],
                )
                for each in found.clusters
            ]
        return cls.model_construct(
            items=[FoundItem.of(each, degraded=each.id in degraded) for each in found.items],
            total=found.total,
            facets={
                name: [Facet.model_construct(value=v.value, count=v.count) for v in values]
                for name, values in found.facets.items()
            },
            clusters=clusters,
            next=following,
        )


class SuggestionItem(BaseModel):
    """What somebody might mean."""

    kind: str
    text: str
    id: UUID | None = Field(default=None, exclude_if=is_absent)
    location: Point | None = Field(default=None, exclude_if=is_absent)

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """As the read model has it."""
        return cls.model_construct(
            kind=suggestion.kind,
            text=suggestion.text,
            id=UUID(suggestion.id) if suggestion.id else None,
            location=Point.of(suggestion.location) if suggestion.location else None,
        )


class Suggestions(BaseModel):
    """The likeliest first."""

    items: list[SuggestionItem]
