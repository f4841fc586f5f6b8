"""A listing as its facts left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never
from uuid import UUID

from domain.booking.policy import FLEXIBLE, CancellationPolicy
from domain.kind import Kind
from domain.listing.facts import (
    CapacitySet,
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
    PolicyChosen,
    TermsSet,
)
from domain.money import Money
from domain.rules.dates import DateOverride, revised
from domain.rules.document import NO_RULES, Rules
from domain.rules.facts import DatesChanged, RulesSet

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
    rules: Rules = NO_RULES
    overrides: tuple[DateOverride, ...] = ()
    source: ListingImported | None = None

    def seen_by(self, account_id: UUID | None) -> bool:
        """Whether a person may know of the listing: drafts are their owner's alone."""
        return self.status != "draft" or account_id == self.host_id


def evolve(listing: Listing | None, event: ListingEvent) -> Listing:
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
        case ListingImported():
            return replace(listing, source=event)
        case _:
            assert_never(event)
