"""What can happen to a listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.booking.policy import CancellationPolicy
from domain.kind import Kind
from domain.money import Money
from domain.rules.facts import DatesChanged, RulesSet

Permission = Literal["listing", "calendar", "bookings", "messages"]
"""What a co-host may look after: the offer, the dates, the bookings and reviews, the messages."""


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where a listing is; degrees are WGS 84."""

    latitude: float
    longitude: float
    neighbourhood: str | None = None
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A picture, where it lies, and what it shows for who can't see it."""

    url: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True)
class ListingDrafted:
    """A host began a listing that nobody else sees yet."""

    listing_id: UUID
    host_id: UUID
    kind: Kind
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class ListingDescribed:
    """The words guests read were set."""

    title: str
    description: str
    room_type: str | None


@dataclass(frozen=True, kw_only=True)
class ListingLocated:
    """The place was set; none means not known yet."""

    location: Location | None


@dataclass(frozen=True, kw_only=True)
class CapacitySet:
    """How many interchangeable units there are, and how many guests one unit holds."""

    units: int
    max_guests: int


@dataclass(frozen=True, kw_only=True)
class ListingPriced:
    """The price of one unit for a night, a slot's length or a day was set; none means not yet."""

    price: Money | None


@dataclass(frozen=True, kw_only=True)
class TermsSet:
    """The rules a stay must keep, and whether a booking needs the host's approval, were set.

    The minimum and maximum count nights, the days of a rental, or lengths of a slot.
    """

    minimum_nights: int
    maximum_nights: int
    instant: bool


@dataclass(frozen=True, kw_only=True)
class PolicyChosen:
    """What goes back to guests who cancel was set, for bookings from now on."""

    policy: CancellationPolicy


@dataclass(frozen=True, kw_only=True)
class AmenitiesSet:
    """What guests find there was set, in the host's order."""

    amenities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PhotosArranged:
    """The pictures were set, in the order in which guests see them."""

    photos: tuple[Photo, ...]


@dataclass(frozen=True, kw_only=True)
class ListingPublished:
    """Guests can find and book the listing."""

    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ListingUnpublished:
    """The listing takes no new bookings; those it has stand."""

    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ListingArchived:
    """The listing was put away for good."""

    listing_id: UUID


@dataclass(frozen=True, kw_only=True)
class CoHostAdded:
    """A person may act for the host, in this much, for the first time."""

    account_id: UUID
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, kw_only=True)
class CoHostPermissionsSet:
    """What a co-host may do was set anew; one who was removed is back."""

    account_id: UUID
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, kw_only=True)
class CoHostRemoved:
    """A person no longer acts for the host."""

    account_id: UUID


@dataclass(frozen=True, kw_only=True)
class ListingImported:
    """The listing came from a published data set, which said this about it."""

    source: str
    reference: str
    number_of_reviews: int
    last_review: str | None
    availability_365: int


ListingEvent = (
    ListingDrafted
    | ListingDescribed
    | ListingLocated
    | CapacitySet
    | ListingPriced
    | TermsSet
    | PolicyChosen
    | AmenitiesSet
    | PhotosArranged
    | RulesSet
    | DatesChanged
    | ListingPublished
    | ListingUnpublished
    | ListingArchived
    | CoHostAdded
    | CoHostPermissionsSet
    | CoHostRemoved
    | ListingImported
)
