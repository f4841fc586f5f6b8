"""A listing as its facts left it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, assert_never, get_args
from uuid import UUID

from domain.booking.policy import FLEXIBLE, CancellationPolicy
from domain.buffers import Buffers
from domain.kind import Kind
from domain.listing.facts import (
    AmenitiesSet,
    CapacitySet,
    CoHostAdded,
    CoHostPermissionsSet,
    CoHostRemoved,
    ListingArchived,
    ListingDescribed,
    ListingDrafted,
    ListingEvent,
    ListingImported,
    ListingLocated,
    ListingPriced,
    ListingPublished,
    ListingUnpublished,
    Location,
    Permission,
    Photo,
    PhotosArranged,
    PolicyChosen,
    TermsSet,
)
from domain.money import Money
from domain.rules.apart import buffers_of
from domain.rules.dates import DateOverride, revised
from domain.rules.document import NO_RULES, Rules
from domain.rules.facts import DatesChanged, RulesSet

EVERYTHING: Final[frozenset[Permission]] = frozenset(get_args(Permission))
KNOWING_OF_BOOKINGS: Final[frozenset[Permission]] = frozenset({"bookings", "messages"})
"""Who has one of these knows that a booking exists, and is told when the other is needed."""

Status = Literal["draft", "published", "unpublished", "archived"]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is offered, where, and on which terms."""

    id: UUID
    host_id: UUID
    kind: Kind
    time_zone: str
    status: Status = "draft"
    title: str = ""
    description: str = ""
    room_type: str | None = None
    location: Location | None = None
    units: int = 1
    max_guests: int = 1
    price: Money | None = None
    minimum_nights: int = 1
    maximum_nights: int = 365
    instant: bool = True
    policy: CancellationPolicy = FLEXIBLE
    amenities: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()
    rules: Rules = NO_RULES
    overrides: tuple[DateOverride, ...] = ()
    source: ListingImported | None = None
    co_hosts: Mapping[UUID, frozenset[Permission]] = field(
        default_factory=dict[UUID, frozenset[Permission]]
    )
    """What each may do who ever was a co-host; nothing is left to those who were removed."""

    @property
    def buffers(self) -> Buffers:
        """The buffers that a new claim on it gets."""
        return buffers_of(self.kind, self.rules.schedule)

    def permissions_of(self, account_id: UUID | None) -> frozenset[Permission]:
        """What a person may look after here: everything, as the host; nothing, as a stranger."""
        if account_id is None:
            return frozenset()
        return (
            EVERYTHING if account_id == self.host_id else self.co_hosts.get(account_id, frozenset())
        )

    def seen_by(self, account_id: UUID | None) -> bool:
        """Whether a person may know of the listing: drafts are their hosts' alone."""
        return self.status != "draft" or bool(self.permissions_of(account_id))


def evolve(  # noqa: C901, PLR0911, PLR0912 - a case a fact
    listing: Listing | None, event: ListingEvent
) -> Listing:
    """``listing`` after ``event``."""
    if isinstance(event, ListingDrafted):
        return Listing(
            id=event.listing_id, host_id=event.host_id, kind=event.kind, time_zone=event.time_zone
        )
    assert listing is not None, "a listing's first event drafts it"
    match event:
        case ListingDescribed():
            return replace(
                listing,
                title=event.title,
                description=event.description,
                room_type=event.room_type,
            )
        case ListingLocated():
            return replace(listing, location=event.location)
        case CapacitySet():
            return replace(listing, units=event.units, max_guests=event.max_guests)
        case ListingPriced():
            return replace(listing, price=event.price)
        case TermsSet():
            return replace(
                listing,
                minimum_nights=event.minimum_nights,
                maximum_nights=event.maximum_nights,
                instant=event.instant,
            )
        case PolicyChosen():
            return replace(listing, policy=event.policy)
        case AmenitiesSet():
            return replace(listing, amenities=event.amenities)
        case PhotosArranged():
            return replace(listing, photos=event.photos)
        case RulesSet():
            return replace(listing, rules=event.rules)
        case DatesChanged():
            dates = revised(listing.overrides, event.overrides, event.on)
            return replace(listing, overrides=dates)
        case ListingPublished():
            return replace(listing, status="published")
        case ListingUnpublished():
            return replace(listing, status="unpublished")
        case ListingArchived():
            return replace(listing, status="archived")
        case CoHostAdded() | CoHostPermissionsSet():
            return _co_hosted(listing, event.account_id, event.permissions)
        case CoHostRemoved():
            return _co_hosted(listing, event.account_id, ())
        case ListingImported():
            return replace(listing, source=event)
        case _:
            assert_never(event)


def _co_hosted(listing: Listing, account_id: UUID, may: Iterable[Permission]) -> Listing:
    return replace(listing, co_hosts={**listing.co_hosts, account_id: frozenset(may)})
