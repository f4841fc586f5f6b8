"""A listing's search document: the fold of its stream, its calendar's and its guests' reviews'."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec

from domain.calendar import state as calendar
from domain.kind import Kind
from domain.listing import state as listing
from domain.listing.facts import ListingPublished
from domain.recorded import Recorded
from domain.review.rating import Rating
from domain.rules.opening import opening_days
from projections import encoding
from projections.calendar.packed import CalendarPart
from projections.listing_ratings.projector import RATINGS, Ratings
from projections.listing_ratings.rated import Rated
from projections.listing_search.full_days import full_days
from projections.listing_search.tariff import tariff
from projections.parts import Missed, Part, PartKind

MODEL = "listing_search"

LISTING = PartKind(model=MODEL, stream="listing", state=listing.Listing, evolve=listing.evolve)
CLAIMS = CalendarPart(
    model=MODEL,
    stream="calendar",
    state=calendar.Calendar,
    evolve=calendar.evolve_without_past,
)


@dataclass(frozen=True, kw_only=True)
class Folded:
    """What the projector goes on from; ``listed_at`` is the position of the first publication."""

    listing: Part[listing.Listing]
    claims: Part[calendar.Calendar] | None = None
    listed_at: int | None = None
    ratings: Part[Ratings] | None = None

    @property
    def position(self) -> int:
        """The position of the last event that was folded in."""
        others = (part.position for part in (self.claims, self.ratings) if part)
        return max([self.listing.position, *others])


@dataclass(frozen=True, kw_only=True)
class Stored:
    """:class:`Folded` as the document has it: the claims packed."""

    listing: Part[listing.Listing]
    claims: Part[bytes] | None
    listed_at: int | None
    ratings: Part[Ratings] | None


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Nights:
    """A half-open range as Elasticsearch takes it."""

    gte: date
    lt: date


@dataclass(frozen=True)
class FullNights:
    """Nights without a free unit, until an instant or for good."""

    nights: Nights
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Document:
    """What the index holds of a listing; the mapping in ``index.py`` says how it is searched."""

    id: str
    status: str
    host_id: str
    kind: Kind
    title: str
    description: str
    room_type: str | None
    amenities: tuple[str, ...]
    neighbourhood: str | None
    city: str | None
    country: str | None
    location: Point | None
    time_zone: str
    price: int | None
    currency: str | None
    max_guests: int
    capacity: int
    minimum_nights: int
    maximum_nights: int
    opening_days: list[int]
    instant: bool
    tariff: bytes
    listed_at: int | None
    full: list[FullNights]
    rating: int
    rated: Rated | None
    folded: Stored


def document_id(recorded: Recorded) -> str | None:
    """The id of the document that ``recorded`` changes, if it does."""
    return LISTING.document(recorded) or CLAIMS.document(recorded) or RATINGS.document(recorded)


def parts_of(folded: Folded | None) -> list[tuple[PartKind[Any], Part[Any] | None]]:
    """What a document is made of, and how far each has come."""
    return [
        (LISTING, folded.listing if folded else None),
        (CLAIMS, folded.claims if folded else None),
        (RATINGS, folded.ratings if folded else None),
    ]


def fold(folded: Folded | None, recorded: Recorded) -> Folded | None:
    """``folded`` after ``recorded``; unchanged when that was applied already or says nothing here.

    Raises :class:`projections.parts.Missed` when an event before it was not.
    """
    if LISTING.document(recorded):
        return _fold_listing(folded, recorded)
    if CLAIMS.document(recorded):
        if folded is None:
            raise Missed(recorded, 0)
        return replace(folded, claims=CLAIMS.fold(folded.claims, recorded))
    if RATINGS.document(recorded):
        if folded is None:
            raise Missed(recorded, 0)
        return replace(folded, ratings=RATINGS.fold(folded.ratings, recorded))
    return folded


def _fold_listing(folded: Folded | None, recorded: Recorded) -> Folded:
    before = folded.listing if folded else None
    listed_at = folded.listed_at if folded else None
    after = LISTING.fold(before, recorded)
    if folded and after is before:
        return folded
    if isinstance(recorded.event, ListingPublished) and listed_at is None:
        listed_at = recorded.position
    if folded is None:
        return Folded(listing=after, listed_at=listed_at)
    return replace(folded, listing=after, listed_at=listed_at)


def document(folded: Folded) -> Document:
    """What the index is to hold of a listing in this state."""
    offered = folded.listing.state
    place = offered.location
    claims = folded.claims.state.claims.values() if folded.claims else ()
    return Document(
        id=str(offered.id),
        status=offered.status,
        host_id=str(offered.host_id),
        kind=offered.kind,
        title=offered.title,
        description=offered.description,
        room_type=offered.room_type,
        amenities=offered.amenities,
        neighbourhood=place.neighbourhood if place else None,
        city=place.city if place else None,
        country=place.country if place else None,
        location=Point(place.latitude, place.longitude) if place else None,
        time_zone=offered.time_zone,
        price=offered.price.amount if offered.price else None,
        currency=offered.price.currency if offered.price else None,
        max_guests=offered.max_guests,
        capacity=offered.max_guests * offered.units,
        minimum_nights=offered.minimum_nights,
        maximum_nights=offered.maximum_nights,
        opening_days=opening_days(offered.rules.schedule),
        instant=offered.instant,
        tariff=tariff(offered),
        listed_at=folded.listed_at,
        full=[
            FullNights(Nights(full.nights.arrive, full.nights.depart), full.until)
            for full in full_days(offered, [*claims])
        ],
        rating=Rating(folded.ratings.state.counts).hundredths if folded.ratings else 0,
        rated=_rated(folded.ratings.state) if folded.ratings else None,
        folded=_stored(folded),
    )


def _stored(folded: Folded) -> Stored:
    claims = folded.claims
    return Stored(
        listing=folded.listing,
        claims=Part(claims.position, claims.version, CLAIMS.encode(claims.state))
        if claims
        else None,
        listed_at=folded.listed_at,
        ratings=folded.ratings,
    )


def _rated(ratings: Ratings) -> Rated:
    return Rated(ratings.counts, [ratings.waiting[key] for key in sorted(ratings.waiting)])


def encode(made: Document) -> bytes:
    """The bytes of a document, equal for equal ones."""
    return encoding.encode(made)


def decode_folded(stored: Any) -> Folded:
    """The state in a stored document's ``folded``."""
    found = msgspec.convert(stored, Stored)
    claims = found.claims
    return Folded(
        listing=found.listing,
        claims=Part(claims.position, claims.version, CLAIMS.decode(claims.state))
        if claims
        else None,
        listed_at=found.listed_at,
        ratings=found.ratings,
    )
