"""What a host may do with a listing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.calendar.state import Calendar
from domain.currencies import NO_CURRENCY, is_currency
from domain.listing.currency import currency_beside_price
from domain.listing.facts import (
    AmenitiesSet,
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
    PhotosArranged,
    PolicyChosen,
    TermsSet,
)
from domain.listing.offer import Offer
from domain.listing.state import Listing
from domain.local_time import local_date
from domain.refusals import (
    CurrencyMismatch,
    InvalidOffer,
    ListingIncomplete,
    PolicyForbids,
    UnitsClaimed,
)
from domain.refusals import ListingArchived as ListingIsArchived
from domain.rules.checking import in_currency
from domain.rules.dates import revised
from domain.rules.document import NO_RULES, Rules
from domain.rules.facts import DatesChanged, RulesSet


def draft(
    listing_id: UUID,
    host_id: UUID,
    offer: Offer,
    imported: ListingImported | None = None,
    rules: Rules = NO_RULES,
) -> list[ListingEvent]:
    """A host begins a listing with all that ``offer`` says, and the rules of all their listings.

    Amounts of ``rules`` in another currency than the offer's price are left out. Raises
    InvalidOffer for a price in what is no currency.
    """
    _check_currency(offer)
    begun = ListingDrafted(
        listing_id=listing_id, host_id=host_id, kind=offer.kind, time_zone=offer.time_zone
    )
    unsaid = (AmenitiesSet(amenities=()), PhotosArranged(photos=()))
    said = [each for each in _facets(offer) if each not in unsaid]
    events: list[ListingEvent] = [begun, *said, *([imported] if imported else [])]
    asked = in_currency(rules, offer.price.currency if offer.price else None)
    return events if asked == NO_RULES else [*events, RulesSet(rules=asked)]


def copy(original: Listing, copy_id: UUID, now: datetime) -> list[ListingEvent]:
    """A host begins a listing as ``original`` stands, dates and all; claims are not copied."""
    events = draft(copy_id, original.host_id, offer_of(original), rules=original.rules)
    today = local_date(now, original.time_zone)
    dates = revised(original.overrides, (), today)
    return [*events, DatesChanged(on=today, overrides=dates)] if dates else events


def change(listing: Listing, calendar: Calendar, offer: Offer, now: datetime) -> list[ListingEvent]:
    """What of ``offer`` is new becomes facts; nothing new, nothing happens.

    Raises ListingArchived; InvalidOffer for a new kind or time zone, which give nights their
    meaning; CurrencyMismatch for a price in another currency than what else the listing charges;
    UnitsClaimed when somebody has, or is going to have, a unit that would go.
    """
    if listing.status == "archived":
        raise ListingIsArchived(listing_id=listing.id)
    for field in ("kind", "time_zone"):
        if getattr(offer, field) != getattr(listing, field):
            raise InvalidOffer(field=field, why="can't change; make a new listing instead")
    if offer.price != listing.price:
        _check_currency(offer)
    charged = currency_beside_price(listing)
    if offer.price and charged and offer.price.currency != charged:
        raise CurrencyMismatch(expected=charged, given=offer.price.currency)
    today = local_date(now, listing.time_zone)
    claims = [each for each in calendar.live(now) if each.stay.depart > today]
    needed = 1 + max((unit for claim in claims for unit in claim.units), default=-1)
    if offer.units < needed:
        raise UnitsClaimed(units=offer.units, needed=needed)
    before = _facets(offer_of(listing))
    changed = [new for old, new in zip(before, _facets(offer), strict=True) if new != old]
    if listing.status == "published" and (missing := _missing(offer)):
        raise ListingIncomplete(missing=missing)
    return changed


def publish(listing: Listing) -> list[ListingEvent]:
    """Guests may find and book the listing; already published, nothing happens.

    Raises ListingArchived, and ListingIncomplete while a price or a location is missing.
    """
    if listing.status == "published":
        return []
    if listing.status == "archived":
        raise ListingIsArchived(listing_id=listing.id)
    if missing := _missing(offer_of(listing)):
        raise ListingIncomplete(missing=missing)
    return [ListingPublished(listing_id=listing.id)]


def unpublish(listing: Listing) -> list[ListingEvent]:
    """The listing takes no new bookings; nothing happens when it takes none anyway."""
    if listing.status == "unpublished":
        return []
    if listing.status != "published":
        draft = listing.status == "draft"
        raise PolicyForbids(
            action="unpublish the listing",
            status=listing.status,
            because=f"the status is {listing.status}",
            instead="Guests can't see it: publish it, or archive it."
            if draft
            else "It is put away for good: copy it to offer it again.",
        )
    return [ListingUnpublished(listing_id=listing.id)]


def archive(listing: Listing) -> list[ListingEvent]:
    """The listing is put away for good; its bookings stand."""
    if listing.status == "archived":
        return []
    return [ListingArchived(listing_id=listing.id)]


def _check_currency(offer: Offer) -> None:
    if offer.price and not is_currency(offer.price.currency):
        raise InvalidOffer(field="price.currency", why=NO_CURRENCY)


def _missing(offer: Offer) -> tuple[str, ...]:
    needed = {"price": offer.price, "location": offer.location}
    return tuple(name for name, value in needed.items() if value is None)


def offer_of(listing: Listing) -> Offer:
    """What the listing offers now."""
    return Offer(
        kind=listing.kind,
        time_zone=listing.time_zone,
        title=listing.title,
        description=listing.description,
        room_type=listing.room_type,
        location=listing.location,
        units=listing.units,
        max_guests=listing.max_guests,
        price=listing.price,
        minimum_nights=listing.minimum_nights,
        maximum_nights=listing.maximum_nights,
        instant=listing.instant,
        policy=listing.policy,
        amenities=listing.amenities,
        photos=listing.photos,
    )


def _facets(offer: Offer) -> list[ListingEvent]:
    return [
        ListingDescribed(
            title=offer.title, description=offer.description, room_type=offer.room_type
        ),
        CapacitySet(units=offer.units, max_guests=offer.max_guests),
        ListingPriced(price=offer.price),
        TermsSet(
            minimum_nights=offer.minimum_nights,
            maximum_nights=offer.maximum_nights,
            instant=offer.instant,
        ),
        ListingLocated(location=offer.location),
        PolicyChosen(policy=offer.policy),
        AmenitiesSet(amenities=offer.amenities),
        PhotosArranged(photos=offer.photos),
    ]
