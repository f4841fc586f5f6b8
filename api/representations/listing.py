"""A listing as hosts write it and everyone reads it."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt

from api.representations.policy import Policy, PolicyBody, policy_terms
from api.representations.rating import Rating
from api.representations.values import Input, Money, is_absent
from domain.booking.policy import FLEXIBLE
from domain.kind import Kind
from domain.listing.facts import Location as DomainLocation
from domain.listing.facts import Permission
from domain.listing.facts import Photo as DomainPhoto
from domain.listing.offer import (
    LONGEST_ALT,
    LONGEST_DESCRIPTION,
    LONGEST_LABEL,
    LONGEST_STAY,
    LONGEST_TITLE,
    LONGEST_URL,
    MOST_AMENITIES,
    MOST_GUESTS,
    MOST_PHOTOS,
    MOST_UNITS,
    Offer,
)
from domain.listing.state import Listing as DomainListing
from domain.listing.state import Status
from domain.review.rating import Rating as DomainRating

PlaceName = Annotated[str, Field(min_length=1, max_length=200)]


class Location(Input):
    """Where it is, in WGS 84 degrees, and what people call the place."""

    latitude: Annotated[StrictFloat, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[StrictFloat, Field(ge=-180, le=180, allow_inf_nan=False)]
    neighbourhood: PlaceName | None = None
    city: PlaceName | None = None
    country: PlaceName | None = None

    def to_domain(self) -> DomainLocation:
        """As the domain takes it."""
        return DomainLocation(**self.model_dump())

    @classmethod
    def of(cls, location: DomainLocation) -> Self:
        """As the domain has it."""
        return cls.model_construct(
            latitude=location.latitude,
            longitude=location.longitude,
            neighbourhood=location.neighbourhood,
            city=location.city,
            country=location.country,
        )


class Photo(Input):
    """A picture that lies elsewhere, and what it shows for who can't see it."""

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL, pattern="^https?://")]
    alt: Annotated[str, Field(max_length=LONGEST_ALT)] = ""


Amenity = Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)]


class Terms(Input):
    """What is offered and on which terms; all but the first three have a default."""

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    time_zone: Annotated[str, Field(max_length=64, description="IANA name.")]
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] = ""
    room_type: Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)] | None = None
    location: Location | None = None
    units: Annotated[StrictInt, Field(ge=1, le=MOST_UNITS)] = 1
    max_guests: Annotated[StrictInt, Field(ge=1, le=MOST_GUESTS)] = 1
    price: Annotated[
        Money | None, Field(description="A night, a slot's length or a day of one unit.")
    ] = None
    minimum_nights: Annotated[StrictInt, Field(ge=1, le=LONGEST_STAY)] = 1
    maximum_nights: Annotated[StrictInt, Field(ge=1, le=LONGEST_STAY)] = 365
    instant: StrictBool = True
    cancellation_policy: PolicyBody = PolicyBody(name=FLEXIBLE.name)
    amenities: list[Amenity] = Field(
        default_factory=list[Amenity],
        max_length=MOST_AMENITIES,
        description="What guests find there, in your own words.",
    )
    photos: list[Photo] = Field(
        default_factory=list[Photo],
        max_length=MOST_PHOTOS,
        description="In the order in which guests see them.",
    )


class ListingBody(Terms):
    """A listing as a host writes it; what only answers say may be sent back and is not read."""

    id: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    version: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    status: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    host_id: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    rating: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})
    permissions: Any = Field(default=None, exclude=True, json_schema_extra={"readOnly": True})

    def to_offer(self) -> Offer:
        """As the domain takes it; raises InvalidOffer."""
        return Offer(
            kind=self.kind,
            time_zone=self.time_zone,
            title=self.title,
            description=self.description,
            room_type=self.room_type,
            location=self.location.to_domain() if self.location else None,
            units=self.units,
            max_guests=self.max_guests,
            price=self.price.to_domain() if self.price else None,
            minimum_nights=self.minimum_nights,
            maximum_nights=self.maximum_nights,
            instant=self.instant,
            policy=self.cancellation_policy.to_domain(),
            amenities=tuple(self.amenities),
            photos=tuple(DomainPhoto(url=each.url, alt=each.alt) for each in self.photos),
        )


class Listing(BaseModel):
    """A listing as it stands."""

    id: UUID
    version: int
    status: Status
    host_id: UUID
    kind: Kind
    title: str
    description: str
    room_type: str | None
    location: Location | None
    time_zone: str
    units: int
    max_guests: int
    price: Money | None
    minimum_nights: int
    maximum_nights: int
    instant: bool
    cancellation_policy: Policy
    amenities: list[str]
    photos: list[Photo]
    rating: Rating | None = Field(default=None, exclude_if=is_absent)
    permissions: list[Permission] | None = Field(
        default=None, exclude_if=is_absent, description="What you may do as a co-host."
    )

    @classmethod
    def of(
        cls,
        listing: DomainListing,
        version: int,
        *,
        rating: DomainRating | None = None,
        co_host: UUID | None = None,
    ) -> Self:
        """As its facts left it; ``co_host`` is who is told what they may do for its host."""
        return cls.model_construct(
            id=listing.id,
            version=version,
            status=listing.status,
            host_id=listing.host_id,
            kind=listing.kind,
            title=listing.title,
            description=listing.description,
            room_type=listing.room_type,
            location=Location.of(listing.location) if listing.location else None,
            time_zone=listing.time_zone,
            units=listing.units,
            max_guests=listing.max_guests,
            price=Money.of(listing.price) if listing.price else None,
            minimum_nights=listing.minimum_nights,
            maximum_nights=listing.maximum_nights,
            instant=listing.instant,
            cancellation_policy=Policy.of(listing.policy),
            amenities=list(listing.amenities),
            photos=[Photo.model_construct(url=p.url, alt=p.alt) for p in listing.photos],
            rating=Rating.of(rating) if rating else None,
            permissions=sorted(listing.permissions_of(co_host)) if co_host else None,
        )


class Listings(BaseModel):
    """A page of a host's listings."""

    items: list[Listing]
    next: str | None


def terms_of(listing: DomainListing) -> dict[str, Any]:
    """What a merge patch is applied to: the terms as a host would write them."""
    document = Listing.of(listing, 0).model_dump(mode="json")
    document["cancellation_policy"] = policy_terms(listing.policy)
    return {name: document[name] for name in Terms.model_fields}
